using Chronos.Core.Scheduling;
using NodaTime;

namespace Chronos.Core.Jobs;

public static partial class JobWriter
{
    /// <summary>The schedule as clients of Mesos Chronos see it, which is what is left of it; empty: there is
    /// none.</summary>
    public static string ChronosSchedule(JobSnapshot snapshot, DateTimeZone defaultZone) =>
        snapshot.Job.Schedule is { } schedule ? ScheduleText(snapshot, schedule, defaultZone) : "";
}
