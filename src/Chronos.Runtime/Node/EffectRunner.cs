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
    /// <summary>Publishes the batch and hands out its effects. Answers are the caller's.</summary>
    public void Act(DecisionBatch batch, Instant now)
    {
        foreach (var change in batch.Changes) Publish(change, now);
        foreach (var queue in engines)
        {
            var launches = new List<LaunchRequest>();
            var ended = new List<AttemptId>();
            foreach (var effect in batch.Effects)
            {
                if (effect is Launch launch
                    && IsFor(queue, launch.Request.Job.Task.Engine)) launches.Add(launch.Request);
                if (effect is Acknowledge done && IsFor(queue, done.Engine)) ended.Add(done.Attempt);
                if (effect is not Kill kill || !IsFor(queue, kill.Engine)) continue;
                if (launches.Count > 0) queue.Launch(launches);
                launches = [];
                queue.Kill(kill);
            }

            if (launches.Count > 0) queue.Launch(launches);
            if (ended.Count > 0) queue.Acknowledge(ended);
        }

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
            var known = attempts.Where(a => IsFor(queue, a.Engine)).Select(a => new KnownAttempt(a.Id, a.JobName))
                .ToList();
            if (known.Count > 0) queue.Reconcile(known);
        }

        foreach (var attempt in attempts)
            if (!engines.Any(q => IsFor(q, attempt.Engine))) LogNoEngine(attempt.Id.ToString(), attempt.Engine);
    }

    private void Publish(Change change, Instant now)
    {
        switch (change)
        {
            case JobPut put:
                jobs.Publish(put.Snapshot);
                events.Publish(now, NodeEventKind.JobPut, put.Snapshot.Job.Name, null);
                break;
            case JobStateChanged changed:
                jobs.Publish(changed.Snapshot);
                break;
            case JobDeleted deleted:
                jobs.Remove(deleted.Name);
                events.Publish(now, NodeEventKind.JobDeleted, deleted.Name, null);
                break;
        }
    }

    private bool IsFor(EngineQueue queue, string engine) => engine.Length == 0
        ? queue == engines[0]
        : string.Equals(queue.Engine.Name, engine, StringComparison.OrdinalIgnoreCase);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "Attempt {Attempt} was launched on engine {Engine}, which is not configured; its run stays open")]
    private partial void LogNoEngine(string attempt, string engine);
}
