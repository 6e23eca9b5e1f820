using Chronos.Core.Runs;
using Chronos.Mesos.Client;
using Chronos.Mesos.Protocol.Scheduler;
using Chronos.Mesos.Tasks;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Chronos.Mesos.Engine;

/// <summary>The subscription, and what is due by the clock.</summary>
internal sealed partial class EngineLoop
{
    private const int TasksPerQuestion = 1000;

    private readonly HashSet<AttemptId> killing = [];
    private readonly HashSet<AttemptId> silent = [];

    private void Subscribe(Subscription begun)
    {
        subscription = begun;
        problem = "";
        context.Agents.Master = begun.Master;
        book.Clear();
        launches.Clear(); // every launch is asked for now
        foreach (var task in tasks.All)
        {
            task.Answers.Reset();
            if (task.Kill is { } kill) task.Kill = kill with { SentAt = null };
        }

        offers.Begin();
        ReconcileAll();
        needsPlacing = true;
    }

    private void Disconnect(string reason, IEnumerable<Call> unsent)
    {
        subscription = null;
        problem = $"Not connected to Mesos: {reason}";
        Withdraw(unsent.Where(call => call.Type == Call.Types.Type.Accept)
            .SelectMany(call => call.Accept.Operations).SelectMany(operation => operation.Launch.TaskInfos));
    }

    private void End(SessionEnd end)
    {
        subscription = null;
        book.Clear();
        if (end.Kind == SessionEndKind.Removed)
        {
            problem = $"Mesos has removed framework {keptId} and its tasks; Chronos registers anew.";
            // What was launched may have run until then.
            foreach (var task in tasks.All) task.WasSeen |= task.Stage == TaskStage.Launched;
            LogRemoved(keptId ?? "", end.Reason);
            return;
        }

        var then = context.Link.Term.IsAlone
            ? "this one launches nothing until it is started again."
            : $"this one takes it back in {options.TakeBackPause.TotalSeconds:0.#} s if it still leads.";
        problem = $"Another scheduler has taken over framework {keptId}; {then}";
        LogFailedOver(keptId ?? "", end.Reason);
    }

    private void KeepIdentity(string frameworkId)
    {
        keptId = frameworkId;
        needsPlacing = true;
        if (subscription is null) return;
        // Until now the master would have dropped us soon after a silence.
        var framework = options.Framework.ToMessage();
        framework.Id = new() { Value = frameworkId };
        var call = new Call { Type = Call.Types.Type.UpdateFramework, UpdateFramework = new() };
        call.UpdateFramework.FrameworkInfo = framework;
        if (context.Client.IsSuppressed) call.UpdateFramework.SuppressedRoles.AddRange(framework.Roles);
        context.Client.TrySend(call);
    }

    private void Hear(Event told)
    {
        if (subscription is null) return;
        switch (told.Type)
        {
            case Event.Types.Type.Offers: HearOffers(told.Offers); break;
            case Event.Types.Type.Rescind: book.Rescind(told.Rescind.OfferId.Value); break;
            case Event.Types.Type.Update: HearStatus(told.Update.Status); break;
            case Event.Types.Type.InverseOffers: HearInverseOffers(told.InverseOffers); break;
            case Event.Types.Type.Failure: HearFailure(told.Failure); break;
            default: break; // messages of executors, and operations that we never ask for
        }
    }

    // The statuses that belong to it come by themselves, but nobody promises that.
    private void HearFailure(Event.Types.Failure failure)
    {
        if (failure.ExecutorId is { } executor)
        {
            if (AttemptId.TryParse(executor.Value, out var id) && tasks.TryFind(id, out var task)
                && task.Stage == TaskStage.Launched) reconciler.Add(id);
            return;
        }

        foreach (var task in tasks.All)
            if (task.Stage == TaskStage.Launched && task.AgentId == failure.AgentId?.Value) reconciler.Add(task.Id);
    }

    private void TakeRefusal(EngineInput.Refused refused)
    {
        LogRefused(refused.Call.Type, refused.Reason);
        if (refused.Call.Type != Call.Types.Type.Accept) return;
        foreach (var info in refused.Call.Accept.Operations.SelectMany(o => o.Launch?.TaskInfos ?? []))
            if (AttemptId.TryParse(info.TaskId.Value, out var id) && tasks.TryFind(id, out var task)
                && task.Stage == TaskStage.Launched)
                Conclude(task, NewStatus(task, AttemptPhase.Failed, $"Mesos refused the launch: {refused.Reason}"));
    }

