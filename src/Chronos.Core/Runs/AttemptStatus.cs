using NodaTime;

namespace Chronos.Core.Runs;

/// <summary>Where an attempt stands, as its engine says. A status may be repeated, late or out of order.</summary>
public sealed record AttemptStatus
{
    private readonly CompactInstant startedAt;
    private readonly CompactInstant endedAt;

    /// <summary>The attempt.</summary>
    public required AttemptId Id { get; init; }

    /// <summary>Name of its job.</summary>
    public required string JobName { get; init; }

    /// <summary>Where it stands.</summary>
    public required AttemptPhase Phase { get; init; }

    /// <summary>When it began to run; null: it has not, or unknown.</summary>
    public Instant? StartedAt
    {
        get => startedAt.OrNull;
        init => startedAt = CompactInstant.Of(value);
    }

    /// <summary>When it ended; null: it has not, or unknown.</summary>
    public Instant? EndedAt
    {
        get => endedAt.OrNull;
        init => endedAt = CompactInstant.Of(value);
    }

    /// <summary>Exit code; null: has not exited, was ended by a signal, or unknown.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Number of the signal that ended it; null: none, or unknown.</summary>
    public int? Signal { get; init; }

    /// <summary>What the engine says about it, for people; empty: nothing.</summary>
    public string Message { get; init; } = "";

    /// <summary>The machine or agent; empty: unknown.</summary>
    public string Agent { get; init; } = "";
}

/// <summary>Where an attempt stands at its engine.</summary>
public enum AttemptPhase
{
    /// <summary>Accepted; waits for room.</summary>
    Waiting,

    /// <summary>Being prepared, for example files are fetched.</summary>
    Starting,

    /// <summary>Runs.</summary>
    Running,

    /// <summary>Ended with exit code 0.</summary>
    Finished,

    /// <summary>Ended otherwise, or could not be started. Certain: it does not run any more.</summary>
    Failed,

    /// <summary>Ended by a kill that was asked for.</summary>
    Killed,

    /// <summary>Answer to a reconciliation: the engine never got this attempt, so starting it again is safe.</summary>
    NeverStarted,

    /// <summary>Its machine is gone, and it with it. Certain: it does not run any more.</summary>
    Gone,

    /// <summary>It may have run, nobody can know how it ended, and it does not run any more.</summary>
    Doubtful,
}
