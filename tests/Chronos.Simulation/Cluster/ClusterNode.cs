using Chronos.Core.Scheduling;
using Chronos.Runtime.Leadership;
using Chronos.Runtime.Node;
using Chronos.Runtime.Ports;
using Chronos.Runtime.Telemetry;
using Chronos.Simulation.Checks;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;

namespace Chronos.Simulation.Cluster;

/// <summary>One leadership of one node, as long as its process lives and believes in it: the real loop, the real way
/// into it, the real queue before the engine, over simulated ports.</summary>
internal sealed class ClusterNode : IDisposable
{
    private readonly SimulatedTime time;
    private readonly FaultPlan faults;
    private readonly Trace trace;
    private readonly NodeMetrics metrics;
    private readonly Action<ClusterNode> left;
    private readonly CancellationTokenSource leaving = new();
    private readonly CancellationToken token;
    private readonly LeadershipTerm leadership;
    private readonly EngineQueue queue;
    private readonly SchedulerNodeOptions options;
    private readonly StandbyCopy standby;
    private readonly Findings findings;
    private long wakeVersion;
    private bool isWoken;

    public ClusterNode(string name, long term, NodeClock clock, ClusterParts parts, Action<ClusterNode> left)
    {
        (time, faults, trace, metrics) = (parts.Time, parts.Faults, parts.Trace, parts.Metrics);
        (options, findings, standby, this.left) = (parts.Options, parts.Findings, parts.Standby, left);
        (Name, Term, Clock) = (name, term, clock);
        Store = new(parts.Store, name, trace);
        Engine = new(parts.Engine, name, time, faults, trace);
        leadership = LeadershipTerm.Alone(term); // trusted to the last: the store's fence alone must hold
        token = leaving.Token;
        queue = new(Engine, leadership, parts.Timers, NullLogger.Instance);
        Store.Applied = () => MaybeCrash(0.004, "after its commit, before it acted");
        Store.Committing = batch =>
        {
            parts.Committing(this, batch);
            parts.Standby.Hear(this, batch);
            if (faults.Strikes(0.002)) time.After(faults.Delay() / 8, () => Leave("crashes while it commits"));
        };
        Scanner = new(Jobs, attempt => queue.Reconcile([new(attempt.Id, attempt.JobName)]), metrics,
            NullLogger.Instance);
        Engine.Launching = parts.Launching;
        Engine.Calling = () => Leave("crashes while it acts");
    }

    public string Name { get; }

    public long Term { get; }

    public NodeClock Clock { get; }

    public NodeStore Store { get; }

    public EngineConnection Engine { get; }

    public JobDirectory Jobs { get; } = new();

    public EventFeed Events { get; } = new();

    /// <summary>The checks that a running server makes of itself.</summary>
    public InvariantScanner Scanner { get; }

    /// <summary>The loop; null: it has not begun yet, or is over.</summary>
    public NodeLoop? Loop { get; private set; }

    /// <summary>Called when everything is loaded and nothing decided yet.</summary>
    public Action<ClusterNode, IReadOnlyList<string>> Loaded { get; set; } = static (_, _) => { };

    /// <summary>Whether it believes that it leads.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Loads and begins to decide.</summary>
    public async Task BeginAsync()
    {
        try
        {
            var start = new LeadershipStart(options, Store, standby, new(Jobs), Jobs, Events, [queue],
                static _ => { }, Scanner.Heard, metrics, Wake, Clock, NullLogger.Instance);
            var loop = await start.BeginAsync(leadership, Task.CompletedTask, token);
            if (IsOver) return;
            Loop = loop;
            Loaded(this, start.Problems);
            trace.Say(Name, $"leads in term {Term} with {Jobs.Count} jobs");
            _ = RunQueueAsync();
            Wake();
        }
        catch (Exception e) when (e is StoreFencedException or StoreUnavailableException or IOException
            or OperationCanceledException)
        {
            Leave($"cannot lead: {e.Message}");
        }
        catch (Exception e) when (e is not Violation)
        {
            findings.Fail($"{Name} cannot begin to lead: {e}");
        }
    }

    /// <summary>Takes a command.</summary>
    /// <returns>The answer; it fails when the leadership ends first.</returns>
    public Task<Reply> SubmitAsync(Command command)
    {
        if (Loop is not { } loop) throw new NodeUnavailableException("The node does not lead.");
        var answer = new TaskCompletionSource<Reply>();
        loop.Post(command, answer);
        return answer.Task;
    }

    /// <summary>Ends it: a crash, the loss of the lease, or a newer term. Nothing of it is left but what is on its
    /// way to the store and the engine.</summary>
    public void Leave(string why)
    {
        if (IsOver) return;
        IsOver = true;
        trace.Say(Name, why);
        Engine.Cut();
        var loop = Loop;
        Loop = null;
        leaving.Cancel();
        loop?.Abandon(new NodeUnavailableException(why));
        left(this);
        Dispose();
    }

    /// <inheritdoc/>
    public void Dispose() => leaving.Dispose();

    /// <summary>Lets the loop look at its clock; a real one does at least once a second.</summary>
    public void Wake()
    {
        if (isWoken) return;
        isWoken = true;
        var version = ++wakeVersion;
        time.After(Duration.FromMilliseconds(0.05), () =>
        {
            isWoken = false;
            Pump(version);
        });
    }

    private async Task RunQueueAsync()
    {
        try
        {
            await queue.RunAsync(token);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            findings.Fail($"The queue before the engine ended: {e}");
        }
    }

    private void MaybeCrash(double probability, string where)
    {
        if (faults.Strikes(probability)) Leave($"crashes {where}");
    }

    private void Pump(long version)
    {
        if (version != wakeVersion || Loop is not { } loop) return;
        MaybeCrash(0.0005, "between two rounds");
        if (IsOver) return;
        try
        {
            loop.Pump(Clock.GetCurrentInstant());
        }
        catch (StoreFencedException e)
        {
            Leave($"is fenced: {e.Message}");
            return;
        }

        if (loop.NextWake is not { } wake || version != wakeVersion) return;
        time.After(Clock.Until(wake), () => Pump(version));
    }
}

/// <summary>What the nodes of a cluster share.</summary>
internal sealed record ClusterParts(
    SimulatedTime Time,
    SimulatedTimers Timers,
    FaultPlan Faults,
    Trace Trace,
    ClusterStore Store,
    ClusterEngine Engine,
    NodeMetrics Metrics,
    SchedulerNodeOptions Options,
    Findings Findings,
    StandbyCopy Standby,
    Action<ClusterNode, CommitBatch> Committing,
    Action<LaunchRequest> Launching);
