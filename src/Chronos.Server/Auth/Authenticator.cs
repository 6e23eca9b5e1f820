using System.Security.Cryptography;
using System.Text;
using Chronos.Server.Hosting;

namespace Chronos.Server.Auth;

/// <summary>Says who sent an <c>Authorization</c> header. Passwords are hashed slowly on purpose, so what was found
/// right is remembered for a while, under a keyed hash that is worth nothing outside this process.</summary>
internal sealed class Authenticator : IDisposable
{
    private const int RememberedMax = 1_000;
    private static readonly TimeSpan RememberFor = TimeSpan.FromMinutes(5);

    private readonly Dictionary<string, (PasswordHash Hash, Role Role)> users = new(StringComparer.Ordinal);
    private readonly List<(string Name, PasswordHash Hash, Role Role)> tokens = [];
    private readonly Dictionary<string, (Caller Caller, long Until)> remembered = new(StringComparer.Ordinal);
    private readonly Lock gate = new();
    private readonly byte[] key = RandomNumberGenerator.GetBytes(32);
    private readonly Lazy<PasswordHash> decoy = new(() => Parsed(PasswordHash.OfPassword("decoy")));

    // One slow hash per core at most: guessing passwords must not starve the scheduler.
    private readonly SemaphoreSlim slow = new(Math.Max(1, Environment.ProcessorCount / 2));
    private readonly TimeProvider time;

    public Authenticator(ServerOptions options, TimeProvider time)
    {
        this.time = time;
        foreach (var user in options.Users) users.Add(user.Name, (Parsed(user.PasswordHash), user.Role));
        foreach (var token in options.Tokens) tokens.Add((token.Name, Parsed(token.TokenHash), token.Role));
        if (options.HttpCredentials is { } pair && pair.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon)
            users.Add(pair[..colon], (Parsed(PasswordHash.OfToken(pair[(colon + 1)..])), Role.Admin));
        IsRequired = users.Count + tokens.Count > 0;
    }

    /// <summary>Whether anybody must say who they are.</summary>
    public bool IsRequired { get; }

    /// <summary>The caller, or null where the header is wrong. Without a header nobody in particular.</summary>
    public async ValueTask<Caller?> IdentifyAsync(string? header, CancellationToken cancellationToken)
    {
        if (!IsRequired) return Caller.Anonymous;
        if (string.IsNullOrEmpty(header)) return Caller.Unknown;
        var fingerprint = Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(header)));
        if (Recall(fingerprint) is { } known) return known;
        if (await VerifyAsync(header, cancellationToken) is not { } caller) return null;
        Remember(fingerprint, caller);
        return caller;
    }

    private async ValueTask<Caller?> VerifyAsync(string header, CancellationToken cancellationToken)
    {
        if (header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)) return FindToken(header[7..].Trim());
        if (!header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase)) return null;
        if (Decode(header[6..].Trim()) is not { } pair) return null;
        var colon = pair.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0) return null;
        var name = pair[..colon];
        var isKnown = users.TryGetValue(name, out var user);

        await slow.WaitAsync(cancellationToken);
        try
        {
            // An unknown name costs as much as a known one, so that the time does not tell which names exist.
            var matches = (isKnown ? user.Hash : decoy.Value).Matches(pair[(colon + 1)..]);
            return matches && isKnown ? new(name, user.Role) : null;
        }
        finally
        {
            slow.Release();
        }
    }

    private Caller? FindToken(string token)
    {
        Caller? found = null;
        foreach (var (name, hash, role) in tokens)
            if (hash.Matches(token)) found ??= new(name, role);
        return found;
    }

    private static string? Decode(string base64)
    {
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out var length)
            ? Encoding.UTF8.GetString(bytes, 0, length)
            : null;
    }

    private Caller? Recall(string fingerprint)
    {
        lock (gate)
            return remembered.TryGetValue(fingerprint, out var entry) && entry.Until > time.GetTimestamp()
                ? entry.Caller
                : null;
    }

    private void Remember(string fingerprint, Caller caller)
    {
        lock (gate)
        {
            if (remembered.Count >= RememberedMax) remembered.Clear();
            var until = time.GetTimestamp() + (long)(RememberFor.TotalSeconds * time.TimestampFrequency);
            remembered[fingerprint] = (caller, until);
        }
    }

    private static PasswordHash Parsed(string text) =>
        PasswordHash.Parse(text) ?? throw new InvalidOperationException("ServerOptions.Validate was not asked.");

    public void Dispose() => slow.Dispose();
}
