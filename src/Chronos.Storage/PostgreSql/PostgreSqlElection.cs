using System.Runtime.CompilerServices;
using Chronos.Runtime.Ports;
using Npgsql;

namespace Chronos.Storage.PostgreSql;

/// <summary>An election over PostgreSQL. One row says who leads, with a number that grows with each renewal. Whoever
/// sees that number stand still for the leader's lease, by a monotonic clock of its own, takes over; so no clock of a
/// server or of another node matters. The row is looked at every tenth of a lease, and at once when a leader resigns.
/// <para>The same transaction counts up the term in the fence. A leader that was paused in the middle of a commit holds
/// the fence's lock; its connection is then ended by the server.</para></summary>
/// <param name="database">The database; disposed by its owner.</param>
/// <param name="member">This node.</param>
/// <param name="lease">How long a leader may not have renewed before another takes over.</param>
public sealed class PostgreSqlElection(PostgreSqlDatabase database, ClusterMember member, TimeSpan lease)
    : ILeaderElection
{
    private const string Look = "SELECT term, member, address, version, key, beat, lease_ms FROM leadership";
    private const string SeenAgain = "ON CONFLICT (id) DO UPDATE SET seen = clock_timestamp()";
    private static readonly TimeSpan LockPatience = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);
    private bool isMember;
    private long ledTerm;

    /// <summary>As candidates wait for it by their own clocks, from a moment after the renewal.</summary>
    public TimeSpan Lease => lease;

    private long LeaseMilliseconds => (long)lease.TotalMilliseconds;

    private TimeSpan Pause => lease / 10 < LongestPause ? lease / 10 : LongestPause;

    /// <inheritdoc/>
    public async Task<long> CampaignAsync(CancellationToken cancellationToken)
    {
        await using var looking = new LeadershipLooks(database, Look);
        while (true)
        {
            await ShowAsync(cancellationToken);
            var seen = await looking.NextAsync(cancellationToken);
            // A row of our own is left from a campaign whose end nobody heard of, or a term that was given up.
            if (looking.IsVacant || seen.Member == member.Id)
            {
                var granted = await database.DoAsync(
                    (connection, token) => TryLeadAsync(connection, seen, token), cancellationToken);
                if (granted is { } term) return ledTerm = term;
            }
            else
            {
                await looking.WaitAsync(Pause, cancellationToken);
            }
        }
    }

    /// <inheritdoc/>
    public async Task RenewAsync(long term, CancellationToken cancellationToken)
    {
        var renewed = await database.DoAsync(
            (connection, token) => connection.ExecuteAsync(
                "WITH renewed AS (UPDATE leadership SET beat = beat + 1 WHERE term = $5 AND member = $1 RETURNING 1) "
                + "INSERT INTO members SELECT $1, $2, $3, $4, clock_timestamp() FROM renewed " + SeenAgain,
                token, member.Id, member.Address, member.Version, LeaseMilliseconds, term),
            cancellationToken);
        if (renewed == 0)
            throw new LeadershipLostException($"Term {term} of this node is over: another leads, or it resigned.");
    }

    /// <inheritdoc/>
    public Task ResignAsync(long term, CancellationToken cancellationToken) => database.DoAsync(
        (connection, token) => connection.ExecuteAsync(
            "WITH resigned AS (UPDATE leadership SET member = NULL WHERE term = $1 AND member = $2 RETURNING 1) "
            + $"SELECT pg_notify('{LeadershipLooks.Channel}', '') FROM resigned", token, term, member.Id),
        cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<Leader?> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var looking = new LeadershipLooks(database, Look);
        var isFirst = true;
        Leader? told = null;
        while (true)
        {
            var seen = await looking.NextAsync(cancellationToken);
            var leader = looking.IsVacant ? null : seen.Leader;
            if (isFirst || leader != told) yield return leader;
            (isFirst, told) = (false, leader);
            await looking.WaitAsync(Pause, cancellationToken);
        }
    }

    /// <summary>Those that were heard of within their lease, by the server's clock: for people, and nothing depends on
    /// it.</summary>
    /// <inheritdoc/>
    public Task<IReadOnlyList<ClusterMember>> ListMembersAsync(CancellationToken cancellationToken) =>
        database.DoAsync(ListAsync, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!isMember) return;
        try
        {
            using var patience = new CancellationTokenSource(lease);
            if (ledTerm > 0) await ResignAsync(ledTerm, patience.Token);
            await database.DoAsync(
                (connection, token) => connection.ExecuteAsync("DELETE FROM members WHERE id = $1", token, member.Id),
                patience.Token);
        }
        catch (Exception e) when (e is StoreUnavailableException or OperationCanceledException)
        {
            // It is not heard of any more, and vanishes by that.
        }
    }

    private static async Task<IReadOnlyList<ClusterMember>> ListAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = connection.Command(
            "SELECT id, address, version FROM members "
            + "WHERE seen > clock_timestamp() - lease_ms * interval '1 millisecond' ORDER BY id");
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        var members = new List<ClusterMember>();
        while (await rows.ReadAsync(cancellationToken))
            members.Add(new(rows.GetString(0), rows.GetString(1), rows.GetString(2)));
        return members;
    }

    private async Task ShowAsync(CancellationToken cancellationToken)
    {
        await database.DoAsync(
            (connection, token) => connection.ExecuteAsync(
                "INSERT INTO members VALUES ($1, $2, $3, $4, clock_timestamp()) " + SeenAgain,
                token, member.Id, member.Address, member.Version, LeaseMilliseconds),
            cancellationToken);
        isMember = true;
    }

    /// <returns>The term; null: somebody was faster.</returns>
    private async Task<long?> TryLeadAsync(
        NpgsqlConnection connection, LeadershipRow seen, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var locking = LockAsync(connection, seen, cancellationToken);
        using (var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken))
        {
            var breaking = BreakLocksAsync(connection.ProcessID, stop.Token);
            await ((Task)locking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await stop.CancelAsync();
            await breaking;
        }

        if (await locking is not { } term) return null;
        await connection.ExecuteAsync(
            "UPDATE leadership SET term = $1, member = $2, address = $3, version = $4, key = $5, beat = 0, "
            + "lease_ms = $6",
            cancellationToken, term, member.Id, member.Address, member.Version, member.Key, LeaseMilliseconds);
        await connection.ExecuteAsync(
            "DELETE FROM members WHERE seen < clock_timestamp() - interval '1 hour'", cancellationToken);
        await connection.ExecuteAsync($"NOTIFY {LeadershipLooks.Channel}", cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return term;
    }

    private static async Task<long?> LockAsync(
        NpgsqlConnection connection, LeadershipRow seen, CancellationToken cancellationToken)
    {
        if (await LeadershipLooks.ReadAsync(connection, Look + " FOR UPDATE", cancellationToken) != seen) return null;
        return await connection.ScalarAsync<long>(
            PostgreSqlStateStore.BeginTerm + " term + 1 RETURNING term", cancellationToken);
    }

    /// <summary>Ends the connections that keep this one waiting: the leader's, which has not renewed.</summary>
    private async Task BreakLocksAsync(int waiting, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(LockPatience, cancellationToken);
                await database.DoAsync(
                    (connection, token) => connection.ExecuteAsync(
                        "SELECT pg_terminate_backend(pid) FROM unnest(pg_blocking_pids($1)) AS t (pid)",
                        token,
                        waiting),
                    cancellationToken);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or StoreUnavailableException)
        {
            // No longer needed, or the connection that waits meets the same failure and tells it.
        }
    }
}
