using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using Chronos.Mesos.Logs;
using Chronos.Mesos.Tasks;
using Chronos.Runtime.Ports;

namespace Chronos.Mesos.Engine;

/// <summary>What the node asks for.</summary>
internal sealed partial class EngineLoop
{
    private void Launch(IReadOnlyList<LaunchRequest> requests)
    {
        foreach (var request in requests)
        {
            var isKnown = tasks.TryFind(request.Id, out var task);
            task ??= tasks.Add(request.Id, request.Job.Name);
            task.Request ??= request;
            if (isKnown && task.Stage is TaskStage.Launched or TaskStage.Ended) Repeat(task);
            else if (task.Stage == TaskStage.Unknown && isKnown) continue; // the master is being asked
            else if (task.Stage != TaskStage.Waiting) Wait(task);
        }
    }

    private void WaitUnlessKilled(TrackedTask task)
    {
        if (task.Kill is not null && task.Request is not null)
            Conclude(task, NewStatus(task, AttemptPhase.Killed, "Killed before it was launched."));
        else
            Wait(task);
    }

    private void Wait(TrackedTask task)
    {
        if (task.Request is not { } request)
        {
            // It came from an earlier server: the node has what is needed, and sends it again.
            SetStage(task, TaskStage.Absent);
            Report(task, NewStatus(task, AttemptPhase.NeverStarted, ""));
            return;
        }

        SetStage(task, TaskStage.Waiting);
        (task.AgentId, task.HostName, task.AgentAddress) = (null, "", null);
        task.WasSeen = false;
        if (pending.Add(request, time.GetTimestamp())) offers.WantMore();
        needsPlacing = true;
        if (task.Latest is not { Phase: AttemptPhase.Waiting })
            Report(task, NewStatus(task, AttemptPhase.Waiting, problem));
    }

    private void Repeat(TrackedTask task)
    {
        if (task.Latest is { } latest) context.Link.Report(latest);
    }

    private void Kill(EngineInput.Kill kill)
    {
        if (!tasks.TryFind(kill.Id, out var task)) task = tasks.Add(kill.Id, kill.JobName);
        switch (task.Stage)
        {
            case TaskStage.Waiting:
                pending.Remove(task.Id);
                Conclude(task, NewStatus(task, AttemptPhase.Killed, "Killed while it waited for an offer."));
                break;
            case TaskStage.Ended:
                Repeat(task);
                break;
            case TaskStage.Absent:
                Report(task, NewStatus(task, AttemptPhase.NeverStarted, ""));
                break;
            default:
                // A master that does not know the task says so, which is the answer as well.
                task.Kill = new(kill.Grace, null);
                killing.Add(task.Id);
                SendKill(task);
                break;
        }
    }

    private void Reconcile(IReadOnlyList<KnownAttempt> attempts)
    {
        foreach (var attempt in attempts)
        {
            if (!tasks.TryFind(attempt.Id, out var task)) task = tasks.Add(attempt.Id, attempt.JobName);
            task.WasSeen |= attempt.HasBegun;
            Repeat(task);
            if (task.Stage is TaskStage.Unknown or TaskStage.Launched) reconciler.Add(task.Id);
            if (task.Stage == TaskStage.Absent) Report(task, NewStatus(task, AttemptPhase.NeverStarted, ""));
        }

        if (isListed) return;
        isListed = true;
        reconciler.WantImplicit(); // now what the master has and the node does not can be told apart
        needsPlacing = true;
    }

    private void Acknowledge(IReadOnlyList<AttemptId> attempts)
    {
        foreach (var id in attempts)
        {
            if (!tasks.TryFind(id, out var task)) continue;
            if (task.Stage is TaskStage.Waiting or TaskStage.Launched) continue; // the node means an older end
            if (task.End is { } end) context.Client.Acknowledge(end);
            Settle(task);
        }
    }

    private void RemoveLogs(IReadOnlyList<AttemptId> attempts)
    {
        foreach (var id in attempts) tasks.RemoveOutput(id);
    }

    private void FindOutput(EngineInput.FindOutput find) =>
        find.Found.TrySetResult(tasks.FindOutput(find.Id));

    /// <summary>It has ended; what is known of it is kept until the node says that the end is durable.</summary>
    private void Conclude(TrackedTask task, AttemptStatus status)
    {
        SetStage(task, TaskStage.Ended);
        Report(task, status);
    }

    private void Settle(TrackedTask task)
    {
        SetStage(task, TaskStage.Ended);
        tasks.Settle(task);
    }

    private void SetStage(TrackedTask task, TaskStage stage)
    {
        if (task.IsRunning) runningCount--;
        if (task.Stage == TaskStage.Launched) used = Minus(used, task.Resources);
        task.Stage = stage;
        if (stage == TaskStage.Launched) used = Plus(used, task.Resources);
        if (task.IsRunning) runningCount++;
        if (stage is TaskStage.Unknown or TaskStage.Launched) return;
        reconciler.Close(task.Id);
        killing.Remove(task.Id);
        silent.Remove(task.Id);
        task.SilentSince = null;
        if (stage == TaskStage.Ended) (task.Request, task.Kill) = (null, null);
    }
}
