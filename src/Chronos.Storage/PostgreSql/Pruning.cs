using System.Diagnostics;
using Chronos.Core.Runs;
using Chronos.Runtime.Ports;
using Chronos.Storage.History;
using NodaTime;
using Npgsql;

namespace Chronos.Storage.PostgreSql;

/// <summary>Removes what retention no longer keeps, in transactions of a bounded size. For the count per job a pass
/// looks at every job; then only jobs that got runs from this node are looked at, until the next pass an hour later
/// sees to those that other nodes appended.</summary>
internal sealed class Pruning(PostgreSqlDatabase database) : IDisposable
{
    private const int RemovedMax = 500;
    private const int JobsMax = 1_000;
    private static readonly TimeSpan BetweenPasses = TimeSpan.FromHours(1);

    private const string Remove = """
        , gone AS (DELETE FROM runs r USING old o WHERE r.nominal = o.nominal AND r.id = o.id
            RETURNING r.nominal, r.id, r.json),
        unlabelled AS (DELETE FROM run_labels l USING gone g WHERE l.nominal = g.nominal AND l.id = g.id)
        SELECT id, json FROM gone
        """;

    private const string RemoveOld = """
        WITH old AS (SELECT nominal, id FROM runs WHERE coalesce(ended, created) < $1
            ORDER BY coalesce(ended, created) LIMIT $2)
        """ + Remove;

    private const string RemoveExcess = """
        WITH old AS (SELECT x.nominal, x.id FROM unnest($1::text[]) AS t (job) CROSS JOIN LATERAL (
            SELECT nominal, id FROM runs WHERE runs.job = t.job ORDER BY nominal DESC, id DESC OFFSET $3) AS x LIMIT $2)
        """ + Remove;

    // Jumps from each job to the next, instead of reading all their runs.
    private const string NextJobs = """
        WITH RECURSIVE next AS (
            (SELECT job FROM runs WHERE job > $1 ORDER BY job LIMIT 1)
            UNION ALL
            SELECT (SELECT job FROM runs WHERE job > next.job ORDER BY job LIMIT 1)
            FROM next WHERE next.job IS NOT NULL)
        SELECT job FROM next WHERE job IS NOT NULL LIMIT $2
        """;

    private readonly SemaphoreSlim gate = new(1);
    private string[] jobs = [];
    private string? position = "";
    private long passedAt;
    private int runsPerJobBefore;

    public async Task<IReadOnlyList<AttemptId>> PruneAsync(
        Retention retention, Instant now, CancellationToken cancellationToken)
    {
        var cutoff = (now - retention.Age).ToUnixTimeTicks();
        await gate.WaitAsync(cancellationToken);
        try
        {
            // An empty answer means that nothing is left, so a part that had no attempts is followed by the next.
            while (true)
            {
                var removed = await RemoveAsync(RemoveOld, cancellationToken, cutoff, RemovedMax)
                    ?? await PruneCountAsync(retention.RunsPerJob, cancellationToken);
                if (removed is null) break;
                if (removed.Count > 0) return removed;
            }

            while (await PruneEventsAsync(cutoff, cancellationToken) > 0)
            {
            }

            return [];
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose() => gate.Dispose();

    private async Task<IReadOnlyList<AttemptId>?> PruneCountAsync(int keep, CancellationToken cancellationToken)
    {
        var isNew = keep != runsPerJobBefore;
        if (isNew || (position is null && Stopwatch.GetElapsedTime(passedAt) > BetweenPasses))
            (jobs, position, runsPerJobBefore) = ([], "", keep);
        while (true)
        {
            if (jobs.Length == 0 && !await FindJobsAsync(cancellationToken)) return null;
            if (await RemoveAsync(RemoveExcess, cancellationToken, jobs, RemovedMax, (long)keep) is { } removed)
                return removed;
            jobs = [];
        }
    }

    /// <returns>False: every job has been seen.</returns>
    private async Task<bool> FindJobsAsync(CancellationToken cancellationToken)
    {
        if (position is not { } from)
        {
            jobs = [.. database.Touched.Take()];
            return jobs.Length > 0;
        }

        jobs = await database.DoAsync(ListAsync, cancellationToken);
        position = jobs.Length == 0 ? null : jobs[^1];
        if (position is not null) return true;
        passedAt = Stopwatch.GetTimestamp();
        return await FindJobsAsync(cancellationToken);

        async Task<string[]> ListAsync(NpgsqlConnection connection, CancellationToken token)
        {
            await using var command = connection.Command(NextJobs, from, JobsMax);
            await using var rows = await command.ExecuteReaderAsync(token);
            var names = new List<string>();
            while (await rows.ReadAsync(token)) names.Add(rows.GetString(0));
            return [.. names];
        }
    }

    /// <returns>Null: there was nothing to remove.</returns>
    private Task<IReadOnlyList<AttemptId>?> RemoveAsync(
        string sql, CancellationToken cancellationToken, params object[] values)
    {
        return database.DoAsync(RemoveAsync, cancellationToken);

        async Task<IReadOnlyList<AttemptId>?> RemoveAsync(NpgsqlConnection connection, CancellationToken token)
        {
            await using var command = connection.Command(sql, values);
            await using var rows = await command.ExecuteReaderAsync(token);
            if (!await rows.ReadAsync(token)) return null;
            var attempts = new List<AttemptId>();
            do
            {
                if (!RunId.TryParse(rows.GetString(0), out var id))
                    throw new StoreCorruptException(
                        $"{database.Place}: the run '{rows.GetString(0)}' has no valid id.");
                var count = RunDocument.ReadOutline(rows.GetFieldValue<byte[]>(1)).AttemptCount;
                for (var number = 1; number <= count; number++) attempts.Add(new(id, number));
            }
            while (await rows.ReadAsync(token));
            return attempts;
        }
    }

    private Task<int> PruneEventsAsync(long cutoff, CancellationToken cancellationToken) => database.DoAsync(
        (connection, token) => connection.ExecuteAsync(
            "DELETE FROM events WHERE seq IN (SELECT seq FROM events ORDER BY seq LIMIT $1) AND at < $2",
            token, RemovedMax, cutoff),
        cancellationToken);
}
