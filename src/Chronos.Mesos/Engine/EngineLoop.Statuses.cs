using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Mesos.Protocol;
using Chronos.Mesos.Protocol.Scheduler;
using Chronos.Mesos.Tasks;
using Microsoft.Extensions.Logging;
using NodaTime;
using Resources = Chronos.Core.Jobs.Resources;

namespace Chronos.Mesos.Engine;

/// <summary>What masters and agents say of tasks. Every status may be late, repeated or out of order.</summary>
internal sealed partial class EngineLoop
{
    private const int RefusalsMax = 5;
    private static readonly string IdStaysTaken = $"Mesos refused the launch {RefusalsMax} times, because it still "
        + "knows an earlier one of this attempt, which never ran and whose agent may be out of reach.";

    private Resources used = new(0, 0, 0);
    private int runningCount;

    private void HearStatus(TaskStatus status)
    {
        if (!AttemptId.TryParse(status.TaskId.Value, out var id) || !tasks.TryFind(id, out var task))
        {
            HearOfStranger(status);
            return;
        }

        var isSuspect = task.WasSeen || (status.State == TaskState.TaskUnknown && task.AgentId is not null);
        var verdict = TaskVerdict.Of(status, isSuspect, isKillAsked: task.Kill is not null);
        var isAbsent = verdict.Phase == AttemptPhase.NeverStarted
            || status.State is TaskState.TaskUnknown or TaskState.TaskGone or TaskState.TaskLost;
        if (!task.Answers.Take(status, isAbsent))
        {
            Confirm(status);
            if (task.Stage == TaskStage.Launched) reconciler.Add(id); // it may be true all the same, which can be asked
            return;
        }

        reconciler.Close(id);
        if (task.Stage == TaskStage.Ended) HearAfterEnd(task, status, verdict);
        else if (IsIdTaken(status)) HearIdTaken(task);
        else if (verdict.Phase is not { } phase) AwaitAgent(task, status);
        else if (phase == AttemptPhase.NeverStarted) HearAbsent(task, status);
        else if (phase < AttemptPhase.Finished) HearProgress(task, status, phase);
        else HearEnd(task, status, verdict);
    }

    // Nobody here waits for it: it was replaced, or its end is durable already. Before the node has told its list it
    // may yet turn out to be known; what carries a uuid is then said again.
    private void HearOfStranger(TaskStatus status)
    {
        if (!isListed) return;
        Confirm(status);
        if (!IsAlive(status.State)) return;
        LogStranger(status.TaskId.Value, status.State);
        SendKill(status.TaskId.Value, status.AgentId?.Value, null);
    }

    private void HearAfterEnd(TrackedTask task, TaskStatus status, TaskVerdict verdict)
    {
        var isEnd = verdict.Phase is >= AttemptPhase.Finished;
        if (isEnd && status.HasUuid && IsTerminal(status.State)) task.End = status; // to be acknowledged with the end
        else Confirm(status);
        var wasGivenUp = task.Latest is { Phase: AttemptPhase.Gone or AttemptPhase.Doubtful };
        if (wasGivenUp && IsAlive(status.State))
            SendKill(status.TaskId.Value, status.AgentId?.Value, null);
    }

    // Its agent is out of reach, or has come back and not yet said why the task ended.
    private void AwaitAgent(TrackedTask task, TaskStatus status)
    {
        Confirm(status);
        Locate(task, status);
        var hasEnded = IsTerminal(status.State) && status.State != TaskState.TaskLost;
        if (task.Stage == TaskStage.Waiting)
        {
            if (!hasEnded) return;
            pending.Remove(task.Id); // an earlier launch of it did arrive
        }

        task.WasSeen = true;
        if (task.Stage == TaskStage.Unknown || hasEnded) SetStage(task, TaskStage.Launched);
        if (task.SilentSince is not null) return;
        task.SilentSince = time.GetTimestamp();
        silent.Add(task.Id);
    }

    private static bool IsIdTaken(TaskStatus status) => status.State == TaskState.TaskError
        && (status.Message.StartsWith("Task has duplicate ID", StringComparison.Ordinal)
            || status.Message.StartsWith("Task reuses the ID of an unreachable task", StringComparison.Ordinal));

    // An earlier launch under the id is still known: it arrived after all, or its agent has not been told that its end
    // is known here, or is out of reach and cannot be told. Which of them it is, the master will say.
    private void HearIdTaken(TrackedTask task)
    {
        if (task.Refusals++ == 0 || task.Stage != TaskStage.Launched) reconciler.Add(task.Id);
        else Watch(task); // asked for later: until then agents repeat themselves
    }

