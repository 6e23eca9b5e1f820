using System.Threading.Channels;
using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using Chronos.Mesos.Agents;
using Chronos.Mesos.Client;
using Chronos.Mesos.Detection;
using Chronos.Mesos.Engine;
using Chronos.Mesos.Http;
using Chronos.Mesos.Logs;
using Chronos.Mesos.Tasks;
using Chronos.Mesos.Wire;
using Chronos.Runtime.Ports;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Chronos.Mesos;

/// <summary>Runs attempts as tasks of a Mesos cluster, as a framework of it. Tasks outlive the server: the framework is
/// known by its id, which is the engine's identity, and masters keep it while nobody is there.</summary>
public sealed partial class MesosEngine : IEngine
{
    private static readonly TimeSpan FarewellTime = TimeSpan.FromSeconds(1);

    private readonly MesosEngineOptions options;
    private readonly IMasterDetector detector;
    private readonly TimeProvider time;
    private readonly ILoggerFactory loggers;
    private readonly ILogger<MesosEngine> logger;
    private readonly MasterHttp http;
    private readonly MasterHttp agentHttp;
    private readonly AgentDirectory agents;
    private readonly OutputFinder finder;
    private readonly SandboxReader reader;
    // Bounded by the attempts under way, each of which has a handful of inputs at most.
    private readonly Channel<EngineInput> inputs =
        Channel.CreateUnbounded<EngineInput>(new() { SingleReader = false }); // so that they can be counted
    private readonly CancellationTokenSource disposing = new();
    private SchedulerClient? client;
    private EngineLoop? loop;
    private Task running = Task.CompletedTask;
    private volatile string crash = "";

    /// <summary>Makes an engine; nothing is sent before <see cref="ConnectAsync"/>.</summary>
    /// <exception cref="IOException">The file of trusted authorities cannot be read.</exception>
    public MesosEngine(MesosEngineOptions options, TimeProvider time, ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(options);
        (this.options, this.time, this.loggers) = (options, time, loggers);
        logger = loggers.CreateLogger<MesosEngine>();
        http = new(options.Http, time);
        var agentOptions = options.Http with
        {
            Credentials = options.AgentCredentials, CallTimeout = options.AgentTimeout,
        };
        agentHttp = new(agentOptions, time);
        detector = options.Master switch
        {
            MasterSetting.ZooKeeper zooKeeper =>
                new ZooKeeperDetector(zooKeeper.Address, options.UsesTls, time, loggers),
            MasterSetting.Addresses addresses => new StandaloneDetector(addresses.Masters, http, time),
            _ => throw new InvalidOperationException($"Unknown setting {options.Master.GetType().Name}."),
        };
        agents = new(http, options.AgentsInterval, time, loggers.CreateLogger<AgentDirectory>());
        finder = new(http, agents);
        reader = new(agentHttp, agents);
    }

    /// <inheritdoc/>
    public string Name => "mesos";

