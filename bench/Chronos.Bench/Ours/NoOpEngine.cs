using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Ports;
using NodaTime;

namespace Chronos.Bench.Ours;

/// <summary>An engine whose tasks succeed at once. It counts, and can note how late each start is.</summary>
internal sealed class NoOpEngine(Action<LaunchRequest>? onLaunch = null) : IEngine
{
    private const int NominalShift = 80; // the first 48 bits of a run's id are its nominal time in milliseconds
    private Action<AttemptStatus> report = static _ => { };
    private TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int wanted = int.MaxValue;
    private int ended;

    /// <inheritdoc/>
    public string Name => "noop";

    /// <summary>The nominal time of an attempt, whole milliseconds.</summary>
    public static Instant NominalOf(LaunchRequest request) =>
        Instant.FromUnixTimeMilliseconds((long)(ulong)(request.Id.Run.Value >> NominalShift));

    /// <summary>Ends when the ends of so many runs are durable, counted from now.</summary>
    public Task EndOf(int runs)
    {
        reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref ended, 0);
        Volatile.Write(ref wanted, runs);
        return reached.Task;
    }

    /// <inheritdoc/>
    public Task ConnectAsync(string? identity, EngineLink link, CancellationToken cancellationToken)
    {
        report = link.Report;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public IReadOnlyList<Violation> Check(Job job) => [];

    /// <inheritdoc/>
    public Task LaunchAsync(IReadOnlyList<LaunchRequest> requests, CancellationToken cancellationToken)
    {
        foreach (var request in requests)
        {
            onLaunch?.Invoke(request);
            report(new() { Id = request.Id, JobName = request.Job.Name, Phase = AttemptPhase.Finished, ExitCode = 0 });
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task AcknowledgeAsync(IReadOnlyList<AttemptId> attempts, CancellationToken cancellationToken)
    {
        if (Interlocked.Add(ref ended, attempts.Count) >= Volatile.Read(ref wanted)) reached.TrySetResult();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task KillAsync(AttemptId attempt, string jobName, Duration? grace, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    /// <inheritdoc/>
    public Task ReconcileAsync(IReadOnlyList<KnownAttempt> attempts, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    /// <inheritdoc/>
    public Task<LogPart?> ReadLogAsync(
        AttemptId attempt, LogStream stream, long offset, int maxBytes, CancellationToken cancellationToken) =>
        Task.FromResult<LogPart?>(null);

    /// <inheritdoc/>
    public Task RemoveLogsAsync(IReadOnlyList<AttemptId> attempts, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    /// <inheritdoc/>
    public EngineOverview Describe() => new(Name, true, "", new(0, 0, 0), new(0, 0, 0), 0, 0, []);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
