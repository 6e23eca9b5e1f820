using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Ports;
using NodaTime;

namespace Chronos.Simulation.Cluster;

/// <summary>One process's connection to the engine. Calls arrive in order, late, and sometimes twice; a call may fail
/// with or without having been sent. It ends with its process.</summary>
internal sealed class EngineConnection(
    ClusterEngine engine, string node, SimulatedTime time, FaultPlan faults, Trace trace) : IEngine
{
    private Action<AttemptStatus> report = static _ => { };
    private Instant lastArrival;
    private bool isCut;
    private Task kept = Task.CompletedTask;

    /// <inheritdoc/>
    public string Name => "local";

    /// <summary>The process's name.</summary>
    public string Node => node;

    /// <summary>Called with each launch before it is sent.</summary>
    public Action<LaunchRequest> Launching { get; set; } = static _ => { };

    /// <summary>Called at each call; may end the process.</summary>
    public Action Calling { get; set; } = static () => { };

    /// <summary>The process is gone.</summary>
    public void Cut() => isCut = true;

    /// <summary>A status has come over the network.</summary>
    public void Receive(AttemptStatus status)
    {
        if (isCut) return;
        trace.Say(node, $"hears that {status.JobName} {status.Id} is {status.Phase}");
        report(status);
    }

    /// <inheritdoc/>
    public async Task ConnectAsync(string? identity, EngineLink link, CancellationToken cancellationToken)
    {
        report = link.Report;
        var done = new TaskCompletionSource();
        time.After(faults.Delay(), () =>
        {
            if (!isCut) engine.Connect(this);
            done.SetResult();
        });
        await done.Task;
        if (faults.Strikes(0.02)) throw new IOException("The engine did not answer.");
        if (identity is null) kept = link.KeepIdentity("simulated");
    }

    /// <inheritdoc/>
    public IReadOnlyList<Violation> Check(Job job) => engine.Direct.Check(job);

    /// <inheritdoc/>
    public Task LaunchAsync(IReadOnlyList<LaunchRequest> requests, CancellationToken cancellationToken)
    {
        foreach (var request in requests)
        {
            trace.Say(node, $"launches {request.Job.Name} {request.Id}");
            Launching(request);
        }

        return SendAsync(() => engine.Launch(this, requests));
    }

    /// <inheritdoc/>
    public Task KillAsync(AttemptId attempt, string jobName, Duration? grace, CancellationToken cancellationToken)
    {
        trace.Say(node, $"kills {jobName} {attempt}");
        return SendAsync(() => engine.Kill(this, attempt, jobName, grace), lost: 0.2); // rare calls fail more often
    }

    /// <inheritdoc/>
    public Task ReconcileAsync(IReadOnlyList<KnownAttempt> attempts, CancellationToken cancellationToken)
    {
        trace.Say(node, $"asks about {attempts.Count} attempts");
        return SendAsync(() => engine.Reconcile(this, attempts));
    }

    /// <inheritdoc/>
    public Task AcknowledgeAsync(IReadOnlyList<AttemptId> attempts, CancellationToken cancellationToken) =>
        SendAsync(() => engine.Acknowledge(this, attempts));

    /// <inheritdoc/>
    public Task<LogPart?> ReadLogAsync(
        AttemptId attempt, LogStream stream, long offset, int maxBytes, CancellationToken cancellationToken) =>
        engine.Direct.ReadLogAsync(attempt, stream, offset, maxBytes, cancellationToken);

    /// <inheritdoc/>
    public Task RemoveLogsAsync(IReadOnlyList<AttemptId> attempts, CancellationToken cancellationToken) =>
        engine.Direct.RemoveLogsAsync(attempts, cancellationToken);

    /// <inheritdoc/>
    public EngineOverview Describe() => engine.Direct.Describe();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Task SendAsync(Action arrive, double lost = 0.01)
    {
        if (faults.Strikes(0.002)) Calling(); // a crash in the middle of acting
        if (isCut) return Task.FromException(new OperationCanceledException());
        if (faults.Strikes(lost)) return Task.FromException(new IOException("It was not sent."));
        Arrive(arrive);
        if (faults.Strikes(0.02)) Arrive(arrive);
        if (faults.Strikes(0.002)) Calling();
        return faults.Strikes(0.01) ? Task.FromException(new IOException("No answer.")) : Task.CompletedTask;
    }

    // One connection is one stream: what is sent later arrives later.
    private void Arrive(Action arrive)
    {
        lastArrival = Instant.Max(lastArrival, time.Now + faults.Delay());
        time.At(lastArrival, arrive);
    }
}
