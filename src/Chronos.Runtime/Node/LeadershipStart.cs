using System.Text;
using System.Text.Json;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Leadership;
using Chronos.Runtime.Ports;
using Chronos.Runtime.Replication;
using Chronos.Runtime.Telemetry;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Chronos.Runtime.Node;

/// <summary>The way into a leadership: takes the store for its term, loads what is in it, connects the engines, and
/// asks them what became of the attempts that were under way. What it returns has yet to be pumped.</summary>
internal sealed partial class LeadershipStart(
    SchedulerNodeOptions options,
    IStateStore store,
    IReplicas replicas,
    ReplicationFeed feed,
    JobDirectory jobs,
    EventFeed events,
    IReadOnlyList<EngineQueue> engines,
    Action<Notify> notify,
    Action<AttemptId> heard,
    NodeMetrics metrics,
    Action wake,
    IClock clock,
    ILogger logger)
{
    /// <summary>What could not be read, as sentences.</summary>
    public IReadOnlyList<string> Problems { get; private set; } = [];

    /// <param name="term">The leadership to begin.</param>
    /// <param name="mayDecide">Awaited between reading and the first decision.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<NodeLoop> BeginAsync(LeadershipTerm term, Task mayDecide, CancellationToken cancellationToken)
    {
        foreach (var queue in engines) queue.Engine.Prepare();
        var scheduler = new Scheduler(options.Scheduler);
        var loader = new StateLoader(store, scheduler, jobs, options.Scheduler.DefaultZone, logger);
        var position = await store.TakeAsync(term.Number, cancellationToken);
        var replica = await replicas.TakeAsync(position, cancellationToken);
        if (replica is null) await loader.LoadAsync(term.Number, cancellationToken);
        else loader.Load(replica);
        Problems = loader.Problems;
        feed.Open(position ?? new(term.Number, 0), loader.Meta, isWhole: loader.Problems.Count == 0);
        await mayDecide;

        var effects = new EffectRunner(jobs, events, engines, notify, logger);
        var loop = new NodeLoop(scheduler, term, store, effects, new(term.Number), feed, metrics, wake, logger);
        var launched = scheduler.Resume(clock.GetCurrentInstant());
        loop.TakeDecisions();
        foreach (var queue in engines) await ConnectAsync(queue.Engine, term, loader.Meta, loop, cancellationToken);
        effects.Reconcile(launched);
        LogLoaded(scheduler.JobCount, replica is null ? "the store" : "a copy", launched.Count, term.Number);
        return loop;
    }

    private async Task ConnectAsync(
        IEngine engine,
        LeadershipTerm term,
        Dictionary<string, string> meta,
        NodeLoop loop,
        CancellationToken cancellationToken)
    {
        var key = $"engine/{engine.Name}";
        var saved = meta.TryGetValue(key, out var json) ? JsonSerializer.Deserialize<string>(json) : null;
        void Take(AttemptStatus status)
        {
            heard(status.Id);
            loop.Post(new AttemptReported(status, engine.Name), null);
        }

        Task KeepAsync(string identity)
        {
            var text = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(identity));
            return loop.StoreAsync(new(new(DocumentKind.Meta, key), text));
        }

        await engine.ConnectAsync(saved, new(Take, KeepAsync, term), cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Information,
        Message = "Loaded {Jobs} jobs from {Source} with {Attempts} attempts under way; deciding in term {Term}")]
    private partial void LogLoaded(int jobs, string source, int attempts, long term);
}
