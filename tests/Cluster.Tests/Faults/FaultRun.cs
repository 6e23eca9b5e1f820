using System.Diagnostics;
using Chronos.Cluster.Tests.Checks;
using Chronos.Cluster.Tests.Jobs;
using Chronos.Cluster.Tests.Nodes;

namespace Chronos.Cluster.Tests.Faults;

/// <summary>Jobs fire while one thing after the other goes wrong; then what the tasks wrote is held against what was
/// due, as Jepsen's test of Mesos Chronos does.</summary>
internal sealed class FaultRun(NodeCluster cluster, FaultPlan plan, Action<string> tell)
{
    private const int StartDelaySeconds = 3;
    private const double DecidedAfterSeconds = 2.5;
    private readonly JobPlan jobs = new(plan.Jobs);
    private readonly List<FaultRound> rounds = [];
    private readonly string journal = Path.Combine(cluster.Folder, "journal");

    public async Task<Verdict> RunAsync()
    {
        File.WriteAllText(journal, "");
        var start = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds() + StartDelaySeconds);
        var leader = await cluster.LeaderAsync();
        await leader.SendAsync(HttpMethod.Post, "/v1/jobs:bulk", jobs.Jobs.Select(j => j.Definition(start, journal)));
        await WaitUntilAsync(Uptime.Of(start));
        await cluster.HasCopiesAsync(jobs.Jobs.Count);

        var began = Stopwatch.GetTimestamp();
        for (var round = 0; round < plan.Rounds && Stopwatch.GetElapsedTime(began) < plan.Limit; round++)
        {
            await Task.Delay(plan.Calm * Random.Shared.NextDouble()); // a random moment
            rounds.Add(await RunRoundAsync(plan.Kinds[round % plan.Kinds.Count]));
            tell($"{rounds.Count,4}  {rounds[^1].Fault.Name,-32} {rounds[^1].Outage,6:0.0} s");
        }

        var end = await StopJobsAsync();
        var records = await RunRecords.ReadAsync(cluster);
        var check = new OccurrenceCheck(jobs.Jobs, start, end, rounds, plan.Tolerance);
        return check.Judge(Journal.Read(journal), records);
    }

    private async Task<FaultRound> RunRoundAsync(Fault fault)
    {
        var leader = await cluster.LeaderAsync();
        var began = Uptime.Now;
        await fault.BeginAsync(cluster, leader);
        if (fault.StopsAll) await EndAsync(fault, leader, began);
        await cluster.TakesChangesAsync(other: fault.MovesLead ? leader : null);
        var recovered = Uptime.Now;
        var term = await cluster.TermAsync();
        if (!fault.StopsAll) await EndAsync(fault, leader, began);
        await cluster.AgreesAsync();
        if (fault.StopsAll) await MadeUpAsync(recovered - began);
        var ended = Uptime.Now;
        var isUnsteady = term != await cluster.TermAsync(); // the new leader did not last
        return new(fault, began, recovered, isUnsteady ? ended : recovered, ended);
    }

    private async Task EndAsync(Fault fault, ChronosNode leader, double began)
    {
        if (fault.IsPause) await WaitUntilAsync(began + plan.Pause.TotalSeconds);
        await fault.EndAsync(cluster, leader);
    }

    /// <returns>A moment up to which everything was decided.</returns>
    private async Task<DateTimeOffset> StopJobsAsync()
    {
        await Task.Delay(TimeSpan.FromSeconds(StartDelaySeconds)); // time for what was late
        var leader = await cluster.LeaderAsync();
        var end = DateTimeOffset.UtcNow.AddSeconds(-DecidedAfterSeconds);
        await leader.SendAsync(HttpMethod.Post, "/v1/jobs:disable", new { names = jobs.Jobs.Select(j => j.Name) });
        await cluster.UntilAsync("runs of disabled jobs have not ended", async () =>
            await CountAsync(leader, "running") + await CountAsync(leader, "queued") == 0);
        return end;
    }

    /// <summary>Waits until nothing waits any more, for as long as the outage was.</summary>
    private async Task MadeUpAsync(double outage)
    {
        var deadline = Uptime.Now + outage + DecidedAfterSeconds;
        while (await CountQueuedRunsAsync(await cluster.LeaderAsync()) > 0 && Uptime.Now < deadline)
            await Task.Delay(TimeSpan.FromMilliseconds(100));
    }

    // Not of jobs that are queued: one whose first run runs is not, however many wait.
    private static async Task<int> CountQueuedRunsAsync(ChronosNode leader) =>
        (await leader.GetAsync("/v1/overview")).GetProperty("queuedRuns").GetInt32();

    private static async Task<int> CountAsync(ChronosNode leader, string state) =>
        (await leader.GetAsync($"/v1/jobs?state={state}&limit=1")).GetProperty("total").GetInt32();

    private static Task WaitUntilAsync(double time) =>
        Task.Delay(TimeSpan.FromSeconds(Math.Max(0, time - Uptime.Now)));
}
