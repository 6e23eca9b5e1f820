using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Ports;
using NodaTime;

namespace Chronos.Testing.Engines;

/// <summary>An engine in memory. Nothing happens by itself: a test starts and ends attempts, says what time it is, and
/// may hold statuses back, lose or repeat them. It lives longer than its connections, as a real engine's executor does:
/// <see cref="ConnectAsync"/> again is what a new server does.</summary>
public sealed class SimulatedEngine(string name = "local") : IEngine
{
    private readonly SortedDictionary<string, SimulatedAttempt> attempts = new(StringComparer.Ordinal);
    private readonly List<AttemptStatus> held = [];
    private readonly Dictionary<AttemptId, int> starts = [];
    private readonly Dictionary<AttemptId, byte[]> logs = [];
    private Action<AttemptStatus> report = static _ => { };
    private Task kept = Task.CompletedTask;

    /// <inheritdoc/>
    public string Name => name;

    /// <summary>The time that statuses carry.</summary>
    public Instant Now { get; set; } = Instant.FromUtc(2030, 1, 1, 0, 0);

    /// <summary>What attempts may reserve together.</summary>
    public Resources Total { get; set; } = new(8, 8192, 65536);

    /// <summary>Whether launched attempts that fit run at once; else <see cref="Start"/> says when.</summary>
    public bool StartsAtOnce { get; set; } = true;

    /// <summary>What becomes of each status; default: it is delivered.</summary>
    public Func<AttemptStatus, Delivery> Deliver { get; set; } = static _ => Delivery.Now;

    /// <summary>Whether launches and kills get through; while not, they are lost like a message to nobody.</summary>
    public bool IsReachable { get; set; } = true;

    /// <summary>Statuses held back, oldest first.</summary>
    public IReadOnlyList<AttemptStatus> Held => held;

    /// <summary>All launch requests that arrived, repetitions included.</summary>
    public IList<LaunchRequest> Launches { get; } = [];

    /// <summary>How often each attempt was really started; more than once is a fault of whoever asked.</summary>
    public IReadOnlyDictionary<AttemptId, int> Starts => starts;

