using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Node;
using Chronos.Runtime.Ports;
using NodaTime;

namespace Chronos.Server.Endpoints.Compatibility;

/// <summary>How long runs of jobs took, read from the run history: a job's own statistics from its latest successful
/// runs, the table of all jobs from the latest ones of the cluster. Nothing is kept but a short-lived copy of the
/// table, so a restart or a change of leader loses nothing.</summary>
internal sealed class RunTimes(Func<SchedulerNode> node) : IDisposable
{
    private const int RunsPerPage = 1000;
    private const int PagesOfAll = 10;
    private const int RunsOfRareJob = 100;
    private const int RareJobsMax = 1000;
    private static readonly Duration Freshness = Duration.FromSeconds(5);
    private static readonly ValueList<RunState> Succeeded = [RunState.Succeeded];
    private readonly SemaphoreSlim reading = new(1, 1);
    private Table? latest;

    /// <summary>Of one job.</summary>
    public async Task<RunTimeSample> OfJobAsync(string name, CancellationToken cancellationToken) =>
        new(await ReadAsync(name, RunsPerPage, cancellationToken));

    /// <summary>Of all jobs that ran, by name; at most a few seconds old.</summary>
    public async Task<IReadOnlyDictionary<string, RunTimeSample>> OfAllAsync(CancellationToken cancellationToken)
    {
        await reading.WaitAsync(cancellationToken);
        try
        {
            if (latest is { } table && node().Now - table.ReadAt < Freshness) return table.Samples;
            var samples = await ReadAllAsync(cancellationToken);
            latest = new(node().Now, samples);
            return samples;
        }
        finally
        {
            reading.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => reading.Dispose();

    private async Task<Dictionary<string, RunTimeSample>> ReadAllAsync(CancellationToken cancellationToken)
    {
        var times = new Dictionary<string, List<double>>(StringComparer.Ordinal);
        string? after = null;
        for (var page = 0; page < PagesOfAll; page++)
        {
            var query = new RunQuery { States = Succeeded, Limit = RunsPerPage, After = after };
            var found = await node().History.ListRunsAsync(query, cancellationToken);
            foreach (var record in found.Items) Add(times, record);
            after = found.Next;
            if (after is null) break;
        }

        if (after is not null) await ReadRareAsync(times, cancellationToken);
        return times.ToDictionary(t => t.Key, t => new RunTimeSample(t.Value), StringComparer.Ordinal);
    }

    /// <summary>Jobs whose runs are older than the latest of the cluster are asked for one by one.</summary>
    private async Task ReadRareAsync(Dictionary<string, List<double>> times, CancellationToken cancellationToken)
    {
        var rare = node().Jobs.InOrder().Where(s => IsRare(s, times)).Take(RareJobsMax).ToList();
        foreach (var snapshot in rare)
            times[snapshot.Job.Name] = await ReadAsync(snapshot.Job.Name, RunsOfRareJob, cancellationToken);
    }

    private static bool IsRare(JobSnapshot snapshot, Dictionary<string, List<double>> times) =>
        snapshot.State.Counters.LastSuccess is not null && !times.ContainsKey(snapshot.Job.Name);

    private async Task<List<double>> ReadAsync(string name, int limit, CancellationToken cancellationToken)
    {
        var query = new RunQuery { JobName = name, States = Succeeded, Limit = limit };
        var found = await node().History.ListRunsAsync(query, cancellationToken);
        return [.. found.Items.Select(r => Milliseconds(r.Run))];
    }

    private static void Add(Dictionary<string, List<double>> times, RunRecord record)
    {
        if (!times.TryGetValue(record.JobName, out var list)) times[record.JobName] = list = [];
        list.Add(Milliseconds(record.Run));
    }

    /// <summary>From the due time to the end, as in Mesos Chronos; after a retry from the start of the last attempt,
    /// because the delay before it is not the job's.</summary>
    private static double Milliseconds(Run run)
    {
        var from = run.Attempts.Count > 1 ? run.Attempts[^1].StartedAt ?? run.Nominal : run.Nominal;
        return Math.Max(((run.EndedAt ?? from) - from).TotalMilliseconds, 0);
    }

    private sealed record Table(Instant ReadAt, IReadOnlyDictionary<string, RunTimeSample> Samples);
}
