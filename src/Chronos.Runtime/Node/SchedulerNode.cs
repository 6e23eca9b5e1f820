using System.Diagnostics;
using Chronos.Core.Jobs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Leadership;
using Chronos.Runtime.Ports;
using Chronos.Runtime.Replication;
using Chronos.Runtime.Telemetry;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Chronos.Runtime.Node;

/// <summary>One running scheduler: the loop on a thread of its own, what it knows, and the seams it works through.
/// </summary>
public sealed partial class SchedulerNode
{
    private const string Draining = "The server is draining: it finishes what runs and starts nothing more.";
    private const string Stopping = "The server is stopping.";

    // Also the longest time in which a step of the wall clock goes unnoticed.
    private static readonly Duration LongestWait = Duration.FromSeconds(1);
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StuckAfter = TimeSpan.FromSeconds(10);
    private static readonly Duration ClockStepTold = Duration.FromSeconds(1);

    // Of the clock of a node that others can stand in for. Less makes work late or early by no more than this; a change
    // of leaders may cost as much.
    private static readonly Duration ClockStepMax = Duration.FromSeconds(5);

    private readonly IStateStore store;
    private readonly IClock clock;
    private readonly SchedulerNodeOptions options;
    private readonly NotificationQueue notifications;
    private readonly ILogger<SchedulerNode> logger;
    private readonly WakeSignal signal = new();
    private readonly InvariantScanner scanner;
    private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Instant startedAt;
    private readonly HistoryKeeper keeper;
    private volatile NodeLoop? loop;
    private volatile LeadershipTerm? leading;
    private IReadOnlyList<EngineQueue> engineQueues = [];
    private volatile string? failure;
    private IReadOnlyList<string> loadProblems = [];
    private Instant latest;
    private (Instant Wall, TimeSpan Boot)? lastRead;
    private Duration clockStep;
    private long pumpedAt = Stopwatch.GetTimestamp();
    private volatile bool isDraining;
    private volatile bool isStopping;

    /// <summary>A node that does nothing until <see cref="RunAsync"/>.</summary>
    public SchedulerNode(
        SchedulerNodeOptions options,
        IStateStore store,
        IRunHistory history,
        EngineSet engines,
        NotificationQueue notifications,
        IClock clock,
        ILogger<SchedulerNode> logger)
    {
        this.options = options;
        this.store = store;
        this.clock = clock;
        this.notifications = notifications;
        this.logger = logger;
        History = history;
        Engines = engines;
        Replication = new(Jobs);
        keeper = new(history, engines, options, TimeProvider.System, logger);
        scanner = new(Jobs, AskEngine, NodeMetrics.OfProcess, logger);
        startedAt = latest = clock.GetCurrentInstant();
    }

    /// <summary>What readers see of jobs.</summary>
    public JobDirectory Jobs { get; } = new();

    /// <summary>What just happened.</summary>
    public EventFeed Events { get; } = new();

    /// <summary>What the nodes that keep a copy hear.</summary>
    public ReplicationFeed Replication { get; }

    /// <summary>Runs that have ended.</summary>
    public IRunHistory History { get; }

    /// <summary>The engines.</summary>
    public EngineSet Engines { get; }

    /// <summary>The zone of schedules that name none.</summary>
    public DateTimeZone DefaultZone => options.Scheduler.DefaultZone;

    /// <summary>Rules that must always hold and do not, one entry for each job or run that breaks one.</summary>
    public IReadOnlyList<InvariantRule> BrokenInvariants => scanner.Violations;

    /// <summary>Ends when the node decides for the first time, or fails when it cannot start.</summary>
    public Task Ready => ready.Task;

    /// <summary>The present time of the node's clock.</summary>
    public Instant Now => clock.GetCurrentInstant();

    /// <summary>How the node does.</summary>
    public NodeHealth Health
    {
        get
        {
            var isStuck = loop is not null && Stopwatch.GetElapsedTime(Volatile.Read(ref pumpedAt)) > StuckAfter;
            var isLive = failure is null && !isStuck;
            var problems = new List<string>(loadProblems);
            if (failure is { } reason) problems.Add(reason);
            if (isStopping) problems.Add(Stopping);
            else if (isDraining) problems.Add(Draining);
            if (isStuck && failure is null) problems.Add("The node loop does not go round.");
            if (loop?.StoreProblem is { } storeProblem) problems.Add($"The store takes no commits: {storeProblem}");
            if (History.Problem.Length > 0) problems.Add($"The run history: {History.Problem}");
            if (scanner.Violations.Count > 0)
                problems.Add($"{scanner.Violations.Count} rules that must always hold are broken; the log names them.");
            if (clockStep > ClockStepTold)
                problems.Add($"The clock was set back by {clockStep}; what was due since then is already decided.");
            foreach (var engine in leading is null ? [] : Engines.All) // who does not lead connects to none
                if (engine.Describe() is { IsHealthy: false } sick) problems.Add($"Engine {sick.Name}: {sick.Problem}");
            var isReady = isLive && loop is { StoreProblem: null } && !isDraining && !isStopping;
            var overdue = loop?.OverdueAt(Now) ?? Duration.Zero;
            return new(isLive, isReady, problems, startedAt, leading?.Number ?? 0, overdue, loop?.PendingCount ?? 0);
        }
    }

