using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using Chronos.Executor.Native;
using Chronos.Executor.Output;
using Chronos.Executor.Protocol;
using Chronos.Runtime.Leadership;
using Chronos.Runtime.Ports;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Chronos.Engines.Local;

/// <summary>Runs attempts as processes of this machine. An executor of its own, which outlives the server, is their
/// parent; this side decides who may start and keeps what it says.</summary>
public sealed partial class LocalEngine : IEngine
{
    private const int LaunchesPerFrame = 256;

    private readonly LocalEngineOptions options;
    private readonly TimeProvider time;
    private readonly ILogger<LocalEngine> logger;
    private readonly UserAccount self = UserAccounts.Current();
    private readonly string agent = Environment.MachineName;
    private readonly JobRules rules;
    private readonly Lock gate = new();
    private readonly Admission admission;
    private readonly Dictionary<AttemptId, LocalAttempt> attempts = [];
    private readonly Dictionary<AttemptId, KnownAttempt> toReconcile = [];
    private readonly HashSet<AttemptId> toForget = [];
    private readonly List<(KnownAttempt Attempt, KillOrder Order)> toKill = [];
    private readonly CancellationTokenSource disposing = new();
    private readonly TaskCompletionSource firstWelcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ExecutorConnection connection;

    private Action<AttemptStatus> report = static _ => { };
    private LeadershipTerm? term;
    private Task running = Task.CompletedTask;
    private Task identityKept = Task.CompletedTask;
    private IReadOnlyList<string> limits = [];
    private bool isConnected;
    private bool isKnowing; // the executor has told at least once what it knows
    private bool isForeign; // earlier attempts were of another machine or data folder
    private bool isDisposed;
    private string connectionProblem = "The executor has not been reached yet.";
    private string executorProblem = "";

    /// <summary>Makes an engine; nothing is started before <see cref="ConnectAsync"/>.</summary>
    public LocalEngine(LocalEngineOptions options, TimeProvider time, ILogger<LocalEngine> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        (this.options, this.time, this.logger) = (options, time, logger);
        var attributes = new Dictionary<string, string>(options.Attributes, StringComparer.Ordinal);
        attributes.TryAdd("hostname", agent);
        admission = new(Machine.Measure(options), options.Ageing, time);
        rules = new(admission.Total, attributes, self, options.DefaultUser);
        connection = new(options, new Listener(this), time, logger);
    }

    /// <inheritdoc/>
    public string Name => "local";

    /// <inheritdoc/>
    public void Prepare() => connection.Prepare();

    /// <inheritdoc/>
    public async Task ConnectAsync(string? identity, EngineLink link, CancellationToken cancellationToken)
    {
        (report, term) = (link.Report, link.Term);
        PrivateFolder.Make(options.ExecutorDirectory);
        var own = DataIdentity.ReadOrCreate(options.ExecutorDirectory);
        isForeign = identity is not null && identity != own;
        if (isForeign) LogForeign(identity ?? "", own);
        running = RunConnectionAsync();
        await firstWelcome.Task.WaitAsync(cancellationToken);
        if (identity != own) identityKept = link.KeepIdentity(own);
    }

    /// <inheritdoc/>
    public IReadOnlyList<Violation> Check(Job job) => rules.Check(job);

    /// <inheritdoc/>
    public async Task LaunchAsync(IReadOnlyList<LaunchRequest> requests, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(requests);
        await identityKept.WaitAsync(cancellationToken);
        lock (gate)
        {
            var before = attempts.Count;
            foreach (var request in requests)
            {
                if (!attempts.TryGetValue(request.Id, out var attempt)) EnqueueNeedsLock(request);
                else ReportNeedsLock(attempt);
            }

            AdmitNeedsLock();
            if (attempts.Count > before) ReportWaitingNeedsLock(requests);
        }
    }

