using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Chronos.Runtime.Ports;
using Chronos.Storage.KeyValues;

namespace Chronos.Storage.Etcd;

/// <summary>Values in etcd, below the prefix: <c>/fence</c>, <c>/definitions/NAME</c>, <c>/states/NAME</c>,
/// <c>/meta/NAME</c> and <c>/parts/NAME</c>. The version of the fence is its <c>mod_revision</c>, which etcd never
/// gives twice.</summary>
internal sealed class EtcdKeyValues(EtcdOptions options) : IKeyValues
{
    // etcd takes 128 operations and 1.5 MiB, unless it is set up for other.
    private const int PageKeysFirst = 500;
    private const int PageBytesWanted = 2 << 20;
    private readonly EtcdClient client = new(options);
    private readonly EtcdKeys keys = new(options.Prefix);
    private long compactedAt = Stopwatch.GetTimestamp();
    private long compactUpTo;

    public string Place { get; } = options.ToString();

    public KeyValueLimits Limits { get; } = new(Changes: 127, Bytes: 1 << 20, ValueBytes: 1 << 19, BatchUnits: 1_000);

    public async Task<StoredFence> ReadFenceAsync(CancellationToken cancellationToken)
    {
        using var answer = await RangeAsync(keys.Fence, null, 1, namesOnly: false, cancellationToken);
        foreach (var key in answer.RootElement.Keys()) return new(key.Number64("mod_revision"), key.Value());
        return new(0, null);
    }

    public async Task<long?> WriteAsync(
        long fenceVersion, ReadOnlyMemory<byte>? fence, IReadOnlyList<KeyChange> changes,
        CancellationToken cancellationToken)
    {
        using var answer = await client.WriteAsync("/v3/kv/txn", Write, cancellationToken);
        if (!answer.RootElement.Flag("succeeded")) return null;
        var revision = answer.Revision();
        await CompactAsync(revision, cancellationToken);
        return fence is null ? fenceVersion : revision;

        void Write(Utf8JsonWriter writer)
        {
            writer.WriteStartObject();
            writer.WriteStartArray("compare");
            writer.WriteCompare(keys.Fence, "MOD", "mod_revision", fenceVersion);
            writer.WriteEndArray();
            writer.WriteStartArray("success");
            if (fence is { } content) writer.WritePut(keys.Fence, content.Span);
            foreach (var (area, name, value) in changes)
            {
                if (value is { } put) writer.WritePut(keys.Of(area, name), put.Span);
                else writer.WriteDelete(keys.Of(area, name));
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }
    }

    public async IAsyncEnumerable<IReadOnlyList<KeyValue>> ReadAllAsync(
        Area area, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // The next page is asked for while this one is taken.
        var prefix = keys.PrefixOf(area);
        var end = EtcdJson.EndOf(prefix);
        var limit = PageKeysFirst;
        var asked = RangeAsync(prefix, end, limit, namesOnly: false, cancellationToken);
        while (true)
        {
            using var answer = await asked;
            var page = answer.RootElement.Keys().Select(key => (Key: key.Key(), Value: key.Value())).ToList();
            var hasMore = answer.RootElement.Flag("more");
            if (hasMore)
            {
                var bytesEach = 1 + (page.Sum(item => (long)item.Value.Length) / page.Count);
                limit = (int)Math.Clamp(PageBytesWanted / bytesEach, 4, 10_000);
                asked = RangeAsync(page[^1].Key + '\0', end, limit, namesOnly: false, cancellationToken);
            }

            yield return [.. page.Select(item => new KeyValue(item.Key[prefix.Length..], item.Value))];
            if (!hasMore) break;
        }
    }

    public async Task<IReadOnlyList<string>> ListNamesAsync(Area area, CancellationToken cancellationToken)
    {
        var prefix = keys.PrefixOf(area);
        using var answer = await RangeAsync(prefix, EtcdJson.EndOf(prefix), 0, namesOnly: true, cancellationToken);
        return [.. answer.RootElement.Keys().Select(key => key.Key()[prefix.Length..])];
    }

    public async Task<ReadOnlyMemory<byte>?> ReadAsync(Area area, string name, CancellationToken cancellationToken)
    {
        using var answer = await RangeAsync(keys.Of(area, name), null, 1, namesOnly: false, cancellationToken);
        foreach (var key in answer.RootElement.Keys()) return key.Value();
        return null;
    }

    public ValueTask DisposeAsync()
    {
        client.Dispose();
        return ValueTask.CompletedTask;
    }

    private Task<JsonDocument> RangeAsync(
        string from, string? end, int limit, bool namesOnly, CancellationToken cancellationToken) =>
        client.ReadAsync(
            "/v3/kv/range",
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteKey("key", from);
                if (end is not null) writer.WriteKey("range_end", end);
                if (limit > 0) writer.WriteNumber64("limit", limit);
                if (namesOnly) writer.WriteBoolean("keys_only", true);
                writer.WriteEndObject();
            },
            cancellationToken);

    /// <summary>Drops what was overwritten before the last time, so that who reads old versions has an interval.
    /// </summary>
    private async Task CompactAsync(long revision, CancellationToken cancellationToken)
    {
        if (options.CompactionInterval == TimeSpan.Zero
            || Stopwatch.GetElapsedTime(compactedAt) < options.CompactionInterval) return;
        var upTo = compactUpTo;
        (compactedAt, compactUpTo) = (Stopwatch.GetTimestamp(), revision);
        if (upTo == 0) return;
        try
        {
            using var answer = await client.WriteAsync(
                "/v3/kv/compaction",
                writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteNumber64("revision", upTo);
                    writer.WriteEndObject();
                },
                cancellationToken);
        }
        catch (EtcdException e) when (e.Code == EtcdException.OutOfRange)
        {
            // Somebody else has done it.
        }
    }
}