    /// <summary>Puts a command to the loop and waits until its decision is durable.</summary>
    /// <param name="command">The command.</param>
    /// <param name="cancellationToken">Stops waiting; the decision may be made all the same.</param>
    /// <exception cref="NodeUnavailableException">The node does not decide now; the message says why.</exception>
    public Task<Reply> SubmitAsync(Command command, CancellationToken cancellationToken)
    {
        if (isStopping) throw new NodeUnavailableException(Stopping);
        if (loop is not { } current) throw new NodeUnavailableException(failure ?? "The server is starting.");
        if (leading is { IsTrusted: false }) throw new NodeUnavailableException("The node does not lead any more.");
        if (isDraining && command is StartRun or StartBackfill)
            throw new NodeUnavailableException(Draining);
        if (current.PendingCount >= options.PendingCommandsMax)
            throw new NodeUnavailableException("Too many commands are waiting.");
        if (current.StoreProblem is { } problem)
            throw new NodeUnavailableException($"The store takes no commits now: {problem}");
        if (command is PutJobs put && CheckEngines(put) is { } refusal) return Task.FromResult<Reply>(refusal);

        var caller = new TaskCompletionSource<Reply>(TaskCreationOptions.RunContinuationsAsynchronously);
        current.Post(command, caller);
        return AnswerAsync(caller.Task, cancellationToken);
    }

    private static async Task<Reply> AnswerAsync(Task<Reply> answer, CancellationToken cancellationToken)
    {
        try
        {
            return await answer.WaitAsync(LongestAnswer, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new NodeUnavailableException(
                $"The decision was not durable after {LongestAnswer.TotalSeconds} s. It may still be carried out.");
        }
    }

    /// <summary>Why no engine could run these jobs; null: all can be run.</summary>
    public Refused? CheckEngines(PutJobs put)
    {
        var violations = put.Jobs.SelectMany(job => Engines.Check(job).Select(v => put.Jobs.Count == 1
            ? v : v with { Field = $"{job.Name}.{v.Field}" })).ToValueList();
        return violations.IsEmpty ? null : new(RefusalKind.Invalid, violations);
    }

    /// <summary>Starts nothing more, and returns when no attempt is at an engine.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        if (loop is not { } current) return;
        isDraining = true;
        current.Post(HoldLaunches.Instance, null);
        while (Jobs.WithActiveRuns().Any(j => j.State.ActiveRuns.Any(r => r is { Attempt: > 0, RetryAt: null })))
            await Task.Delay(200, cancellationToken);
    }