    /// <inheritdoc/>
    public Task ConnectAsync(string? identity, EngineLink link, CancellationToken cancellationToken)
    {
        report = link.Report;
        foreach (var attempt in attempts.Values) Report(attempt.Status);
        kept = identity is null ? link.KeepIdentity($"simulated-{name}") : Task.CompletedTask;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public IReadOnlyList<Violation> Check(Job job)
    {
        ArgumentNullException.ThrowIfNull(job);
        var violations = new List<Violation>();
        if (job.Resources.Cpus > Total.Cpus)
            violations.Add(new("cpus", job.Resources.Cpus.ToString(), "There are fewer.", "Reserve fewer."));
        if (job.Resources.Mem > Total.Mem)
            violations.Add(new("mem", job.Resources.Mem.ToString(), "There is less.", "Reserve less."));
        if (job.Command.Length == 0) violations.Add(new("command", "", "It must be given.", "Write one."));
        return violations;
    }

    /// <inheritdoc/>
    public Task LaunchAsync(IReadOnlyList<LaunchRequest> requests, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(requests);
        foreach (var request in requests)
        {
            Launches.Add(request);
            if (!IsReachable) continue;
            if (attempts.TryGetValue(request.Id.ToString(), out var known))
            {
                Report(known.Status);
                continue;
            }

            attempts.Add(request.Id.ToString(), new(request, attempts.Count, ToStatus(request, AttemptPhase.Waiting)));
            Report(attempts[request.Id.ToString()].Status);
        }

        if (StartsAtOnce) StartFitting();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task KillAsync(AttemptId attempt, string jobName, Duration? grace, CancellationToken cancellationToken)
    {
        if (!IsReachable) return Task.CompletedTask;
        if (!attempts.TryGetValue(attempt.ToString(), out var known)) ReportUnknown(new(attempt, jobName));
        else if (known.IsOver) Report(known.Status);
        else End(known, known.Status with { Phase = AttemptPhase.Killed, EndedAt = Now, Signal = SignalOf(known) });
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task ReconcileAsync(IReadOnlyList<KnownAttempt> attempts, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(attempts);
        foreach (var attempt in attempts)
        {
            if (this.attempts.TryGetValue(attempt.Id.ToString(), out var known)) Report(known.Status);
            else ReportUnknown(attempt);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task AcknowledgeAsync(IReadOnlyList<AttemptId> attempts, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(attempts);
        foreach (var id in attempts)
            if (this.attempts.TryGetValue(id.ToString(), out var known) && known.IsOver)
            {
                this.attempts.Remove(id.ToString());
                if (known.Output is { } output) logs[id] = output;
            }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<LogPart?> ReadLogAsync(
        AttemptId attempt, LogStream stream, long offset, int maxBytes, CancellationToken cancellationToken)
    {
        var known = attempts.GetValueOrDefault(attempt.ToString());
        var output = known?.Output ?? logs.GetValueOrDefault(attempt);
        if (output is null) return Task.FromResult<LogPart?>(null);
        if (stream == LogStream.Stderr) output = [];
        var start = (int)(offset < 0 ? Math.Max(0, output.Length + offset) : Math.Min(offset, output.Length));
        var part = output.AsMemory(start, Math.Min(maxBytes, output.Length - start));
        return Task.FromResult<LogPart?>(new(start, part, output.Length, known?.IsOver ?? true));
    }

    /// <inheritdoc/>
    public Task RemoveLogsAsync(IReadOnlyList<AttemptId> attempts, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(attempts);
        foreach (var id in attempts)
        {
            logs.Remove(id);
            if (this.attempts.TryGetValue(id.ToString(), out var known)) known.Output = null;
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public EngineOverview Describe() => new(
        Name, IsReachable, IsReachable ? "" : "It is not reachable.", Total, Used(),
        attempts.Values.Count(attempt => attempt.Status.Phase == AttemptPhase.Waiting),
        attempts.Values.Count(attempt => attempt.Status.Phase == AttemptPhase.Running), ["nothing is limited"]);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Starts those that wait and fit, as the real engine would.</summary>
    public void StartFitting()
    {
        var waiting = attempts.Values.Where(attempt => attempt.Status.Phase == AttemptPhase.Waiting)
            .OrderByDescending(attempt => attempt.Request.Job.Policy.HighPriority).ThenBy(attempt => attempt.Place);
        foreach (var attempt in waiting.ToList())
        {
            var (used, wanted) = (Used(), attempt.Request.Job.Resources);
            if (used.Cpus + wanted.Cpus <= Total.Cpus + 1e-9 && used.Mem + wanted.Mem <= Total.Mem) Start(attempt);
        }
    }

    /// <summary>An attempt begins to run.</summary>
    public void Start(AttemptId id) => Start(Get(id));

    /// <summary>An attempt writes to its output.</summary>
    public void Write(AttemptId id, string text)
    {
        var attempt = Get(id);
        attempt.Output = [.. attempt.Output ?? [], .. System.Text.Encoding.UTF8.GetBytes(text)];
    }

    /// <summary>An attempt exits.</summary>
    public void Exit(AttemptId id, int exitCode)
    {
        var attempt = Get(id);
        var phase = exitCode == 0 ? AttemptPhase.Finished : AttemptPhase.Failed;
        End(attempt, attempt.Status with { Phase = phase, EndedAt = Now, ExitCode = exitCode });
    }

    /// <summary>An attempt ends in some other way, such as <see cref="AttemptPhase.Gone"/>.</summary>
    public void End(AttemptId id, AttemptPhase phase, string message)
    {
        var attempt = Get(id);
        End(attempt, attempt.Status with { Phase = phase, EndedAt = Now, Message = message });
    }

    /// <summary>The engine loses all memory, as after the loss of its machine's disk.</summary>
    public void Forget() => attempts.Clear();

    /// <summary>Delivers a status that was held back; any order may be chosen.</summary>
    public void Release(int index)
    {
        var status = held[index];
        held.RemoveAt(index);
        report(status);
    }

    private SimulatedAttempt Get(AttemptId id) => attempts.TryGetValue(id.ToString(), out var attempt)
        ? attempt
        : throw new InvalidOperationException($"The simulated engine does not know {id}.");

    private void Start(SimulatedAttempt attempt)
    {
        if (attempt.Status.Phase is not (AttemptPhase.Waiting or AttemptPhase.Starting))
            throw new InvalidOperationException($"{attempt.Status.Id} cannot start, it is {attempt.Status.Phase}.");
        starts[attempt.Status.Id] = starts.GetValueOrDefault(attempt.Status.Id) + 1;
        attempt.Status = attempt.Status with { Phase = AttemptPhase.Running, StartedAt = Now };
        Report(attempt.Status);
    }

    private void End(SimulatedAttempt attempt, AttemptStatus status)
    {
        if (attempt.IsOver) throw new InvalidOperationException($"{status.Id} has ended already.");
        attempt.Status = status;
        Report(status);
        if (StartsAtOnce) StartFitting();
    }

    private Resources Used()
    {
        var running = attempts.Values.Where(attempt => attempt.Status.Phase == AttemptPhase.Running)
            .Select(attempt => attempt.Request.Job.Resources).ToList();
        return new(running.Sum(used => used.Cpus), running.Sum(used => used.Mem), running.Sum(used => used.Disk));
    }

    private void ReportUnknown(KnownAttempt attempt) =>
        Report(new() { Id = attempt.Id, JobName = attempt.JobName, Phase = AttemptPhase.NeverStarted });

    private void Report(AttemptStatus status)
    {
        var delivery = Deliver(status);
        if (delivery == Delivery.Held) held.Add(status);
        if (delivery is Delivery.Now or Delivery.Twice) report(status);
        if (delivery == Delivery.Twice) report(status);
    }

    private static int? SignalOf(SimulatedAttempt attempt) =>
        attempt.Status.Phase == AttemptPhase.Running ? 15 : null;

    private static AttemptStatus ToStatus(LaunchRequest request, AttemptPhase phase) => new()
    {
        Id = request.Id, JobName = request.Job.Name, Phase = phase, Agent = "simulated",
    };

    private sealed class SimulatedAttempt(LaunchRequest request, int place, AttemptStatus status)
    {
        internal LaunchRequest Request { get; } = request;

        internal int Place { get; } = place;

        internal AttemptStatus Status { get; set; } = status;

        internal byte[]? Output { get; set; } = [];

        internal bool IsOver => Status.Phase >= AttemptPhase.Finished;
    }
}

/// <summary>What becomes of a status.</summary>
public enum Delivery
{
    /// <summary>It arrives at once.</summary>
    Now,

    /// <summary>It waits for <see cref="SimulatedEngine.Release"/>.</summary>
    Held,

    /// <summary>It arrives two times.</summary>
    Twice,

    /// <summary>It never arrives.</summary>
    Lost,
}