    /// <inheritdoc/>
    public Task KillAsync(AttemptId attempt, string jobName, Duration? grace, CancellationToken cancellationToken)
    {
        var milliseconds = (long)(grace?.TotalMilliseconds ?? options.KillGrace.TotalMilliseconds);
        var order = new KillOrder(attempt.ToString(), Math.Max(0, milliseconds));
        lock (gate)
        {
            if (attempts.TryGetValue(attempt, out var known)) KillNeedsLock(known, order);
            else if (!isKnowing) toKill.Add((new(attempt, jobName), order));
            else ReportUnknownNeedsLock(new(attempt, jobName));
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task ReconcileAsync(IReadOnlyList<KnownAttempt> attempts, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(attempts);
        lock (gate)
        {
            foreach (var attempt in attempts)
            {
                if (isKnowing) AnswerNeedsLock(attempt);
                else toReconcile[attempt.Id] = attempt;
            }
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task AcknowledgeAsync(IReadOnlyList<AttemptId> attempts, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(attempts);
        lock (gate)
        {
            foreach (var id in attempts)
            {
                // One that was not heard of may be in a listing yet to come.
                if (this.attempts.TryGetValue(id, out var attempt) && !attempt.IsOver) continue;
                this.attempts.Remove(id);
                if (!isConnected) toForget.Add(id);
            }

            if (isConnected) connection.Send(new() { Forget = [.. attempts.Select(id => id.ToString())] });
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<LogPart?> ReadLogAsync(
        AttemptId attempt, LogStream stream, long offset, int maxBytes, CancellationToken cancellationToken)
    {
        bool isComplete;
        lock (gate) isComplete = attempts.TryGetValue(attempt, out var known) ? known.IsOver : isKnowing;
        var name = stream == LogStream.Stdout ? OutputNames.Stdout : OutputNames.Stderr;
        return await Task.Run(
            () => OutputReader.Read(Sandbox(attempt), name, offset, maxBytes, isComplete), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task RemoveLogsAsync(IReadOnlyList<AttemptId> attempts, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(attempts);
        foreach (var id in attempts)
        {
            var sandbox = Sandbox(id);
            await Task.Run(
                () =>
                {
                    if (Directory.Exists(sandbox)) Directory.Delete(sandbox, recursive: true);
                },
                cancellationToken);
        }
    }

    /// <inheritdoc/>
    public EngineOverview Describe()
    {
        lock (gate)
        {
            var problem = isConnected ? executorProblem : connectionProblem;
            return new(
                Name, isConnected && problem.Length == 0, problem, admission.Total, admission.Used,
                admission.WaitingCount, attempts.Values.Count(attempt => attempt.IsRunning),
                [.. limits, OutputLimit()]);
        }
    }

    /// <inheritdoc/>
    public Task<EngineInspection> InspectAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            var machine = new EngineMachine(
                agent, agent, admission.Total, admission.Used, null, attempts.Values.Count(one => one.IsRunning));
            return Task.FromResult(new EngineInspection([machine], admission.WaitingGroups(), null));
        }
    }

    /// <summary>Leaves the executor and its tasks as they are.</summary>
    public async ValueTask DisposeAsync()
    {
        if (isDisposed) return;
        isDisposed = true;
        await disposing.CancelAsync();
        await running;
        disposing.Dispose();
    }

    private async Task RunConnectionAsync()
    {
        try
        {
            await connection.RunAsync(disposing.Token);
        }
        catch (OperationCanceledException)
        {
            firstWelcome.TrySetCanceled(disposing.Token);
        }
        catch (Exception e)
        {
            LogCrashed(e);
            var problem = $"The connection to the executor failed: {e.Message}";
            lock (gate) (isConnected, connectionProblem) = (false, problem);
            firstWelcome.TrySetException(e);
        }
    }

    private string OutputLimit() =>
        $"output: of each stream the first {options.OutputHeadBytes} and the last "
        + $"{options.OutputBytesMax - options.OutputHeadBytes} bytes are kept; the middle is freed while the task runs";

    private string Sandbox(AttemptId id)
    {
        var text = id.ToString();
        // The hash of the job: spread by time too, neighbours would share no blocks of the disk and start more slowly.
        var shard = id.Run.ToString()[^2..];
        return Path.Join(options.TasksDirectory, shard, text);
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Attempts of {Earlier} cannot be asked for here, which is {Own}; unknown ones are doubtful")]
    private partial void LogForeign(string earlier, string own);

    [LoggerMessage(Level = LogLevel.Error, Message = "The connection to the executor failed for good")]
    private partial void LogCrashed(Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The executor is away: {Reason}")]
    private partial void LogDisconnected(string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Executor {Pid} knows {Count} attempts")]
    private partial void LogConnected(int pid, int count);
}
