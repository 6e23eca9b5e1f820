using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Ports;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Chronos.Runtime.Node;

/// <summary>Does what durable decisions ask for: publishes them to readers, then tells engines, notifiers and those
/// who watch.</summary>
internal sealed partial class EffectRunner(
    JobDirectory jobs, EventFeed events, IReadOnlyList<EngineQueue> engines, Action<Notify> notify, ILogger logger)
{
    private readonly Outgoing[] outgoing = [.. engines.Select(queue => new Outgoing(queue))];

    /// <summary>Publishes the batch and hands out its effects. Answers are the caller's.</summary>
    public void Act(DecisionBatch batch, Instant now)
    {
        foreach (var change in batch.Changes) Publish(change, now);
        foreach (var effect in batch.Effects)
        {
            switch (effect)
            {
                case LaunchRequest launch:
                    Find(launch.Job.Task.Engine)?.Launch(launch);
                    break;
                case Acknowledge ended:
                    Find(ended.Engine)?.Acknowledge(ended.Attempt);
                    break;
                case Kill kill:
                    Find(kill.Engine)?.Kill(kill);
                    break;
            }
        }

        foreach (var engine in outgoing) engine.Send();
        foreach (var effect in batch.Effects)
        {
            if (effect is RunChanged changed) events.Publish(
                now, NodeEventKind.RunChanged, changed.JobName, changed.Run);
            if (effect is Notify message) notify(message);
        }
    }

    /// <summary>Asks the engines where attempts stand.</summary>
    public void Reconcile(IReadOnlyList<LaunchedAttempt> attempts)
    {
        foreach (var queue in engines)
        {
            // An empty list too: it tells the engine that whatever else it finds is nobody's.
            queue.Reconcile([.. attempts.Where(a => IsFor(queue, a.Engine))
                .Select(a => new KnownAttempt(a.Id, a.JobName, a.HasBegun))]);
        }

        foreach (var attempt in attempts)
            if (!engines.Any(q => IsFor(q, attempt.Engine))) LogNoEngine(attempt.Id.ToString(), attempt.Engine);
    }

    private void Publish(Change change, Instant now)
    {
        switch (change)
        {
            case JobPut put:
                jobs.Publish(put.Entry, put.Snapshot);
                events.Publish(now, NodeEventKind.JobPut, put.Entry.Name, null);
                break;
            case JobStateChanged changed:
                jobs.Publish(changed.Entry, changed.Snapshot);
                break;
            case JobDeleted deleted:
                jobs.Remove(deleted.Name);
                events.Publish(now, NodeEventKind.JobDeleted, deleted.Name, null);
                break;
        }
    }

    private Outgoing? Find(string engine)
    {
        if (engine.Length == 0) return outgoing[0];
        foreach (var candidate in outgoing)
            if (IsFor(candidate.Queue, engine)) return candidate;
        return null;
    }

    private bool IsFor(EngineQueue queue, string engine) => engine.Length == 0
        ? queue == engines[0]
        : string.Equals(queue.Engine.Name, engine, StringComparison.OrdinalIgnoreCase);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "Attempt {Attempt} was launched on engine {Engine}, which is not configured; its run stays open")]
    private partial void LogNoEngine(string attempt, string engine);

    /// <summary>What one engine is told next. Launches and ends go as lists, which the engine then owns.</summary>
    private sealed class Outgoing(EngineQueue queue)
    {
        private List<LaunchRequest>? launches;
        private List<AttemptId>? ended;

        public EngineQueue Queue { get; } = queue;

        public void Launch(LaunchRequest request) => (launches ??= []).Add(request);

        public void Acknowledge(AttemptId attempt) => (ended ??= []).Add(attempt);

        // Never overtakes the launch of the same attempt.
        public void Kill(Kill kill)
        {
            SendLaunches();
            Queue.Kill(kill);
        }

        public void Send()
        {
            SendLaunches();
            if (ended is not null) Queue.Acknowledge(ended);
            ended = null;
        }

        private void SendLaunches()
        {
            if (launches is not null) Queue.Launch(launches);
            launches = null;
        }
    }
}
