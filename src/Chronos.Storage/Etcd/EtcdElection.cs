using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Chronos.Runtime.Ports;
using Chronos.Storage.KeyValues;
using Microsoft.Extensions.Logging;

namespace Chronos.Storage.Etcd;

/// <summary>An election over etcd. A node has one lease, with its key below <c>/members/</c>; whoever creates the key
/// <c>/leader</c> leads, and the same transaction writes the next term into the fence. Both keys go when the lease runs
/// out, or at once when the node leaves.
/// <para>Whoever watches does so for a while and then looks again, because a connection that has died silently tells
/// nothing.</para></summary>
/// <param name="options">Where etcd is.</param>
/// <param name="member">This node.</param>
/// <param name="lease">How long others wait at most for a leader that does not renew; from 2.5 s.</param>
/// <param name="logger">Is told when a node could not say goodbye.</param>
public sealed partial class EtcdElection(
    EtcdOptions options, ClusterMember member, TimeSpan lease, ILogger<EtcdElection> logger) : ILeaderElection
{
    // etcd grants whole seconds, two at least, and looks only twice a second for leases that are over.
    private readonly long secondsToLive =
        (long)Math.Max(2, Math.Floor((lease - TimeSpan.FromSeconds(0.5)).TotalSeconds));

    private readonly EtcdClient client = new(options);
    private readonly EtcdKeys keys = new(options.Prefix);
    private readonly string place = options.ToString();
    private long leaseId;

    /// <summary>Three quarters of etcd's lease: a member of etcd that was deposed and has not noticed may take a
    /// renewal which its successor, who prolonged all leases when it began, does not know.</summary>
    public TimeSpan Lease => TimeSpan.FromSeconds(0.75 * secondsToLive);

    /// <inheritdoc/>
    public async Task<long> CampaignAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await KeepLeaseAsync(cancellationToken);
            var seen = await LookAsync(cancellationToken);
            // A key of this node itself is left from a campaign whose end nobody heard of, or a term that was given up.
            if (seen.Leader is null || seen.Leader.Member.Id == member.Id)
            {
                if (await TryLeadAsync(seen, cancellationToken)) return seen.Fence.Term + 1;
            }
            else
            {
                await WaitForChangeAsync(seen.Revision, lease / 3, cancellationToken);
            }
        }
    }

    /// <inheritdoc/>
    public async Task RenewAsync(long term, CancellationToken cancellationToken)
    {
        if (!await ProlongAsync(cancellationToken)) throw Lost(term, "its lease has run out");
        // The key may have gone without the lease, at the hands of a person.
        var seen = await LookAsync(cancellationToken);
        if (seen.Leader != new Leader(member, term)) throw Lost(term, "it does not lead any more");
    }

    /// <inheritdoc/>
    public async Task ResignAsync(long term, CancellationToken cancellationToken)
    {
        var seen = await LookAsync(cancellationToken);
        if (seen.Leader != new Leader(member, term)) return;
        using var answer = await client.WriteAsync(
            "/v3/kv/txn",
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteStartArray("compare");
                writer.WriteCompare(keys.Leader, "MOD", "mod_revision", seen.LeaderVersion);
                writer.WriteEndArray();
                writer.WriteStartArray("success");
                writer.WriteDelete(keys.Leader);
                writer.WriteEndArray();
                writer.WriteEndObject();
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<Leader?> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var isFirst = true;
        Leader? told = null;
        while (true)
        {
            var seen = await LookAsync(cancellationToken);
            if (isFirst || seen.Leader != told) yield return seen.Leader;
            (isFirst, told) = (false, seen.Leader);
            await WaitForChangeAsync(seen.Revision, lease / 2, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ClusterMember>> ListMembersAsync(CancellationToken cancellationToken)
    {
        using var answer = await client.ReadAsync(
            "/v3/kv/range",
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteKey("key", keys.Members);
                writer.WriteKey("range_end", EtcdJson.EndOf(keys.Members));
                writer.WriteEndObject();
            },
            cancellationToken);
        return [.. answer.RootElement.Keys().Select(key => MemberJson.ReadMember(key.Value(), place))
            .OrderBy(m => m.Id, StringComparer.Ordinal)];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (leaseId != 0) await LeaveAsync();
        client.Dispose();
    }

    /// <summary>Makes sure that this node has a lease, and its key among the members.</summary>
    private async Task KeepLeaseAsync(CancellationToken cancellationToken)
    {
        if (leaseId != 0 && await ProlongAsync(cancellationToken)) return;
        using var granted = await client.WriteAsync(
            "/v3/lease/grant",
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteNumber64("TTL", secondsToLive);
                writer.WriteEndObject();
            },
            cancellationToken);
        var id = granted.RootElement.Number64("ID");
        using var shown = await client.WriteAsync(
            "/v3/kv/put",
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteKey("key", keys.Members + member.Id);
                writer.WriteBase64String("value", MemberJson.Write(member));
                writer.WriteNumber64("lease", id);
                writer.WriteEndObject();
            },
            cancellationToken);
        leaseId = id;
    }

    /// <returns>False: the lease is over.</returns>
    private async Task<bool> ProlongAsync(CancellationToken cancellationToken)
    {
        if (leaseId == 0) return false;
        using var answer = await client.ReadAsync( // prolonging twice does no harm
            "/v3/lease/keepalive", WriteLeaseId, cancellationToken);
        if (!answer.RootElement.TryGetProperty("result", out var result))
            throw new StoreUnavailableException($"{place}: {answer.RootElement.GetRawText()}");
        if (result.Number64("TTL") > 0) return true;
        leaseId = 0;
        return false;
    }

    private async Task<bool> TryLeadAsync(Sighting seen, CancellationToken cancellationToken)
    {
        var term = seen.Fence.Term + 1;
        using var answer = await client.WriteAsync(
            "/v3/kv/txn",
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteStartArray("compare");
                writer.WriteCompare(keys.Leader, "MOD", "mod_revision", seen.LeaderVersion);
                writer.WriteCompare(keys.Fence, "MOD", "mod_revision", seen.FenceVersion);
                writer.WriteEndArray();
                writer.WriteStartArray("success");
                writer.WritePut(keys.Leader, MemberJson.Write(new Leader(member, term)), leaseId);
                writer.WritePut(keys.Fence, seen.Fence.TakenBy(term).ToJson());
                writer.WriteEndArray();
                writer.WriteEndObject();
            },
            cancellationToken);
        return answer.RootElement.Flag("succeeded");
    }

    private async Task<Sighting> LookAsync(CancellationToken cancellationToken)
    {
        using var answer = await client.ReadAsync(
            "/v3/kv/txn",
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteStartArray("success");
                writer.WriteRange(keys.Leader);
                writer.WriteRange(keys.Fence);
                writer.WriteEndArray();
                writer.WriteEndObject();
            },
            cancellationToken);
        var leader = answer.Response(0, "response_range").Keys().SingleOrDefault();
        var fence = answer.Response(1, "response_range").Keys().SingleOrDefault();
        var hasLeader = leader.ValueKind != JsonValueKind.Undefined;
        var stored = fence.ValueKind == JsonValueKind.Undefined
            ? new StoredFence(0, null)
            : new(fence.Number64("mod_revision"), fence.Value());
        return new(
            hasLeader ? MemberJson.ReadLeader(leader.Value(), place) : null,
            hasLeader ? leader.Number64("mod_revision") : 0,
            Fence.Read(stored, place),
            stored.Version,
            answer.Revision());
    }

    private Task WaitForChangeAsync(long revision, TimeSpan patience, CancellationToken cancellationToken) =>
        client.WaitForChangeAsync(
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteStartObject("create_request");
                writer.WriteKey("key", keys.Leader);
                writer.WriteNumber64("start_revision", revision + 1);
                writer.WriteEndObject();
                writer.WriteEndObject();
            },
            patience,
            cancellationToken);

    private async Task LeaveAsync()
    {
        try
        {
            using var answer = await client.WriteAsync("/v3/lease/revoke", WriteLeaseId, CancellationToken.None);
        }
        catch (EtcdException e) when (e.Code == EtcdException.NotFound)
        {
            // It has run out already.
        }
        catch (StoreUnavailableException e)
        {
            LogLeftSilently(e.Message);
        }
    }

    private void WriteLeaseId(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteNumber64("ID", leaseId);
        writer.WriteEndObject();
    }

    private static LeadershipLostException Lost(long term, string why) =>
        new($"Term {term} of this node is over: {why}.");

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "This node could not leave the cluster; its lease runs out by itself. {Reason}")]
    private partial void LogLeftSilently(string reason);

    private sealed record Sighting(Leader? Leader, long LeaderVersion, Fence Fence, long FenceVersion, long Revision);
}
