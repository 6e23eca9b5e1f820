using System.Threading.Channels;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Leadership;
using Chronos.Runtime.Ports;
using Microsoft.Extensions.Logging;

namespace Chronos.Runtime.Node;

/// <summary>Hands effects to one engine, in order and one call at a time, so that the loop never waits for an engine
/// and a kill never overtakes its launch.</summary>
internal sealed partial class EngineQueue(IEngine engine, LeadershipTerm term, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    // Bounded by the number of active runs, each of which has a handful of effects in flight.
    private readonly Channel<Work> channel =
        Channel.CreateUnbounded<Work>(new UnboundedChannelOptions { SingleReader = true });

    /// <summary>The engine.</summary>
    public IEngine Engine { get; } = engine;

    public void Launch(IReadOnlyList<LaunchRequest> requests) => Add(new(requests, null, null, null));

    public void Kill(Kill kill) => Add(new(null, kill, null, null));

    public void Acknowledge(IReadOnlyList<AttemptId> attempts) => Add(new(null, null, attempts, null));

    public void Reconcile(IReadOnlyList<KnownAttempt> attempts) => Add(new(null, null, null, attempts));

    /// <summary>No more work comes; <see cref="RunAsync"/> ends when what is left is done.</summary>
    public void Complete() => channel.Writer.TryComplete();

    /// <summary>Works until completed and empty, or cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (await channel.Reader.WaitToReadAsync(cancellationToken))
            while (channel.Reader.TryRead(out var work))
                if (term.IsTrusted) // else the next leader asks, and goes on from what the engine says
                    await DoAsync(work, cancellationToken);
    }

    private void Add(Work work) => channel.Writer.TryWrite(work);

    private async Task DoAsync(Work work, CancellationToken cancellationToken)
    {
        try
        {
            if (work.Launches is { } launches) await Engine.LaunchAsync(launches, cancellationToken);
            if (work.Kill is { } kill)
                await Engine.KillAsync(kill.Attempt, kill.JobName, kill.Grace, cancellationToken);
            if (work.Ended is { } ended) await Engine.AcknowledgeAsync(ended, cancellationToken);
            if (work.Known is { } known) await Engine.ReconcileAsync(known, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
        {
            // What became of the call is unknown; asking the engine where the attempts stand settles it. A kill is said
            // again: an engine that never heard it would only answer that the attempt runs.
            LogCallFailed(e, Engine.Name);
            await Task.Delay(PauseAfterFailure, time, cancellationToken);
            if (work.Kill is { } unheard) Kill(unheard);
            if (AttemptsOf(work) is { Count: > 0 } attempts) Reconcile(attempts);
        }
    }

    private static List<KnownAttempt> AttemptsOf(Work work)
    {
        if (work.Launches is { } launches) return [.. launches.Select(l => new KnownAttempt(l.Id, l.Job.Name))];
        return work.Known is { } known ? [.. known] : []; // an end that was not acknowledged is reported again
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A call to engine {Engine} failed; its attempts are reconciled")]
    private partial void LogCallFailed(Exception exception, string engine);

    private sealed record Work(
        IReadOnlyList<LaunchRequest>? Launches,
        Kill? Kill,
        IReadOnlyList<AttemptId>? Ended,
        IReadOnlyList<KnownAttempt>? Known);
}
