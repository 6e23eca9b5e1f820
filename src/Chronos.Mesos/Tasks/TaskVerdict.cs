using System.Globalization;
using System.Text.RegularExpressions;
using Chronos.Core.Runs;
using Chronos.Mesos.Protocol;
using Reason = Chronos.Mesos.Protocol.TaskStatus.Types.Reason;

namespace Chronos.Mesos.Tasks;

/// <summary>What a status of Mesos means for an attempt. Pure.</summary>
/// <param name="Phase">Where the attempt stands; null: nobody can know before its agent speaks again.</param>
/// <param name="ExitCode">Exit code; null: none, or unknown.</param>
/// <param name="Signal">Number of the signal that ended it; null: none, or unknown.</param>
internal sealed partial record TaskVerdict(AttemptPhase? Phase, int? ExitCode = null, int? Signal = null)
{
    private const string LatestState = "Reconciliation: Latest task state"; // not "Task is unknown to the agent"

    private static readonly string[] SignalNames =
    [
        "", "Hangup", "Interrupt", "Quit", "Illegal instruction", "Trace/breakpoint trap", "Aborted", "Bus error",
        "Floating point exception", "Killed", "User defined signal 1", "Segmentation fault", "User defined signal 2",
        "Broken pipe", "Alarm clock", "Terminated",
    ];

    /// <summary>Judges a status.</summary>
    /// <param name="status">What the master sent.</param>
    /// <param name="wasSeen">Whether an agent has ever said anything about the task, so that it may have run.</param>
    /// <param name="isKillAsked">Whether it was to end, so that nobody wonders why it did.</param>
    internal static TaskVerdict Of(TaskStatus status, bool wasSeen, bool isKillAsked) => status.State switch
    {
        TaskState.TaskFailed or TaskState.TaskGone when IsSecondHand(status) => new((AttemptPhase?)null),
        TaskState.TaskFailed or TaskState.TaskGone when IsExecutorLost(status) && !isKillAsked =>
            new(AttemptPhase.Doubtful),
        TaskState.TaskStaging or TaskState.TaskStarting => new(AttemptPhase.Starting),
        TaskState.TaskRunning or TaskState.TaskKilling => new(AttemptPhase.Running),
        TaskState.TaskFinished => new(AttemptPhase.Finished, ExitCode: 0),
        TaskState.TaskFailed => WithExit(AttemptPhase.Failed, status.Message),
        TaskState.TaskKilled => WithExit(AttemptPhase.Killed, status.Message),
        TaskState.TaskError => new(AttemptPhase.Failed), // refused; the same task would be refused again
        TaskState.TaskDropped => new(AttemptPhase.NeverStarted), // it never got to an executor
        TaskState.TaskLost => Lost(status),
        TaskState.TaskUnreachable => new((AttemptPhase?)null),
        TaskState.TaskGone or TaskState.TaskGoneByOperator =>
            new(wasSeen || !IsReconciliation(status) ? AttemptPhase.Gone : AttemptPhase.NeverStarted),
        TaskState.TaskUnknown => new(wasSeen ? AttemptPhase.Doubtful : AttemptPhase.NeverStarted),
        _ => new((AttemptPhase?)null), // newer than this program: the next status may be known again
    };

    // Without the capability PARTITION_AWARE everything would be lost; with it only what a master cannot tell better.
    private static TaskVerdict Lost(TaskStatus status) => status.HasReason && status.Reason == Reason.InvalidOffers
        ? new(AttemptPhase.NeverStarted)
        : new((AttemptPhase?)null);

    /// <summary>Whether the agent says only that the executor ended, or did not come back, without a word about its
    /// task: agents call the task failed or gone, but its command may have done its work. An executor ends soon after
    /// its command, and an agent that was restarting then never heard of it.</summary>
    internal static bool IsExecutorLost(TaskStatus status) => status is
    {
        HasReason: true, Reason: Reason.ExecutorTerminated or Reason.ExecutorReregistrationTimeout,
    };

    // Of tasks whose agent has come back, and of those that they are asked for, masters say how they ended and not why;
    // but an executor that was lost is no failure. The agent itself tells both until that is confirmed. Of their own,
    // masters call no task failed, and gone only what its agent does not know.
    private static bool IsSecondHand(TaskStatus status) => !status.HasUuid && status.HasReason
        && (status.Reason == Reason.AgentReregistered || (IsReconciliation(status)
            && (status.State == TaskState.TaskFailed || status.Message == LatestState)));

    private static bool IsReconciliation(TaskStatus status) =>
        status.HasReason && status.Reason == Reason.Reconciliation;

    // Executors tell the exit only in words. Agents tell of programs of theirs with the same ones, further on in a
    // text.
    private static TaskVerdict WithExit(AttemptPhase phase, string message)
    {
        if (ExitText().Match(message) is { Success: true } exit
            && int.TryParse(exit.Groups[1].Value, CultureInfo.InvariantCulture, out var code))
            return new(phase, ExitCode: code);
        if (SignalText().Match(message) is not { Success: true } signal) return new(phase);
        var number = Array.IndexOf(SignalNames, signal.Groups[1].Value);
        return new(phase, Signal: number > 0 ? number : null);
    }

    [GeneratedRegex(@"^\w+ exited with status (\d{1,9})\b", RegexOptions.CultureInvariant)]
    private static partial Regex ExitText();

    [GeneratedRegex(@"^\w+ terminated with signal ([^(]+?)(?: \(core dumped\))?$", RegexOptions.CultureInvariant)]
    private static partial Regex SignalText();
}