    private void KeepUp()
    {
        GiveUpSilent();
        if (subscription is null)
        {
            context.Client.IsSuppressed = pending.Count == 0;
            return;
        }

        offers.KeepUp(pending.Count > 0 && CanLaunch);
        WatchLaunches();
        RepeatKills();
        if (reconciler.IsEverythingDue) ReconcileAll();
        Ask(reconciler.TakeDue());
        if (isListed && reconciler.TakeImplicit())
            context.Client.TrySend(new() { Type = Call.Types.Type.Reconcile, Reconcile = new() });
        if (pending.Count > 0) TellReasons();
    }

    // Those that nothing is known of first: they may have to be launched yet.
    private void ReconcileAll() => reconciler.Begin(tasks.All
        .Where(task => task.Stage is TaskStage.Unknown or TaskStage.Launched)
        .OrderBy(task => task.WasSeen).Select(task => task.Id));

    private void Ask(IReadOnlyList<AttemptId> attempts)
    {
        foreach (var chunk in attempts.Chunk(TasksPerQuestion))
        {
            var call = new Call { Type = Call.Types.Type.Reconcile, Reconcile = new() };
            foreach (var id in chunk)
            {
                if (!tasks.TryFind(id, out var task)) continue;
                var question = new Call.Types.Reconcile.Types.Task { TaskId = new() { Value = id.ToString() } };
                if (task.AgentId is { } agent) question.AgentId = new() { Value = agent };
                call.Reconcile.Tasks.Add(question);
                task.Answers.Ask();
            }

            context.Client.TrySend(call);
        }
    }

    // Is asked for when nothing is heard of it for a while.
    private void Watch(TrackedTask task)
    {
        task.WatchedSince = time.GetTimestamp();
        launches.Enqueue((task.Id, task.WatchedSince));
    }

    private void WatchLaunches()
    {
        while (launches.TryPeek(out var launch) && time.GetElapsedTime(launch.At) >= options.LaunchTimeout)
        {
            launches.Dequeue();
            if (tasks.TryFind(launch.Id, out var task) && task is { Stage: TaskStage.Launched, WasSeen: false }
                && task.WatchedSince == launch.At) reconciler.Add(launch.Id);
        }
    }

    private void RepeatKills()
    {
        if (killing.Count == 0) return;
        foreach (var id in killing)
            if (tasks.TryFind(id, out var task) && task.Kill is { } kill
                && (kill.SentAt is not { } sent || time.GetElapsedTime(sent) >= options.KillPause))
                SendKill(task);
    }

    private void SendKill(TrackedTask task)
    {
        if (task.Kill is not { } kill) return;
        if (!SendKill(task.Id.ToString(), task.AgentId, kill.Grace)) return;
        task.Kill = kill with { SentAt = time.GetTimestamp() };
        if (task.Stage == TaskStage.Unknown || !task.WasSeen) task.Answers.Ask();
    }

    private bool SendKill(string taskId, string? agentId, Duration? grace)
    {
        var call = new Call { Type = Call.Types.Type.Kill, Kill = new() { TaskId = new() { Value = taskId } } };
        if (agentId is not null) call.Kill.AgentId = new() { Value = agentId };
        if (grace is { } polite)
            call.Kill.KillPolicy = new() { GracePeriod = TaskBuilder.ToMessage(polite.ToTimeSpan()) };
        return context.Client.TrySend(call);
    }

    private void GiveUpSilent()
    {
        if (silent.Count == 0) return;
        var overdue = silent.Where(id => tasks.TryFind(id, out var task) && task.SilentSince is { } since
            && time.GetElapsedTime(since) >= options.UnreachableTimeout).ToList();
        foreach (var id in overdue)
            if (tasks.TryFind(id, out var task))
                Conclude(task, NewStatus(
                    task, AttemptPhase.Doubtful,
                    $"Its agent has said nothing of it for {options.UnreachableTimeout.TotalMinutes:0.#} min."));
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Framework {FrameworkId} was removed: {Reason}")]
    private partial void LogRemoved(string frameworkId, string reason);

    [LoggerMessage(Level = LogLevel.Error,
        Message = "Another scheduler has taken over framework {FrameworkId}: {Reason}")]
    private partial void LogFailedOver(string frameworkId, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The master refused a call ({Kind}): {Reason}")]
    private partial void LogRefused(Call.Types.Type kind, string reason);
}
