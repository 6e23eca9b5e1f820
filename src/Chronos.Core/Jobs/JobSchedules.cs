using Chronos.Core.Schedules;
using NodaTime;

namespace Chronos.Core.Jobs;

/// <summary>Turns the schedule of a job into one that computes occurrences. The one place that decides how, so that
/// the API, the scheduler and previews agree.</summary>
public static class JobSchedules
{
    /// <summary>Parses a job's schedule; <c>H</c> fields are spread by the job's name.</summary>
    public static ScheduleParseResult Parse(string jobName, JobSchedule schedule, DateTimeZone defaultZone) =>
        ScheduleParser.Parse(schedule.Text, new ScheduleOptions
        {
            TimeZone = schedule.TimeZone,
            Gap = schedule.Gap,
            Overlap = schedule.Overlap,
            HashSeed = StableHash.Of(jobName),
            DefaultZone = defaultZone,
        });
}