    /// <summary>Begins to connect and returns: a cluster that is away is no reason not to start.</summary>
    public Task ConnectAsync(string? identity, EngineLink link, CancellationToken cancellationToken)
    {
        if (loop is not null) throw new InvalidOperationException("The engine is connected already.");
        var session = new FrameworkSession(options, link, inputs.Writer, time);
        client = new SchedulerClient(
            detector, http, (options.Framework, options.Client), session, time,
            loggers.CreateLogger<SchedulerClient>()) { IsSuppressed = true, Term = link.Term };
        var context = new EngineContext(options, link, client, agents, time, loggers.CreateLogger<EngineLoop>());
        loop = new(context, inputs, identity);
        running = RunAsync(loop, session.RunAsync(client, identity, disposing.Token));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public IReadOnlyList<Violation> Check(Job job) =>
        MesosJobRules.Check(job, agents.Total, options.Framework.UseGpus);

    /// <inheritdoc/>
    public Task LaunchAsync(IReadOnlyList<LaunchRequest> requests, CancellationToken cancellationToken) =>
        PostAsync(new EngineInput.Launch(requests));

    /// <inheritdoc/>
    public Task KillAsync(AttemptId attempt, string jobName, Duration? grace, CancellationToken cancellationToken) =>
        PostAsync(new EngineInput.Kill(attempt, jobName, grace));

    /// <inheritdoc/>
    public Task ReconcileAsync(IReadOnlyList<KnownAttempt> attempts, CancellationToken cancellationToken) =>
        PostAsync(new EngineInput.Reconcile(attempts));

    /// <inheritdoc/>
    public Task AcknowledgeAsync(IReadOnlyList<AttemptId> attempts, CancellationToken cancellationToken) =>
        PostAsync(new EngineInput.Acknowledge(attempts));

    /// <inheritdoc/>
    public Task<LogPart?> ReadLogAsync(
        AttemptId attempt, LogStream stream, long offset, int maxBytes, CancellationToken cancellationToken) =>
        ReadLogAsync(attempt, "", stream, offset, maxBytes, cancellationToken);

    /// <inheritdoc/>
    public async Task<LogPart?> ReadLogAsync(
        AttemptId attempt, string agent, LogStream stream, long offset, int maxBytes,
        CancellationToken cancellationToken)
    {
        var found = new TaskCompletionSource<OutputPlace?>(TaskCreationOptions.RunContinuationsAsynchronously);
        await PostAsync(new EngineInput.FindOutput(attempt, found));
        var place = await found.Task.WaitAsync(cancellationToken);
        if (loop?.Snapshot.FrameworkId is not { } framework) return null;
        IReadOnlyList<OutputPlace> places = place is { IsSought: false }
            ? [place]
            : await finder.FindAsync(attempt, agent, isComplete: place is null, cancellationToken);
        var range = new OutputRange(stream == LogStream.Stdout ? "stdout" : "stderr", offset, maxBytes);
        return await reader.ReadAsync(framework, attempt, places, range, cancellationToken);
    }

    /// <summary>Forgets where the logs are. Agents remove sandboxes themselves, after their own time.</summary>
    public Task RemoveLogsAsync(IReadOnlyList<AttemptId> attempts, CancellationToken cancellationToken) =>
        PostAsync(new EngineInput.RemoveLogs(attempts));

    /// <inheritdoc/>
    public EngineOverview Describe()
    {
        var seen = loop?.Snapshot ?? EngineSnapshot.Initial;
        var problem = crash.Length > 0 ? crash : seen.Problem;
        IReadOnlyList<string> limits = ["cpus, mem and disk: as the isolation of each agent enforces them"];
        return new(
            Name, problem.Length == 0, problem, agents.Total, seen.Used, seen.WaitingCount, seen.RunningCount, limits);
    }

    /// <inheritdoc/>
    public async Task<EngineInspection> InspectAsync(CancellationToken cancellationToken)
    {
        if (loop is null || running.IsCompleted) return EngineInspection.Empty;
        var found = new TaskCompletionSource<EngineInspection>(TaskCreationOptions.RunContinuationsAsynchronously);
        await PostAsync(new EngineInput.Inspect(found));
        return await found.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Attempts that the engine keeps in mind; zero when all have ended and their ends are durable.</summary>
    internal int TrackedCount => loop?.Snapshot.TrackedCount ?? 0;

    /// <summary>Closes the stream; the framework and its tasks stay.</summary>
    public async ValueTask DisposeAsync()
    {
        if (disposing.IsCancellationRequested) return;
        await FinishCallsAsync();
        await disposing.CancelAsync();
        await running;
        await detector.DisposeAsync();
        http.Dispose();
        agentHttp.Dispose();
        disposing.Dispose();
    }

    // What is not said now is said after the next start; a master that hangs is not waited for.
    private async Task FinishCallsAsync()
    {
        var began = time.GetTimestamp();
        while (client is { } open && (inputs.Reader.Count > 0 || open.OpenCalls > 0) && !running.IsCompleted
            && time.GetElapsedTime(began) < FarewellTime)
            await Task.Delay(TimeSpan.FromMilliseconds(5), time);
    }

    private Task PostAsync(EngineInput input)
    {
        inputs.Writer.TryWrite(input);
        return Task.CompletedTask;
    }

    private async Task RunAsync(EngineLoop looping, Task session)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(disposing.Token);
        Task[] parts =
        [
            looping.RunAsync(ending.Token), session, TickAsync(ending.Token), agents.RunAsync(ending.Token),
        ];
        try
        {
            await await Task.WhenAny(parts);
        }
        catch (OperationCanceledException) when (disposing.IsCancellationRequested)
        {
            // Asked for.
        }
        catch (Exception e)
        {
            LogCrashed(e);
            crash = $"The engine has failed and must be started again: {e.Message}";
        }

        await ending.CancelAsync();
        foreach (var part in parts) await part.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task TickAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(options.Tick, time);
        while (await timer.WaitForNextTickAsync(cancellationToken)) inputs.Writer.TryWrite(EngineInput.Tick.Instance);
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "The Mesos engine has failed")]
    private partial void LogCrashed(Exception exception);
}
