using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;

namespace Chronos.MesosSimulator.Agents;

/// <summary>Who a token lets speak.</summary>
internal sealed record ExecutorClaims(string Fid, string Eid, string Cid);

/// <summary>What agents give to executors so that nobody else speaks in their name: JSON web tokens that name the
/// framework, the executor and its container.</summary>
internal sealed class ExecutorTokens
{
    private const string Scheme = "Bearer ";
    private static readonly JsonSerializerOptions Lower = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };
    private readonly byte[] secret = RandomNumberGenerator.GetBytes(32);

    /// <summary>A token for a run of an executor.</summary>
    internal string Issue(ExecutorClaims claims)
    {
        var text = Base64Url.EncodeToString("{\"alg\":\"HS256\",\"typ\":\"JWT\"}"u8)
            + "." + Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(claims, Lower));
        return text + "." + Sign(text);
    }

    /// <summary>What the header of a request claims; null: nothing that was issued here.</summary>
    internal ExecutorClaims? Read(string? authorization)
    {
        if (authorization is null || !authorization.StartsWith(Scheme, StringComparison.Ordinal)) return null;
        var parts = authorization[Scheme.Length..].Split('.');
        if (parts.Length != 3 || Sign($"{parts[0]}.{parts[1]}") != parts[2]) return null;
        return JsonSerializer.Deserialize<ExecutorClaims>(Base64Url.DecodeFromChars(parts[1]), Lower);
    }

    private string Sign(string text) =>
        Base64Url.EncodeToString(HMACSHA256.HashData(secret, System.Text.Encoding.ASCII.GetBytes(text)));
}
