using System.Text.Json;
using Chronos.Runtime.Ports;

namespace Chronos.Storage.KeyValues;

/// <summary>Nodes and leaders as JSON, for stores whose values are texts.</summary>
internal static class MemberJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    /// <summary>For the list of members, which does not tell its key.</summary>
    public static byte[] Write(ClusterMember member) =>
        JsonSerializer.SerializeToUtf8Bytes(member with { Key = "" }, Options);

    public static byte[] Write(Leader leader) => JsonSerializer.SerializeToUtf8Bytes(leader, Options);

    /// <exception cref="StoreCorruptException">It cannot be understood.</exception>
    public static ClusterMember ReadMember(ReadOnlyMemory<byte> json, string place) =>
        Read<ClusterMember>(json, "a member", place);

    /// <inheritdoc cref="ReadMember"/>
    public static Leader ReadLeader(ReadOnlyMemory<byte> json, string place) => Read<Leader>(json, "a leader", place);

    private static T Read<T>(ReadOnlyMemory<byte> json, string what, string place)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json.Span, Options) ?? throw new JsonException("It is null.");
        }
        catch (JsonException e)
        {
            throw new StoreCorruptException($"What {place} holds about {what} is damaged: {e.Message} Delete it; it "
                + "is written anew.", e);
        }
    }
}
