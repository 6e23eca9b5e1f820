using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Ports;
using NodaTime;

namespace Chronos.Server.Tests.Hosting;

/// <summary>An engine whose attempts run until the test ends them, and write what it says. Safe for concurrent use,
/// because the node, the server and the test all call it.</summary>
internal sealed class TestEngine(IClock clock) : IEngine
{
    private (int From, int Until) dropped = (int.MaxValue, int.MaxValue);
    private readonly Lock gate = new();
    private readonly Dictionary<AttemptId, LaunchRequest> launched = [];
    private readonly Dictionary<(AttemptId, LogStream), byte[]> logs = [];
    private readonly HashSet<AttemptId> ended = [];
    private Action<AttemptStatus> report = _ => { };

    public string Name => "test";

    /// <summary>What every job is told that it breaks; empty: all can run.</summary>
    public IReadOnlyList<Violation> Violations { get; set; } = [];

    /// <summary>What is seen of it.</summary>
    public EngineInspection Inspection { get; set; } = EngineInspection.Empty;

    /// <summary>What goes wrong when output is read; null: nothing.</summary>
    public Exception? Fault { get; set; }

    public LaunchRequest? RequestOf(AttemptId id)
    {
        lock (gate) return launched.GetValueOrDefault(id);
    }

    public Task ConnectAsync(string? identity, EngineLink link, CancellationToken cancellationToken)
    {
        report = link.Report;
        return Task.CompletedTask;
    }

    public IReadOnlyList<Violation> Check(Job job) => Violations;

    public Task LaunchAsync(IReadOnlyList<LaunchRequest> requests, CancellationToken cancellationToken)
    {
        foreach (var request in requests)
        {
            lock (gate)
            {
                launched[request.Id] = request;
                logs[(request.Id, LogStream.Stdout)] = [];
                logs[(request.Id, LogStream.Stderr)] = [];
            }

            report(Status(request) with { Phase = AttemptPhase.Running, StartedAt = clock.GetCurrentInstant() });
        }

        return Task.CompletedTask;
    }

    public Task KillAsync(AttemptId attempt, string jobName, Duration? grace, CancellationToken cancellationToken)
    {
        End(attempt, AttemptPhase.Killed, signal: 15);
        return Task.CompletedTask;
    }

    public Task ReconcileAsync(IReadOnlyList<KnownAttempt> attempts, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    public Task AcknowledgeAsync(IReadOnlyList<AttemptId> attempts, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    /// <summary>From now on output between these offsets is gone.</summary>
    public void Drop(int from, int until)
    {
        lock (gate) dropped = (from, until);
    }

    public Task<LogPart?> ReadLogAsync(
        AttemptId attempt, LogStream stream, long offset, int maxBytes, CancellationToken cancellationToken)
    {
        if (Fault is { } fault) return Task.FromException<LogPart?>(fault);
        lock (gate)
        {
            if (!logs.TryGetValue((attempt, stream), out var log)) return Task.FromResult<LogPart?>(null);
            var start = (int)(offset < 0 ? Math.Max(0, log.Length + offset) : Math.Min(offset, log.Length));
            var (from, until) = dropped;
            if (start >= from && start < until) start = until;
            var end = start < from ? Math.Min(from, log.Length) : log.Length;
            var bytes = log[start..Math.Min(end, start + maxBytes)];
            return Task.FromResult<LogPart?>(new(start, bytes, log.Length, ended.Contains(attempt)));
        }
    }

    public Task RemoveLogsAsync(IReadOnlyList<AttemptId> attempts, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    public EngineOverview Describe() =>
        new(Name, true, "", new(4, 1024, 1024), new(1, 128, 256), 0, 1, ["memory: not limited"]);

    public Task<EngineInspection> InspectAsync(CancellationToken cancellationToken) => Task.FromResult(Inspection);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>The attempt writes.</summary>
    public void Write(AttemptId attempt, LogStream stream, params byte[] bytes)
    {
        lock (gate) logs[(attempt, stream)] = [.. logs[(attempt, stream)], .. bytes];
    }

    /// <summary>The attempt exits.</summary>
    public void Exit(AttemptId attempt, int code) =>
        End(attempt, code == 0 ? AttemptPhase.Finished : AttemptPhase.Failed, code);

    private void End(AttemptId attempt, AttemptPhase phase, int? code = null, int? signal = null)
    {
        LaunchRequest? request;
        lock (gate)
        {
            if (!launched.TryGetValue(attempt, out request)) return;
            ended.Add(attempt);
        }

        report(Status(request) with
        {
            Phase = phase, EndedAt = clock.GetCurrentInstant(), ExitCode = code, Signal = signal,
        });
    }

    private static AttemptStatus Status(LaunchRequest request) => new()
    {
        Id = request.Id, JobName = request.Job.Name, Phase = AttemptPhase.Waiting, Agent = "agent-1",
    };
}
