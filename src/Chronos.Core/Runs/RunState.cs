namespace Chronos.Core.Runs;

/// <summary>Where a run stands. <c>queued → starting → running</c>, then one of the final states. A retry leads from
/// starting or running back to queued.</summary>
public enum RunState
{
    /// <summary>Decided; waits for its turn, for room, or for the delay before a retry.</summary>
    Queued,

    /// <summary>The engine prepares the attempt.</summary>
    Starting,

    /// <summary>The attempt runs, or has ended and awaits its completion callback.</summary>
    Running,

    /// <summary>Final: ended well.</summary>
    Succeeded,

    /// <summary>Final: failed after its last retry.</summary>
    Failed,

    /// <summary>Final: ended because someone asked for it.</summary>
    Killed,

    /// <summary>Final: never started, for a reason such as overlap.</summary>
    Skipped,

    /// <summary>Final: never started, because its time had passed when it could be decided.</summary>
    Missed,

    /// <summary>Final: nobody can know how it ended.</summary>
    Lost,
}

/// <summary>Rules over <see cref="RunState"/>.</summary>
public static class RunStates
{
    /// <summary>Whether a run in this state never changes again.</summary>
    public static bool IsFinal(this RunState state) => state >= RunState.Succeeded;

    /// <summary>Whether a run may go from <paramref name="from"/> to <paramref name="to"/>.</summary>
    public static bool CanBecome(this RunState from, RunState to) => from switch
    {
        RunState.Queued => to is not RunState.Queued and not RunState.Missed,
        RunState.Starting => to is RunState.Running or RunState.Queued || IsOutcome(to),
        RunState.Running => to is RunState.Queued || IsOutcome(to),
        _ => false,
    };

    private static bool IsOutcome(RunState state) =>
        state is RunState.Succeeded or RunState.Failed or RunState.Killed or RunState.Lost;
}
