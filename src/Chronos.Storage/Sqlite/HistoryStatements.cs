using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Ports;
using Chronos.Storage.History;

namespace Chronos.Storage.Sqlite;

/// <summary>The statements that change the history, compiled once; used on the writing thread only, in a transaction.
/// </summary>
internal sealed class HistoryStatements(Connection connection, TouchedJobs touched)
{
    private readonly RunDocument document = new();

    private readonly Statement insertRun = connection.Prepare("""
        INSERT OR IGNORE INTO runs (nominal, id, job, state, created, started, ended, cause, owner, json)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
        """);

    private readonly Statement readRun = connection.Prepare(
        "SELECT state, json FROM runs WHERE nominal = ?1 AND id = ?2");

    private readonly Statement deleteRun = connection.Prepare("DELETE FROM runs WHERE nominal = ?1 AND id = ?2");

    private readonly Statement insertLabel = connection.Prepare(
        "INSERT OR IGNORE INTO run_labels (key, value, state, nominal, id) VALUES (?1, ?2, ?3, ?4, ?5)");

    private readonly Statement deleteLabel = connection.Prepare(
        "DELETE FROM run_labels WHERE key = ?1 AND value = ?2 AND state = ?3 AND nominal = ?4 AND id = ?5");

    private readonly Statement putEvent = connection.Prepare("""
        INSERT INTO events (id, at, job, kind, by, address, detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
        ON CONFLICT (id) DO UPDATE SET at = excluded.at, job = excluded.job, kind = excluded.kind, by = excluded.by,
            address = excluded.address, detail = excluded.detail
        """);

    private readonly Statement pruneEvents = connection.Prepare("""
        DELETE FROM events WHERE seq IN (SELECT seq FROM events ORDER BY seq LIMIT ?1) AND at < ?2
        """);

    public void Write(HistoryRecord record)
    {
        switch (record)
        {
            case RunRecord run:
                Write(run);
                break;
            case EventRecord { Id: var id, Event: var happened }:
                Write(id, happened);
                break;
            default:
                throw new ArgumentException($"The history cannot keep a {record.GetType().Name}.", nameof(record));
        }
    }

    /// <summary>Removes a run and its labels.</summary>
    /// <param name="key">The run.</param>
    /// <param name="attempts">Gets the run's attempts.</param>
    public void Delete(RunKey key, List<AttemptId> attempts)
    {
        if (!readRun.Bind(1, key.Ticks).Bind(2, key.Id.ToString()).Step()) return;
        var (labels, attemptCount) = RunDocument.ReadOutline(readRun.Utf8(1));
        var state = readRun.Text(0);
        readRun.Reset();
        foreach (var label in labels)
            deleteLabel.Bind(1, label.Key).Bind(2, label.Value).Bind(3, state).Bind(4, key.Ticks)
                .Bind(5, key.Id.ToString()).Run();
        deleteRun.Bind(1, key.Ticks).Bind(2, key.Id.ToString()).Run();
        for (var number = 1; number <= attemptCount; number++) attempts.Add(new(key.Id, number));
    }

    /// <summary>Removes events from before <paramref name="cutoff"/> among the oldest <paramref name="limit"/>.
    /// </summary>
    /// <returns>How many were removed.</returns>
    public int DeleteEvents(int limit, long cutoff)
    {
        pruneEvents.Bind(1, limit).Bind(2, cutoff).Run();
        return connection.Changes;
    }

    private void Write(RunRecord record)
    {
        var key = RunKey.Of(record.Run);
        if (!TryInsert(record, key))
        {
            Delete(key, []);
            TryInsert(record, key);
        }

        foreach (var label in record.Labels.AsSpan())
            insertLabel.Bind(1, label.Key).Bind(2, label.Value).Bind(3, RunJson.Utf8Word(record.Run.State))
                .Bind(4, key.Ticks).Bind(5, key.Id.ToString()).Run();
        touched.Add(record.JobName);
    }

    private bool TryInsert(RunRecord record, RunKey key)
    {
        var run = record.Run;
        insertRun
            .Bind(1, key.Ticks)
            .Bind(2, key.Id.ToString())
            .Bind(3, record.JobName)
            .Bind(4, RunJson.Utf8Word(run.State))
            .Bind(5, run.CreatedAt.ToUnixTimeTicks())
            .Bind(6, run.StartedAt?.ToUnixTimeTicks())
            .Bind(7, run.EndedAt?.ToUnixTimeTicks())
            .Bind(8, RunJson.Utf8Word(run.Cause.Kind))
            .Bind(9, record.Owner)
            .Bind(10, document.Write(record))
            .Run();
        return connection.Changes == 1;
    }

    private void Write(string id, JobEvent happened) => putEvent
        .Bind(1, id)
        .Bind(2, happened.At.ToUnixTimeTicks())
        .Bind(3, happened.JobName)
        .Bind(4, EventWords.Of(happened.Kind))
        .Bind(5, happened.By.Name)
        .Bind(6, happened.By.Address)
        .Bind(7, happened.Detail)
        .Run();
}
