using Google.Protobuf;

namespace Chronos.Mesos.Tasks;

/// <summary>Tells answers that a master has given before a launch from those after it. An attempt may be launched a
/// second time under its id, when it is certain that the first launch never arrived; an older "there is no such task"
/// that is still on its way must not be taken for the second. Pure.</summary>
internal sealed class ReconciliationAnswers
{
    private readonly HashSet<ByteString> absences = []; // that agents have told: they repeat what gets no answer
    private int outstanding;
    private int stale;
    private double? absentAt; // by the master's clock, when it said last that there is no such task
    private double? presentAt; // the same, that there is one

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
        if (status.HasUuid) return !isAbsent || absences.Add(status.Uuid); // agents have clocks of their own
        var time = status.HasTimestamp ? status.Timestamp : (double?)null;
        var isAnswer = status is { HasReason: true, Reason: TaskStatus.Types.Reason.Reconciliation };
        var isStale = isAnswer && stale > 0;
        if (isAnswer && outstanding > 0) outstanding--;
        if (isStale) stale--;
        if (!isAbsent)
        {
            if (time > (presentAt ?? 0)) presentAt = time;
            return true;
        }

        if (isStale || time <= absentAt || time < presentAt) return false;
        absentAt = time ?? absentAt;
        return true;
    }
}