    // A launch that never arrived is made again; that is certain, so it is safe.
    private void HearAbsent(TrackedTask task, TaskStatus status)
    {
        Confirm(status);
        if (task.Stage is TaskStage.Waiting or TaskStage.Absent) return;
        if (task.Refusals < RefusalsMax || task.Kill is not null) WaitUnlessKilled(task);
        else Conclude(task, NewStatus(task, AttemptPhase.Failed, IdStaysTaken));
    }

    private void HearProgress(TrackedTask task, TaskStatus status, AttemptPhase phase)
    {
        if (task.Stage == TaskStage.Waiting) pending.Remove(task.Id); // an earlier launch of it did arrive
        if (task.Stage != TaskStage.Launched) SetStage(task, TaskStage.Launched);
        Locate(task, status);
        (task.WasSeen, task.SilentSince) = (true, null);
        silent.Remove(task.Id);
        if (status.HasUuid) task.Request = null; // an agent has it
        var isLate = task.Latest is { Phase: AttemptPhase.Running } && phase < AttemptPhase.Running;
        if (status is { State: TaskState.TaskRunning, HasUuid: true }) task.StartedAt ??= TimeOf(status);
        var now = NewStatus(task, phase, "");
        if (!isLate && now != task.Latest) Report(task, now); // agents repeat themselves
        Confirm(status);
        if (task.Kill is { SentAt: null }) SendKill(task);
    }

    private void HearEnd(TrackedTask task, TaskStatus status, TaskVerdict verdict)
    {
        if (task.Stage == TaskStage.Waiting) pending.Remove(task.Id);
        Locate(task, status);
        if (status.HasUuid && IsTerminal(status.State)) task.End = status;
        var phase = verdict.Phase ?? throw new InvalidOperationException("An end without a phase.");
        Conclude(task, NewStatus(task, phase, MessageOf(status, phase)) with
        {
            EndedAt = TimeOf(status),
            ExitCode = verdict.ExitCode,
            Signal = verdict.Signal,
        });
    }

    // Says that the status was taken. Ends of attempts are confirmed when they are durable, these when they are heard.
    private void Confirm(TaskStatus status) => context.Client.Acknowledge(status);

    private void Locate(TrackedTask task, TaskStatus status)
    {
        if (status.AgentId is { } agent) task.AgentId ??= agent.Value;
        if (task.AgentId is null || task.HostName.Length > 0) return;
        task.HostName = context.Agents.Find(task.AgentId)?.HostName ?? ""; // soon after a start it is not known yet
    }

    private static string MessageOf(TaskStatus status, AttemptPhase phase)
    {
        if (phase == AttemptPhase.Finished) return "";
        var text = status.Message.Trim();
        if (!status.HasReason || status.Reason == TaskStatus.Types.Reason.CommandExecutorFailed) return text;
        var reason = text.Length == 0 ? $"Mesos gives the reason {status.Reason}" : $"{text} ({status.Reason})";
        return phase == AttemptPhase.Doubtful && TaskVerdict.IsExecutorLost(status)
            ? $"{reason}; how the command ended is not known."
            : reason;
    }

    private static Instant? TimeOf(TaskStatus status) => status.HasTimestamp
        ? Instant.FromUnixTimeMilliseconds((long)(status.Timestamp * 1000))
        : null;

    private static bool IsTerminal(TaskState state) => state is TaskState.TaskFinished or TaskState.TaskFailed
        or TaskState.TaskKilled or TaskState.TaskError or TaskState.TaskLost or TaskState.TaskDropped
        or TaskState.TaskGone or TaskState.TaskGoneByOperator;

    // Those that are out of reach or not known cannot be killed, and a master answers a kill with their state again.
    private static bool IsAlive(TaskState state) =>
        state is TaskState.TaskStaging or TaskState.TaskStarting or TaskState.TaskRunning;

    private static Resources Plus(Resources a, Resources b) => new(
        Round(a.Cpus + b.Cpus), Round(a.Mem + b.Mem), Round(a.Disk + b.Disk));

    private static Resources Minus(Resources a, Resources b) => new(
        Round(a.Cpus - b.Cpus), Round(a.Mem - b.Mem), Round(a.Disk - b.Disk));

    // Sums of tenths drift; Mesos itself counts in thousandths.
    private static double Round(double amount) => Math.Max(0, Math.Round(amount, 3));

    [LoggerMessage(Level = LogLevel.Information, Message = "Task {Task} is nobody's and is {State}; it is killed")]
    private partial void LogStranger(string task, TaskState state);
}
