namespace Chronos.Mesos.Tasks;

/// <summary>Tells answers that a master has given before a launch from those after it. An attempt may be launched a
/// second time under its id, when it is certain that the first launch never arrived; an older "there is no such task"
/// that is still on its way must not be taken for the second. Pure.</summary>
internal sealed class ReconciliationAnswers
{
    private int outstanding;
    private int stale;
    private double? absentAt; // by the clock of whoever said last that there is no such task
    private double? presentAt; // by the master's clock, that there is one

    /// <summary>A question goes out.</summary>
    internal void Ask() => outstanding++;

    /// <summary>A launch goes out: what was asked before is answered without knowing of it.</summary>
    internal void Launch() => stale = outstanding;

    /// <summary>Another subscription: what was asked before is not answered any more.</summary>
    internal void Reset() => (outstanding, stale, presentAt) = (0, 0, null);

    /// <summary>Takes a status.</summary>
    /// <param name="status">What the master sent.</param>
    /// <param name="isAbsent">Whether it says that there is no such task.</param>
    /// <returns>Whether it counts.</returns>
    internal bool Take(TaskStatus status, bool isAbsent)
    {
        var time = status.HasTimestamp ? status.Timestamp : (double?)null;
        var isAnswer = status is { HasUuid: false, HasReason: true, Reason: TaskStatus.Types.Reason.Reconciliation };
        var isStale = isAnswer && stale > 0;
        if (isAnswer && outstanding > 0) outstanding--;
        if (isStale) stale--;
        if (!isAbsent)
        {
            if (!status.HasUuid && time > (presentAt ?? 0)) presentAt = time;
            return true;
        }

        if (isStale || time <= absentAt || time < presentAt) return false;
        absentAt = time ?? absentAt;
        return true;
    }
}
