using Chronos.Core.Jobs;
using Chronos.Core.Schedules;
using Chronos.Runtime.Node;
using NodaTime;

namespace Chronos.Server.Endpoints.Compatibility;

/// <summary>Says broken rules in one line that begins with the sentence Mesos Chronos had for them, where it had one,
/// so that scripts which look for it still find it.</summary>
internal static class ChronosMessages
{
    /// <summary>The line for the first of the violations, with the number of further ones.</summary>
    public static string For(IReadOnlyList<Violation> violations, string jobName, JobDirectory jobs)
    {
        if (violations.Count == 0) return "The request was refused.";
        var first = violations[0];
        var detail = OneLine(first.ToString());
        var known = Known(first, jobName, jobs);
        var message = known.Length == 0 ? detail : $"{OneLine(known)} ({detail})";
        return violations.Count == 1 ? message : $"{message} (and {violations.Count - 1} more, see violations)";
    }

    private static string Known(Violation violation, string jobName, JobDirectory jobs) => violation.Field switch
    {
        "name" => @"the job's name is invalid. Allowed names: '([\w\s\.#-]+)'",
        "schedule" or "scheduleTimeZone" => OfSchedule(violation.Value ?? ""),
        "parents" when violation.Value is null or "[]" or "null" => "Error, parent does not exist",
        "parents" when jobs.Find(violation.Value) is null =>
            $"JobSchedule {jobName} does not have all parents defined!",
        "uris" when violation.Value is null =>
            $"Tried to add both uri (deprecated) and fetch parameters on {jobName}",
        _ => "",
    };

    private static string OfSchedule(string text)
    {
        var parsed = ScheduleParser.Parse(text, new ScheduleOptions());
        if (parsed.Schedule is null) return $"Cannot parse schedule '{text}'";
        return parsed.Schedule.Start is { } start && start < Instant.FromUnixTimeSeconds(1)
            ? $"Scheduled start date '{start}' is before 1970!"
            : "";
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
