using System.Collections.Concurrent;
using System.Text;
using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Ports;
using NodaTime;

namespace Chronos.Server.Tests.Cli;

/// <summary>An engine that understands two commands, at once and without processes: <c>echo TEXT</c> and
/// <c>exit CODE</c>.</summary>
internal sealed class ShellEngine(IClock clock) : IEngine
{
    private readonly ConcurrentDictionary<AttemptId, string> outputs = new();
    private Action<AttemptStatus> report = _ => { };

    public string Name => "shell";

    public Task ConnectAsync(string? identity, EngineLink link, CancellationToken cancellationToken)
    {
        report = link.Report;
        return Task.CompletedTask;
    }

    public IReadOnlyList<Violation> Check(Job job) => [];

    public Task LaunchAsync(IReadOnlyList<LaunchRequest> requests, CancellationToken cancellationToken)
    {
        foreach (var request in requests) Run(request);
        return Task.CompletedTask;
    }

    private void Run(LaunchRequest request)
    {
        var words = request.Job.Command.Split(' ', 2);
        var code = words[0] == "exit" ? int.Parse(words[1]) : 0;
        outputs[request.Id] = words[0] == "echo" ? words[1] + request.Arguments + "\n" : "";
        var now = clock.GetCurrentInstant();
        report(new()
        {
            Id = request.Id, JobName = request.Job.Name, Phase = AttemptPhase.Running, StartedAt = now, Agent = "here",
        });
        report(new()
        {
            Id = request.Id,
            JobName = request.Job.Name,
            Phase = code == 0 ? AttemptPhase.Finished : AttemptPhase.Failed,
            StartedAt = now,
            EndedAt = now,
            ExitCode = code,
            Agent = "here",
        });
    }

    public Task KillAsync(AttemptId attempt, string jobName, Duration? grace, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    public Task ReconcileAsync(IReadOnlyList<KnownAttempt> attempts, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    public Task AcknowledgeAsync(IReadOnlyList<AttemptId> attempts, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    public Task<LogPart?> ReadLogAsync(
        AttemptId attempt, LogStream stream, long offset, int maxBytes, CancellationToken cancellationToken)
    {
        if (!outputs.TryGetValue(attempt, out var text)) return Task.FromResult<LogPart?>(null);
        var all = Encoding.UTF8.GetBytes(stream == LogStream.Stdout ? text : "");
        var start = (int)(offset < 0 ? Math.Max(0, all.Length + offset) : Math.Min(offset, all.Length));
        var bytes = all.AsMemory(start, Math.Min(maxBytes, all.Length - start));
        return Task.FromResult<LogPart?>(new(start, bytes, all.Length, IsComplete: true));
    }

    public Task RemoveLogsAsync(IReadOnlyList<AttemptId> attempts, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    public EngineOverview Describe() => new(Name, true, "", Resources.Default, Resources.Default, 0, 0, []);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
