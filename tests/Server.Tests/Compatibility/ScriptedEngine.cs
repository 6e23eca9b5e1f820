using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Ports;
using NodaTime;

namespace Chronos.Server.Tests.Compatibility;

/// <summary>An engine whose attempts do what the test says.</summary>
internal sealed class ScriptedEngine : IEngine
{
    private readonly Lock gate = new();
    private readonly List<LaunchRequest> launches = [];
    private readonly List<AttemptId> kills = [];
    private Action<AttemptStatus> report = _ => { };

    public string Name => "scripted";

    public IReadOnlyList<LaunchRequest> Launches
    {
        get { lock (gate) return [.. launches]; }
    }

    public IReadOnlyList<AttemptId> Kills
    {
        get { lock (gate) return [.. kills]; }
    }

    public void Report(LaunchRequest request, AttemptPhase phase, Instant? startedAt = null, Instant? endedAt = null) =>
        report(new()
        {
            Id = request.Id,
            JobName = request.Job.Name,
            Phase = phase,
            StartedAt = startedAt,
            EndedAt = endedAt,
            Agent = "agent-1",
        });

    public Task ConnectAsync(string? identity, EngineLink link, CancellationToken cancellationToken)
    {
        report = link.Report;
        return Task.CompletedTask;
    }

    public IReadOnlyList<Violation> Check(Job job) => [];

    public Task LaunchAsync(IReadOnlyList<LaunchRequest> requests, CancellationToken cancellationToken)
    {
        lock (gate) launches.AddRange(requests);
        foreach (var request in requests) Report(request, AttemptPhase.Starting);
        return Task.CompletedTask;
    }

    public Task KillAsync(AttemptId attempt, string jobName, Duration? grace, CancellationToken cancellationToken)
    {
        lock (gate) kills.Add(attempt);
        report(new() { Id = attempt, JobName = jobName, Phase = AttemptPhase.Killed });
        return Task.CompletedTask;
    }

    public Task ReconcileAsync(IReadOnlyList<KnownAttempt> attempts, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    public Task AcknowledgeAsync(IReadOnlyList<AttemptId> attempts, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    public Task<LogPart?> ReadLogAsync(
        AttemptId attempt, LogStream stream, long offset, int maxBytes, CancellationToken cancellationToken) =>
        Task.FromResult<LogPart?>(null);

    public Task RemoveLogsAsync(IReadOnlyList<AttemptId> attempts, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    public EngineOverview Describe() => new(Name, true, "", Resources.Default, Resources.Default, 0, 0, []);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
