using System.Text;
using Chronos.Core.Runs;
using Chronos.Runtime.Ports;
using Chronos.Storage.History;
using Npgsql;

namespace Chronos.Storage.PostgreSql;

/// <summary>Turns records into statements, a few for any number of records. A record with the id of an older one
/// replaces it.</summary>
internal static class HistoryWriting
{
    private const string PutRuns = """
        INSERT INTO runs (nominal, id, job, state, created, started, ended, cause, owner, json)
        SELECT n, i, job, state, created, started, ended, cause, owner, j::json
        FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[],
            $8::text[], $9::text[], $10::text[])
            AS t (n, i, job, state, created, started, ended, cause, owner, j)
        ON CONFLICT (nominal, id) DO UPDATE SET job = excluded.job, state = excluded.state,
            created = excluded.created, started = excluded.started, ended = excluded.ended, cause = excluded.cause,
            owner = excluded.owner, json = excluded.json
        """;

    private const string RemoveLabels = """
        DELETE FROM run_labels l USING unnest($1::bigint[], $2::text[]) AS t (n, i) WHERE l.nominal = t.n AND l.id = t.i
        """;

    private const string PutLabels = """
        INSERT INTO run_labels (key, value, state, nominal, id)
        SELECT k, v, s, n, i FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[])
            AS t (k, v, s, n, i)
        ON CONFLICT DO NOTHING
        """;

    private const string PutEvents = """
        INSERT INTO events (id, at, job, kind, by, address, detail)
        SELECT i, at, job, kind, by, address, detail
        FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
            AS t (i, at, job, kind, by, address, detail)
        ON CONFLICT (id) DO UPDATE SET at = excluded.at, job = excluded.job, kind = excluded.kind, by = excluded.by,
            address = excluded.address, detail = excluded.detail
        """;

    public static void Add(NpgsqlBatch writing, IEnumerable<HistoryRecord> records, TouchedJobs touched)
    {
        // The last of those with one id; in the order of their first.
        var runs = new OrderedDictionary<RunKey, RunRecord>();
        var events = new OrderedDictionary<string, EventRecord>(StringComparer.Ordinal);
        foreach (var record in records)
        {
            switch (record)
            {
                case RunRecord run:
                    runs[RunKey.Of(run.Run)] = run;
                    touched.Add(run.JobName);
                    break;
                case EventRecord happened:
                    events[happened.Id] = happened;
                    break;
                default:
                    throw new ArgumentException(
                        $"The history cannot keep a {record.GetType().Name}.", nameof(records));
            }
        }

        if (runs.Count > 0) AddRuns(writing, runs);
        if (events.Count > 0) AddEvents(writing, [.. events.Values]);
    }

    private static void AddRuns(NpgsqlBatch writing, OrderedDictionary<RunKey, RunRecord> runs)
    {
        var document = new RunDocument();
        var ticks = runs.Keys.Select(key => key.Ticks).ToArray();
        var ids = runs.Keys.Select(key => key.Id.ToString()).ToArray();
        RunRecord[] records = [.. runs.Values];
        writing.Add(
            PutRuns,
            ticks,
            ids,
            records.Select(r => r.JobName).ToArray(),
            records.Select(r => RunJson.Word(r.Run.State)).ToArray(),
            records.Select(r => r.Run.CreatedAt.ToUnixTimeTicks()).ToArray(),
            records.Select(r => r.Run.StartedAt?.ToUnixTimeTicks()).ToArray(),
            records.Select(r => r.Run.EndedAt?.ToUnixTimeTicks()).ToArray(),
            records.Select(r => RunJson.Word(r.Run.Cause.Kind)).ToArray(),
            records.Select(r => r.Owner).ToArray(),
            records.Select(r => Encoding.UTF8.GetString(document.Write(r))).ToArray());
        writing.Add(RemoveLabels, ticks, ids);
        var labels = runs.SelectMany(
            run => run.Value.Labels, (run, label) => (run.Key, run.Value.Run.State, Label: label)).ToList();
        if (labels.Count == 0) return;
        writing.Add(
            PutLabels,
            labels.Select(l => l.Label.Key).ToArray(),
            labels.Select(l => l.Label.Value).ToArray(),
            labels.Select(l => RunJson.Word(l.State)).ToArray(),
            labels.Select(l => l.Key.Ticks).ToArray(),
            labels.Select(l => l.Key.Id.ToString()).ToArray());
    }

    private static void AddEvents(NpgsqlBatch writing, EventRecord[] events) => writing.Add(
        PutEvents,
        events.Select(e => e.Id).ToArray(),
        events.Select(e => e.Event.At.ToUnixTimeTicks()).ToArray(),
        events.Select(e => e.Event.JobName).ToArray(),
        events.Select(e => EventWords.Of(e.Event.Kind)).ToArray(),
        events.Select(e => e.Event.By.Name).ToArray(),
        events.Select(e => e.Event.By.Address).ToArray(),
        events.Select(e => e.Event.Detail).ToArray());
}
