using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using NodaTime;
using NodaTime.Text;

namespace Chronos.Microbench;

/// <summary>Jobs and states like those of an ordinary installation.</summary>
internal static class Samples
{
    public static readonly Instant Now = Instant.FromUtc(2026, 11, 21, 3, 0);

    /// <summary>A job that is due at <see cref="Now"/> and each hour from then.</summary>
    public static Job Hourly(int number) => new()
    {
        Name = $"job-{number:0000000}",
        Command = $"echo {number}",
        Schedule = new() { Text = $"R/{InstantPattern.ExtendedIso.Format(Now)}/PT1H" },
    };

    /// <summary>The state of a job while a run of it is under way.</summary>
    public static JobState Busy(Job job)
    {
        var id = RunId.For(job.Name, 1, Now, "");
        return new()
        {
            Incarnation = 1,
            Revision = 3,
            CreatedAt = Now,
            UpdatedAt = Now,
            Anchor = Now,
            Cursor = Now,
            HasFired = true,
            ActiveRuns =
            [
                new() { Id = id, Cause = RunCause.Schedule, Nominal = Now, CreatedAt = Now, Attempt = 1 },
            ],
        };
    }

    /// <summary>A run that has succeeded.</summary>
    public static Run Succeeded(string job, Instant nominal) => new()
    {
        Id = RunId.For(job, 1, nominal, ""),
        Cause = RunCause.Schedule,
        Nominal = nominal,
        CreatedAt = nominal,
        State = RunState.Succeeded,
        Attempt = 1,
        StartedAt = nominal,
        EndedAt = nominal + Duration.FromSeconds(1),
        Attempts =
        [
            new()
            {
                Number = 1,
                Outcome = RunState.Succeeded,
                StartedAt = nominal,
                EndedAt = nominal + Duration.FromSeconds(1),
                ExitCode = 0,
            },
        ],
    };
}