    /// <summary>Leads alone, in the next term of a store that no other node uses.</summary>
    /// <param name="cancellationToken">Ends the node.</param>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var number = await store.ReadTermAsync(cancellationToken) + 1;
        await RunAsync(LeadershipTerm.Alone(number), NoReplicas.Instance, Task.CompletedTask, cancellationToken);
    }

    /// <summary>Loads, then decides until cancelled or until the term is not trusted any more. Tasks go on running. A
    /// node leads once.</summary>
    /// <param name="term">The leadership.</param>
    /// <param name="replicas">May have a copy of what the store holds.</param>
    /// <param name="mayDecide">Awaited between loading and the first decision.</param>
    /// <param name="cancellationToken">Ends the node after what is decided is stored and acted on.</param>
    /// <exception cref="StoreCorruptException">The store cannot be used.</exception>
    /// <exception cref="StoreFencedException">Another node has taken over.</exception>
    /// <exception cref="LeadershipLostException">Another node may have taken over.</exception>
    /// <exception cref="ClockMovedException">The wall clock was set; another node is fitter to lead.</exception>
    public async Task RunAsync(
        LeadershipTerm term, IReplicas replicas, Task mayDecide, CancellationToken cancellationToken)
    {
        if (leading is not null) throw new InvalidOperationException("A node leads once.");
        try
        {
            await LeadAsync(term, replicas, mayDecide, cancellationToken);
        }
        catch (Exception e)
        {
            failure = e is OperationCanceledException ? Stopping : e.Message;
            ready.TrySetException(e);
            loop?.Abandon(new NodeUnavailableException(failure));
            if (e is not OperationCanceledException) throw;
        }
        finally
        {
            Replication.Close();
        }
    }

    private async Task LeadAsync(
        LeadershipTerm term, IReplicas replicas, Task mayDecide, CancellationToken cancellationToken)
    {
        leading = term;
        engineQueues = [.. Engines.All.Select(e => new EngineQueue(e, term, TimeProvider.System, logger))];
        var started = await StartAsync(term, replicas, mayDecide, cancellationToken);
        using var lost = new CancellationTokenSource();
        using var beside = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var queues = Task.WhenAll(engineQueues.Select(q => q.RunAsync(lost.Token)));
        var pump = RunOnOwnThread(() => PumpUntilOver(started, term, cancellationToken));
        var keeping = keeper.RunAsync(beside.Token);
        var scanning = ScanAsync(started, beside.Token);
        using var wakeOnCancel = cancellationToken.Register(signal.Set);
        try
        {
            await pump;
        }
        finally
        {
            await beside.CancelAsync();
            foreach (var queue in engineQueues) queue.Complete();
            if (!term.IsTrusted) await lost.CancelAsync();
            await Task.WhenAll(queues, keeping, scanning).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<NodeLoop> StartAsync(
        LeadershipTerm term, IReplicas replicas, Task mayDecide, CancellationToken cancellationToken)
    {
        var start = new LeadershipStart(
            options, store, replicas, Replication, Jobs, Events, engineQueues, notifications.Add, scanner.Heard,
            NodeMetrics.OfProcess, signal.Set, clock, logger);
        var started = await start.BeginAsync(term, mayDecide, cancellationToken);
        loadProblems = start.Problems;
        loop = started;
        ready.TrySetResult();
        return started;
    }

    private async Task ScanAsync(NodeLoop scanned, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(options.ScanPause.ToTimeSpan(), cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            // Late for a reason that health already names.
            var isExcused = scanned.StoreProblem is not null || isDraining || clockStep > ClockStepTold;
            if (isExcused) scanner.Pause();
            else TryLook();
        }
    }

    private void TryLook()
    {
        try
        {
            scanner.Look(Now);
        }
        catch (Exception e)
        {
            LogScanFailed(e); // the node decides all the same
        }
    }

    private void AskEngine(LaunchedAttempt attempt)
    {
        foreach (var queue in engineQueues)
            if (queue.Engine == Engines.Find(attempt.Engine))
                queue.Reconcile([new(attempt.Id, attempt.JobName, attempt.HasBegun)]);
    }

    private void PumpUntilOver(NodeLoop pumped, LeadershipTerm term, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            PumpOnce(pumped, LongestWait);
            if (!term.IsTrusted) throw new LeadershipLostException($"The lead of term {term.Number} is over.");
        }

        isStopping = true;
        // What was decided is stored and acted on before the end; a store that is gone does not keep us.
        var deadline = Stopwatch.GetTimestamp();
        while (!pumped.IsIdle && pumped.StoreProblem is null && term.IsTrusted
            && Stopwatch.GetElapsedTime(deadline) < StuckAfter) PumpOnce(pumped, Duration.FromMilliseconds(10));
        pumped.Abandon(new NodeUnavailableException(Stopping));
    }

    private void PumpOnce(NodeLoop pumped, Duration longest)
    {
        var now = ReadClock();
        pumped.Pump(now);
        Volatile.Write(ref pumpedAt, Stopwatch.GetTimestamp());
        var wait = pumped.NextWake is { } wake ? wake - clock.GetCurrentInstant() : longest;
        signal.Wait(Duration.Min(wait, longest));
    }

    private Instant ReadClock()
    {
        var now = clock.GetCurrentInstant();
        if (leading is { IsAlone: false }) CheckClock(now);
        var step = latest - now;
        if (step > ClockStepTold && step > clockStep) LogClockSetBack(step);
        clockStep = Duration.Max(step, Duration.Zero);
        latest = Instant.Max(latest, now);
        return now;
    }

    // Nobody knows yet which of the two was right, but the other nodes' clocks were not moved.
    private void CheckClock(Instant now)
    {
        var boot = BootClock.Now;
        if (lastRead is { } last)
        {
            var step = now - last.Wall - Duration.FromTimeSpan(boot - last.Boot);
            if (step > ClockStepMax || step < -ClockStepMax)
                throw new ClockMovedException(
                    $"The clock of this machine was set {(step > Duration.Zero ? "ahead" : "back")} by "
                    + $"{Math.Abs(step.TotalSeconds):0} s; a node whose clock was not is to lead.");
        }

        lastRead = (now, boot);
    }

    private static Task RunOnOwnThread(Action work)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                work();
                done.SetResult();
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        })
        {
            Name = "chronos-node",
            IsBackground = true,
            Priority = ThreadPriority.AboveNormal,
        };
        thread.Start();
        return done.Task;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The node could not check its invariants")]
    private partial void LogScanFailed(Exception exception);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "The clock was set back by {Step}; what was due since then is decided and does not run again")]
    private partial void LogClockSetBack(Duration step);
}

/// <summary>The node does not decide now: it starts, stops, has no store, or too much waits. Try again later.</summary>
public sealed class NodeUnavailableException(string message) : Exception(message);

/// <summary>The wall clock of a leader was set while it led.</summary>
public sealed class ClockMovedException(string message) : Exception(message);
