using Chronos.Core.Runs;
using Chronos.Runtime.Ports;
using Chronos.Storage.History;
using NodaTime;

namespace Chronos.Storage.Sqlite;

/// <summary>Removes what retention no longer keeps. What goes is found on a reading connection, where time matters
/// little, and removed in transactions short enough to pass between two commits.
/// <para>Age counts from the end of a run, not from its nominal time: the runs of a backfill of last year have just
/// ended. As no run ends before its nominal time, those that may go are at the front of <c>runs</c>; a pass goes
/// through that front and remembers where it is. For the count per job the first pass looks at every job, and later
/// ones only at jobs that got runs since.</para>
/// <para>Freed pages are used again by later rows. The file does not shrink; <c>VACUUM</c> with the server stopped
/// makes it.</para></summary>
internal sealed class Pruning(SqliteDatabase database) : IDisposable
{
    /// <summary>Rows removed in one transaction; keeps it at a few milliseconds.</summary>
    private const int RemovedMax = 250;

    /// <summary>Rows or jobs looked at in one query.</summary>
    private const int ExaminedMax = 5_000;

    private static readonly RunKey Front = new(long.MinValue, default);
    private readonly SemaphoreSlim gate = new(1);
    private HistoryStatements? statements;
    private RunKey agePosition = Front;
    private readonly Queue<string> jobs = [];
    private string? jobPosition = "";
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
                var removed = await PruneAgeAsync(cutoff, cancellationToken)
                    ?? await PruneCountAsync(retention.RunsPerJob, cancellationToken);
                if (removed is null) break;
                if (removed.Count > 0) return removed;
            }

            while (await PruneEventsAsync(cutoff, cancellationToken) > 0)
            {
            }

            agePosition = Front;
            return [];
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose() => gate.Dispose();

    private async Task<IReadOnlyList<AttemptId>?> PruneAgeAsync(long cutoff, CancellationToken cancellationToken)
    {
        while (true)
        {
            var from = agePosition;
            var (old, end) = await database.Readers.ReadAsync(
                connection => FindOld(connection, from, cutoff), cancellationToken);
            if (old.Count > 0)
            {
                var attempts = await RemoveAsync(old, cancellationToken);
                agePosition = end ?? old[^1];
                return attempts;
            }

            if (end is null) return null;
            agePosition = end.Value;
        }
    }

    /// <returns>Runs that may go, and where to go on; null: the front has been passed.</returns>
    private static (List<RunKey> Old, RunKey? End) FindOld(Connection connection, RunKey from, long cutoff)
    {
        var rows = connection.Cached("""
            SELECT nominal, id, coalesce(ended, created) FROM runs NOT INDEXED
            WHERE nominal < ?1 AND (nominal, id) > (?2, ?3) ORDER BY nominal, id LIMIT ?4
            """).Bind(1, cutoff).Bind(2, from.Ticks).Bind(3, from.Id.ToString()).Bind(4, ExaminedMax);
        var old = new List<RunKey>();
        RunKey? end = null;
        while (rows.Step())
        {
            var key = KeyOf(rows);
            if (rows.Int64(2) < cutoff) old.Add(key);
            end = key;
            if (old.Count < RemovedMax) continue;
            rows.Reset();
            break;
        }

        return (old, end);
    }

    private async Task<IReadOnlyList<AttemptId>?> PruneCountAsync(int keep, CancellationToken cancellationToken)
    {
        if (keep != runsPerJobBefore)
        {
            jobs.Clear();
            jobPosition = "";
            runsPerJobBefore = keep;
        }

        while (true)
        {
            if (jobs.Count == 0) await FindJobsAsync(cancellationToken);
            if (jobs.Count == 0) return null;
            var excess = await database.Readers.ReadAsync(
                connection => FindExcess(connection, keep), cancellationToken);
            if (excess.Count == 0) continue;
            try
            {
                return await RemoveAsync(excess, cancellationToken);
            }
            catch
            {
                // The jobs have left the queue; a new pass over all of them finds what was not removed.
                jobPosition = "";
                throw;
            }
        }
    }

    private async Task FindJobsAsync(CancellationToken cancellationToken)
    {
        if (jobPosition is { } from)
        {
            // Runs written while the first pass goes on are looked at by it or by the next.
            jobPosition = await database.Readers.ReadAsync(connection => FindJobs(connection, from), cancellationToken);
            if (jobs.Count > 0) return;
        }

        foreach (var name in database.Touched.Take()) jobs.Enqueue(name);
    }

    /// <returns>Where to go on; null: every job has been seen.</returns>
    private string? FindJobs(Connection connection, string from)
    {
        var next = connection.Cached(
            "SELECT job FROM runs INDEXED BY runs_by_job WHERE job > ?1 ORDER BY job LIMIT 1");
        for (var i = 0; i < ExaminedMax; i++)
        {
            if (!next.Bind(1, from).Step()) return null;
            from = next.Text(0);
            next.Reset();
            jobs.Enqueue(from);
        }

        return from;
    }

    /// <summary>Looks at jobs until enough runs are too many. A job leaves the queue once all of its are found.
    /// </summary>
    private List<RunKey> FindExcess(Connection connection, int keep)
    {
        var rows = connection.Cached("""
            SELECT nominal, id FROM runs INDEXED BY runs_by_job WHERE job = ?1
            ORDER BY nominal DESC, id DESC LIMIT ?2 OFFSET ?3
            """);
        var excess = new List<RunKey>();
        for (var examined = 0; examined < ExaminedMax && jobs.TryPeek(out var job); examined++)
        {
            rows.Bind(1, job).Bind(2, RemovedMax - excess.Count).Bind(3, keep);
            while (rows.Step()) excess.Add(KeyOf(rows));
            if (excess.Count == RemovedMax) break;
            jobs.Dequeue();
        }

        return excess;
    }

    private Task<List<AttemptId>> RemoveAsync(List<RunKey> keys, CancellationToken cancellationToken) =>
        database.Writer.WriteAsync(
            connection =>
            {
                var prepared = statements ??= new(connection, database.Touched);
                var attempts = new List<AttemptId>();
                connection.InWriteTransaction(() =>
                {
                    foreach (var key in keys) prepared.Delete(key, attempts);
                });
                return attempts;
            },
            cancellationToken);

    private Task<int> PruneEventsAsync(long cutoff, CancellationToken cancellationToken) =>
        database.Writer.WriteAsync(
            connection =>
            {
                var prepared = statements ??= new(connection, database.Touched);
                var count = 0;
                connection.InWriteTransaction(() => count = prepared.DeleteEvents(RemovedMax, cutoff));
                return count;
            },
            cancellationToken);

    private static RunKey KeyOf(Statement row) => RunId.TryParse(row.Text(1), out var id)
        ? new(row.Int64(0), id)
        : throw new FormatException($"The run '{row.Text(1)}' has no valid id.");
}
