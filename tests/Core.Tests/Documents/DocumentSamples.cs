using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using NodaTime;

namespace Chronos.Core.Tests.Documents;

/// <summary>Documents in which every field differs from its default, so that a field a codec forgets shows.</summary>
internal static class DocumentSamples
{
    public static readonly Instant At = Instant.FromUtc(2026, 11, 21, 3, 0).PlusTicks(1_234_567);

    public static Run FullRun => new()
    {
        Id = RunId.For("a \"b\" ü", 7, At, "x"),
        Cause = new(RunCauseKind.Repeat, "01J"),
        Nominal = At,
        CreatedAt = At.PlusTicks(1),
        State = RunState.Failed,
        Reason = "Exit code 3. \"Quoted\", ünïcödé, 🚀.",
        Attempt = 2,
        StartedAt = At.PlusTicks(2),
        EndedAt = At.PlusTicks(3),
        RetryAt = At.PlusTicks(4),
        Attempts = [FullAttempt, new() { Number = 2, Outcome = RunState.Lost, EndedAt = At }],
        Kill = new(KillReason.Timeout, "system", At.PlusTicks(5)),
        Agent = "agent-1",
        Engine = "mesos",
        AwaitsCallback = true,
        Arguments = "",
        Environment = [new("A", "1"), new("A", ""), new("Ü", "\u0001\n")],
        Progress = long.MaxValue,
        Range = new(At.PlusTicks(6), 12),
    };

    public static Attempt FullAttempt => new()
    {
        Number = 1,
        Outcome = RunState.Failed,
        StartedAt = At,
        EndedAt = At.PlusTicks(9),
        ExitCode = -3,
        Signal = 9,
        Message = "killed",
        Agent = "agent-0",
    };

    public static Run SmallRun => new()
    {
        Id = RunId.For("job", 1, Instant.FromUtc(2026, 1, 1, 0, 0), ""),
        Cause = RunCause.Schedule,
        Nominal = Instant.FromUtc(2026, 1, 1, 0, 0),
        CreatedAt = Instant.FromUtc(2026, 1, 1, 0, 0),
    };

    public static JobState FullState => new()
    {
        Incarnation = long.MaxValue,
        Revision = 3,
        CreatedAt = At,
        UpdatedAt = At.PlusTicks(1),
        Anchor = At.PlusTicks(2),
        Cursor = At.PlusTicks(3),
        HasFired = true,
        Counters = new()
        {
            SuccessCount = 1,
            ErrorCount = 2,
            ErrorsSinceLastSuccess = 3,
            LastSuccess = At,
            LastError = At.PlusTicks(1),
        },
        DisabledReason = "failed too often",
        ActiveRuns = [FullRun, SmallRun],
        FinishedParents = ["a", "b \"c\""],
        Backfills = [new("b1", At, At.PlusTicks(1), At.PlusTicks(2), 4, "me")],
        LastRun = new(FullRun.Id, RunState.Killed, At, At.PlusTicks(1), At.PlusTicks(2)),
        KeyedStarts = [new(ulong.MaxValue - 5, FullRun.Id, At)],
    };

    public static JobState SmallState => new()
    {
        Incarnation = 1,
        Revision = 1,
        CreatedAt = SmallRun.Nominal,
        UpdatedAt = SmallRun.Nominal,
        Anchor = SmallRun.Nominal,
        Cursor = SmallRun.Nominal,
    };
}
