using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Node;
using Chronos.Runtime.Ports;
using Chronos.Runtime.Telemetry;
using Chronos.Simulation.Checks;
using Chronos.Simulation.Cluster;
using Chronos.Simulation.Workload;
using NodaTime;

namespace Chronos.Simulation;

/// <summary>A whole cluster from one seed: first a time with faults, in which nothing wrong may happen, then one
/// without, in which everything due must happen, then an end, at which nothing may be left over.</summary>
internal sealed class ClusterSimulation : IDisposable
{
    private static readonly Actor Operator = new("operator", "");
    private readonly Profile profile;
    private readonly SimulatedTime time = new();
    private readonly FaultPlan faults;
    private readonly Trace trace;
    private readonly Findings findings = new();
    private readonly NodeMetrics metrics = new();
    private readonly ClusterStore store;
    private readonly StandbyCopy standby;
    private readonly ClusterEngine engine;
    private readonly CommitChecker checker;
    private readonly ClusterChecker cluster;
    private readonly TaskScripts scripts;
    private readonly NodeClock[] clocks;
    private readonly Lease lease;
    private readonly ApiClient client;
    private readonly Disturbances disturbances;
    private readonly Instant begin;

    public ClusterSimulation(int seed, Profile? forced, TextWriter? output)
    {
        faults = new(seed);
        profile = faults.Pick([Profile.Dense, Profile.Dense, Profile.Steady, Profile.Sparse]);
        profile = forced ?? profile;
        faults.Intensity = faults.Pick([0.3, 1, 1, 3]);
        begin = time.Now;
        trace = new(time, output);
        scripts = new(seed, profile);
        store = new(time, faults, trace);
        engine = new(time, faults, trace, findings, faults.Between(1, 4)) { Clock = new(time), Script = scripts.For };
        checker = new(findings, engine.Find);
        cluster = new(findings, checker, engine, store);
        standby = new(store, faults, trace);
        store.Committed = cluster.Committed;
        engine.Began = cluster.Began;
        engine.Ended = CallBack;
        clocks = [.. Enumerable.Range(0, faults.Between(1, 5)).Select(_ => new NodeClock(time))];
        var parts = new ClusterParts(time, new(time), faults, trace, store, engine, metrics, Options, findings,
            standby, cluster.Committing, cluster.Launching);
        lease = new(parts, clocks) { Granted = node => node.Loaded = cluster.Loaded };
        client = new(time, faults, trace, lease, checker, findings);
        disturbances = new(time, faults, profile, new(faults, profile, time), client, checker)
        {
            Store = store, Engine = engine, Lease = lease, Clocks = clocks,
        };
        time.AfterEvent = findings.ThrowIfAny;
    }

    private static SchedulerNodeOptions Options { get; } = new()
    {
        Scheduler = new() { QueuedRunsMax = 20 },
    };

    /// <summary>Runs the seed.</summary>
    /// <exception cref="Violation">Something is wrong.</exception>
    public SimulationResult Run()
    {
        var outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(time);
        try
        {
            trace.Say("world", $"{profile.Name}, {clocks.Length} nodes, intensity {faults.Intensity}");
            disturbances.Plan();
            time.RunUntil(begin + profile.Length);
            Calm();
            WindUp();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }

        return new(profile.Name, time.Now - begin, time.EventCount, checker.OccurrenceCount, checker.Runs.EndedCount,
            lease.Term, standby.UsedCount, trace.Hash);
    }

    /// <inheritdoc/>
    public void Dispose() => metrics.Dispose();

    private void CallBack(TaskTruth task)
    {
        if (!task.Request.Job.Policy.Async || task.Phase != AttemptPhase.Finished) return;
        if (task.Request.Job.Policy.Timeout is not null && faults.Strikes(0.1)) return; // it never comes
        client.Complete(task, scripts.CallbackOf(task));
    }

    // Nothing goes wrong any more. Clocks are set right; decisions catch up with the latest time any of them showed.
    private void Calm()
    {
        trace.Say("world", "calm begins");
        faults.IsActive = false;
        store.Heal();
        lease.Heal();
        foreach (var clock in clocks) clock.Set(Duration.Zero, 0);
        foreach (var node in lease.Believers) node.Wake();
        var latest = clocks.Append(engine.Clock).Max(c => c.Highest);
        time.RunUntil(Instant.Max(time.Now, latest) + Duration.FromMinutes(20));
        checker.IsCalm = true;
        Scan();
        time.RunUntil(time.Now + profile.Calm);
        foreach (var model in checker.Jobs.Values)
            OccurrenceChecker.CheckNothingIsOwed(model, time.Now, findings);
        checker.IsCalm = false;
        time.RunUntil(() => lease.Leader?.Loop?.IsIdle == true, time.Now + Duration.FromMinutes(1));
        cluster.CheckReaders(lease.Leader);
    }

    // The server's own checks find nothing wrong where nothing goes wrong.
    private void Scan()
    {
        if (!checker.IsCalm) return;
        if (lease.Leader is { } leader)
        {
            leader.Scanner.Look(leader.Clock.GetCurrentInstant());
            findings.Require(leader.Scanner.Violations.Count == 0,
                $"{leader.Name} sees broken rules: {string.Join(", ", leader.Scanner.Violations)}.");
        }

        time.After(profile.Calm / 1000 + Duration.FromSeconds(5), Scan);
    }

    // A job that became async while its task ran waits for a callback that nobody thinks of, and a task that hangs
    // runs on where an edit took the timeout away: what only a person can end, a person ends.
    private void EndForgotten()
    {
        foreach (var model in checker.Jobs.Values)
            foreach (var run in model.State.ActiveRuns)
                if (run.AwaitsCallback)
                    client.Send(() => new CompleteRun(model.Name, run.Id, 0, "", Operator), tries: 1);
                else if (run.Kill is null && model.Job.Policy.Timeout is null)
                    client.Send(() => new KillRuns(model.Name, run.Id, Operator), tries: 1);
        time.After(profile.LongestTask * 2, EndForgotten);
    }

    // Nothing new is to begin, and what is under way must come to its end by itself.
    private void WindUp()
    {
        trace.Say("world", "winds up");
        foreach (var model in checker.Jobs.Values.ToList())
            client.Send(() => new SetDisabled(model.Name, true, "", Operator), tries: 20);
        time.After(profile.LongestTask, EndForgotten);
        var patience = (profile.LongestTask * 8) + Duration.FromHours(1);
        bool IsDone() => cluster.IsQuiet && checker.Jobs.Values.All(j => j.Job.Disabled);
        var isOver = time.RunUntil(IsDone, time.Now + patience);
        findings.Require(isOver, $"Something never ends: {cluster.DescribeLeftovers()}");
        lease.Leader?.Leave("ends, so that its successor shows what is durable");
        time.RunUntil(time.Now + Duration.FromMinutes(2));
        findings.Require(cluster.IsQuiet, $"A new leader woke something up: {cluster.DescribeLeftovers()}");
        cluster.CheckReaders(lease.Leader);
    }
}

/// <summary>What a simulation did.</summary>
internal sealed record SimulationResult(
    string Profile, Duration Simulated, long Events, long Occurrences, int Runs, long Leaderships, int Copies,
    ulong TraceHash);
