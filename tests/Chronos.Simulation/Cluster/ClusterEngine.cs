using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Leadership;
using Chronos.Runtime.Ports;
using Chronos.Simulation.Checks;
using Chronos.Testing.Engines;
using NodaTime;

namespace Chronos.Simulation.Cluster;

/// <summary>The engine and its agents, at the far end of a network. It knows what really happened to each attempt,
/// which is what histories are compared with.</summary>
internal sealed class ClusterEngine : IAsyncDisposable
{
    private static readonly Duration ReportPause = Duration.FromSeconds(20);
    private readonly SimulatedTime time;
    private readonly FaultPlan faults;
    private readonly Trace trace;
    private readonly Findings findings;
    private readonly SimulatedEngine core = new();
    private readonly Dictionary<AttemptId, TaskTruth> truths = [];
    private readonly List<TaskTruth> running = [];
    private readonly string[] agents;
    private readonly HashSet<string> lost = new(StringComparer.Ordinal);
    private EngineConnection? connection;

    public ClusterEngine(SimulatedTime time, FaultPlan faults, Trace trace, Findings findings, int agentCount)
    {
        (this.time, this.faults, this.trace, this.findings) = (time, faults, trace, findings);
        agents = [.. Enumerable.Range(1, agentCount).Select(i => $"agent-{i}")];
        core.Deliver = status =>
        {
            OnStatus(status);
            return Delivery.Lost; // the network between here and the node delivers it
        };
        Resize();
    }

    /// <summary>The clock of the agents.</summary>
    public required NodeClock Clock { get; init; }

    /// <summary>How a task of this attempt behaves.</summary>
    public required Func<LaunchRequest, TaskScript> Script { get; init; }

    /// <summary>Called when a task has begun, before anybody knows.</summary>
    public Action<TaskTruth> Began { get; set; } = static _ => { };

    /// <summary>Called when a task has ended, before anybody knows.</summary>
    public Action<TaskTruth> Ended { get; set; } = static _ => { };

    /// <summary>Tasks that run now.</summary>
    public IReadOnlyList<TaskTruth> Running => running;

    /// <summary>Attempts whose ends nobody has acknowledged, and those that have not ended.</summary>
    public int KnownCount => truths.Values.Count(t => t is { IsForgotten: false });

    /// <summary>What really happened to an attempt; null: it never came here.</summary>
    public TaskTruth? Find(AttemptId id) => truths.GetValueOrDefault(id);

    /// <summary>A leader connects, and every older connection ends.</summary>
    public void Connect(EngineConnection newest)
    {
        connection = newest;
        trace.Say("engine", $"connected with {newest.Node}");
        Do(() => core.ConnectAsync(
            "simulated",
            new(static _ => { }, static _ => Task.CompletedTask, LeadershipTerm.Alone(1)),
            CancellationToken.None));
    }

    public void Launch(EngineConnection from, IReadOnlyList<LaunchRequest> requests)
    {
        if (from != connection) return;
        foreach (var request in requests)
            if (!truths.TryGetValue(request.Id, out var known)) truths.Add(request.Id, new(request));
            else findings.Require(!known.IsForgotten,
                $"Attempt {request.Id} of {request.Job.Name} is launched again after its end was acknowledged.");
        Do(() => core.LaunchAsync(requests, CancellationToken.None));
        core.Launches.Clear();
    }

    public void Kill(EngineConnection from, AttemptId id, string jobName, Duration? grace)
    {
        if (from != connection) return;
        var wait = faults.Between(Duration.Zero, grace ?? Duration.FromSeconds(10));
        if (Find(id) is not { Phase: AttemptPhase.Running }) wait = Duration.Zero;
        time.After(wait, () => Do(() => core.KillAsync(id, jobName, grace, CancellationToken.None)));
    }

    public void Reconcile(EngineConnection from, IReadOnlyList<KnownAttempt> attempts)
    {
        if (from == connection) Do(() => core.ReconcileAsync(attempts, CancellationToken.None));
    }

    public void Acknowledge(EngineConnection from, IReadOnlyList<AttemptId> attempts)
    {
        if (from != connection) return;
        foreach (var id in attempts)
        {
            if (Find(id) is not { } truth) continue;
            findings.Require(truth.IsOver, $"The end of {truth} is acknowledged before it came.");
            truth.IsForgotten = true;
        }

        Do(() => core.AcknowledgeAsync(attempts, CancellationToken.None));
    }

    /// <summary>A machine dies with its tasks, and comes back later.</summary>
    public void LoseAgent(Duration absence)
    {
        var agent = faults.Pick(agents);
        if (!lost.Add(agent)) return;
        trace.Say(agent, $"lost for {absence}");
        Resize();
        foreach (var task in running.Where(t => t.Agent == agent).ToList())
        {
            var phase = faults.Chance(0.5) ? AttemptPhase.Gone : AttemptPhase.Doubtful;
            Do(() => End(task, phase));
        }

        time.After(absence, () =>
        {
            lost.Remove(agent);
            trace.Say(agent, "back");
            Resize();
            Do(() => core.StartFitting());
        });
    }

