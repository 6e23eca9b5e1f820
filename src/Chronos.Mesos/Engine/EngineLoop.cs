using System.Threading.Channels;
using Chronos.Core.Runs;
using Chronos.Mesos.Client;
using Chronos.Mesos.Offers;
using Chronos.Mesos.Reconciliation;
using Chronos.Mesos.Tasks;
using Microsoft.Extensions.Logging;

namespace Chronos.Mesos.Engine;

/// <summary>The one place that knows what is waiting, launched and ended. It works through one queue, so that calls of
/// the node, words of the master and deadlines never meet. See <c>loop.md</c> beside this file.</summary>
internal sealed partial class EngineLoop
{
    private const int InputsPerRound = 1000;

    private readonly MesosEngineOptions options;
    private readonly EngineContext context;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly Channel<EngineInput> inputs;
    private readonly TaskTable tasks = new();
    private readonly PendingQueue pending = new();
    private readonly OfferBook book = new();
    private readonly OfferMatcher matcher;
    private readonly TaskBuilder builder;
    private readonly Reconciler reconciler;
    private Subscription? subscription;
    private string? keptId; // the framework id that is durable
    private bool isListed; // the node has told which attempts it knows
    private string problem = EngineSnapshot.Initial.Problem;
    private volatile EngineSnapshot snapshot = EngineSnapshot.Initial;

    /// <param name="context">What it works with.</param>
    /// <param name="inputs">What it works through.</param>
    /// <param name="frameworkId">The framework id that is durable; null: none.</param>
    internal EngineLoop(EngineContext context, Channel<EngineInput> inputs, string? frameworkId)
    {
        (this.context, this.inputs, keptId) = (context, inputs, frameworkId);
        (options, time, logger) = (context.Options, context.Time, context.Logger);
        matcher = new(options.Placement, options.Ageing, time);
        builder = new(options.Tasks);
        reconciler = new(options.ReconcilePause, options.ReconcileInterval, time);
        offers = new(options, context.Client, time);
    }

    /// <summary>How the engine does.</summary>
    internal EngineSnapshot Snapshot => snapshot;

    /// <summary>Works until cancelled.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        while (await inputs.Reader.WaitToReadAsync(cancellationToken))
        {
            for (var i = 0; i < InputsPerRound && inputs.Reader.TryRead(out var input); i++) Take(input);
            PlaceWaiting();
            KeepUp();
            snapshot = NewSnapshot();
        }
    }

    private bool CanLaunch => subscription is not null && subscription.FrameworkId == keptId && isListed;

    private void Take(EngineInput input)
    {
        switch (input)
        {
            case EngineInput.Launch launch: Launch(launch.Requests); break;
            case EngineInput.Kill kill: Kill(kill); break;
            case EngineInput.Reconcile reconcile: Reconcile(reconcile.Attempts); break;
            case EngineInput.Acknowledge ended: Acknowledge(ended.Attempts); break;
            case EngineInput.RemoveLogs removed: RemoveLogs(removed.Attempts); break;
            case EngineInput.FindOutput find: FindOutput(find); break;
            case EngineInput.Inspect inspect: inspect.Found.TrySetResult(Inspection()); break;
            case EngineInput.Subscribed subscribed: Subscribe(subscribed.Subscription); break;
            case EngineInput.Told told: Hear(told.Event); break;
            case EngineInput.Disconnected gone: Disconnect(gone.Reason, gone.Unsent); break;
            case EngineInput.Refused refused: TakeRefusal(refused); break;
            case EngineInput.IdentityKept kept: KeepIdentity(kept.FrameworkId); break;
            case EngineInput.Ended ended: End(ended.End); break;
            case EngineInput.Tick: break; // the round does the rest
            default: throw new InvalidOperationException($"Unknown input {input.GetType().Name}.");
        }
    }

    private EngineSnapshot NewSnapshot()
    {
        var waits = subscription is not null && subscription.FrameworkId != keptId
            ? "The framework id is not stored yet; nothing is launched before."
            : problem;
        return new(
            subscription?.FrameworkId ?? keptId, subscription?.Master.ToString() ?? "", waits, used, pending.Count,
            runningCount, tasks.Count);
    }

    private void Report(TrackedTask task, AttemptStatus status)
    {
        if (task.IsRunning) runningCount--;
        task.Latest = status;
        if (task.IsRunning) runningCount++;
        context.Link.Report(status);
    }

    private static AttemptStatus NewStatus(TrackedTask task, AttemptPhase phase, string message) => new()
    {
        Id = task.Id,
        JobName = task.JobName,
        Phase = phase,
        StartedAt = task.StartedAt,
        Message = message,
        Agent = task.HostName.Length > 0 ? task.HostName : task.AgentId ?? "",
    };
}