    /// <summary>What the engine itself says, without a network before it: its checks, its logs, its figures.</summary>
    public IEngine Direct => core;

    /// <summary>A task writes to its output.</summary>
    public void Write(AttemptId id, string text) => core.Write(id, text);

    /// <summary>A task exits before its script is over.</summary>
    public void Exit(AttemptId id, int exitCode) => Do(() => core.Exit(id, exitCode));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => core.DisposeAsync();

    private void End(TaskTruth task, AttemptPhase phase) =>
        core.End(task.Id, phase, phase == AttemptPhase.Gone ? "The agent was lost." : "Nobody knows.");

    // Without any agent nothing fits.
    private void Resize() => core.Total = new(100 * (agents.Length - lost.Count), 1e9, 1e9);

    private void Do(Action action)
    {
        core.Now = Clock.GetCurrentInstant();
        action();
    }

    private void OnStatus(AttemptStatus status)
    {
        if (Find(status.Id) is { } task)
        {
            if (status.Phase == AttemptPhase.Running && task.Phase < AttemptPhase.Running) Begin(task);
            if (status.Phase >= AttemptPhase.Finished && !task.IsOver) Finish(task, status);
            status = status with { Agent = task.Agent };
        }

        Send(status);
    }

    private void Begin(TaskTruth task)
    {
        task.Phase = AttemptPhase.Running;
        task.Starts++;
        task.Agent = faults.Pick(agents.Where(a => !lost.Contains(a)).ToList());
        running.Add(task);
        trace.Say(task.Agent, $"starts {task}");
        Began(task);
        var script = Script(task.Request);
        time.After(script.Duration, () =>
        {
            if (task.Phase == AttemptPhase.Running) Do(() => core.Exit(task.Id, script.ExitCode));
        });
    }

    private void Finish(TaskTruth task, AttemptStatus status)
    {
        (task.Phase, task.ExitCode) = (status.Phase, status.ExitCode);
        running.Remove(task);
        trace.Say(task.Agent.Length > 0 ? task.Agent : "engine", $"ends {task}");
        Ended(task);
        time.After(ReportPause, () => ReportAgain(task));
    }

    // An end is told until somebody acknowledges it.
    private void ReportAgain(TaskTruth task)
    {
        if (task.IsForgotten) return;
        Do(() => core.ReconcileAsync([new(task.Id, task.Request.Job.Name)], CancellationToken.None));
        time.After(ReportPause * 3, () => ReportAgain(task));
    }

    private void Send(AttemptStatus status)
    {
        if (connection is not { } to) return;
        if (faults.Strikes(0.03))
        {
            trace.Say("engine", $"loses {status.Phase} of {status.Id}");
            // A report of something that goes on is repeated by the engine, as one of an end is.
            if (status.Phase < AttemptPhase.Finished)
                time.After(ReportPause, () => Do(() => core.ReconcileAsync(
                    Find(status.Id) is { IsForgotten: false } ? [new(status.Id, status.JobName)] : [],
                    CancellationToken.None)));
            if (status.Phase == AttemptPhase.NeverStarted) Deliver(to, status, ReportPause);
            return;
        }

        Deliver(to, status, faults.Delay());
        if (faults.Strikes(0.05)) Deliver(to, status, faults.Delay() * 2);
    }

    // An engine that knows an attempt by now does not say any more that it never came.
    private void Deliver(EngineConnection to, AttemptStatus status, Duration delay) => time.After(delay, () =>
    {
        if (status.Phase != AttemptPhase.NeverStarted || Find(status.Id) is null or { IsForgotten: true })
            to.Receive(status);
    });
}

/// <summary>What a task will do if nobody stops it.</summary>
internal readonly record struct TaskScript(Duration Duration, int ExitCode);

/// <summary>What really happened to an attempt.</summary>
internal sealed class TaskTruth(LaunchRequest request)
{
    public LaunchRequest Request { get; } = request;

    public AttemptId Id => Request.Id;

    public AttemptPhase Phase { get; set; } = AttemptPhase.Waiting;

    public int? ExitCode { get; set; }

    public int Starts { get; set; }

    public string Agent { get; set; } = "";

    /// <summary>Whether its end was acknowledged.</summary>
    public bool IsForgotten { get; set; }

    public bool IsOver => Phase >= AttemptPhase.Finished;

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Request.Job.Name} {Id} {Phase}{(ExitCode is { } code ? $" with {code}" : "")}";
}
