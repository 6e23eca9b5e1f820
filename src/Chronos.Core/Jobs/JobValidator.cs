using Chronos.Core.Schedules;
using NodaTime;

namespace Chronos.Core.Jobs;

/// <summary>The rules that concern a job as a whole, or that no JSON type expresses. Ranges and sizes of single fields
/// are checked where they are read.</summary>
public static class JobValidator
{
    private const int LabelKeyLengthMax = 255;

    /// <summary>Mesos Chronos refused earlier starts: a time without a date is read as 1 January 1970.</summary>
    private static readonly Instant EarliestStart = Instant.FromUnixTimeSeconds(1);

    /// <summary>Every rule that <paramref name="job"/> breaks; empty: it is valid.</summary>
    public static ValueList<Violation> Validate(Job job, DateTimeZone defaultZone)
    {
        var found = new List<Violation>();
        if (JobNames.Check("name", job.Name) is { } name) found.Add(name);
        CheckParents(job, found);
        CheckLabels(job, found);
        CheckTask(job.Task, found);
        CheckVariables(job.Task, found);
        CheckConcurrency(job.Policy, found);
        if (job.Schedule is { } schedule) CheckSchedule(job, schedule, defaultZone, found);
        return found.ToValueList();
    }

    private static void CheckParents(Job job, List<Violation> found)
    {
        if (job.Schedule is not null && !job.Parents.IsEmpty)
            found.Add(new("schedule", job.Schedule.Text, "A job has a schedule or parents, not both.",
                "Remove 'schedule' or 'parents'."));
        if (job.Parents.IsEmpty && job.Trigger != ParentTrigger.Success)
            found.Add(new("trigger", JobWords.Triggers.Of(job.Trigger),
                "'trigger' needs parents, and the job has none.", "Name parents or remove 'trigger'."));
        foreach (var parent in job.Parents)
        {
            if (parent == job.Name)
                found.Add(new("parents", parent, "A job cannot be its own parent.", "Remove it from its parents."));
            else if (JobNames.Check("parents", parent) is { } violation)
                found.Add(violation with { Remedy = "Name existing jobs." });
        }
    }

    private static void CheckLabels(Job job, List<Violation> found)
    {
        foreach (var label in job.Labels)
            if (label.Key.Length is 0 or > LabelKeyLengthMax || label.Key.Any(char.IsControl))
                found.Add(new("labels", ReadLog.Cut(label.Key),
                    $"The key of a label has 1 to {LabelKeyLengthMax} characters, none of them a control character.",
                    "Change the key."));
    }

    private static void CheckTask(TaskOptions task, List<Violation> found)
    {
        var folder = task.WorkingDirectory;
        var drive = folder.Length > 2 && char.IsAsciiLetter(folder[0]) && folder[1] == ':' && folder[2] is '\\' or '/';
        if (folder.Length > 0 && folder[0] != '/' && !drive)
            found.Add(new("workingDirectory", ReadLog.Cut(folder), "The working directory must be an absolute path.",
                "Begin it with '/'."));

        for (var i = 0; i < task.Fetch.Count; i++) CheckOutputFile($"fetch[{i}].output_file", task.Fetch[i], found);
        if (task.Uris.Contains(""))
            found.Add(new("uris", "", "An address must not be empty.", "Remove the empty one."));
        for (var i = 0; i < task.Constraints.Count; i++)
            CheckConstraint($"constraints[{i}]", task.Constraints[i], found);
    }

    private static void CheckOutputFile(string field, FetchUri file, List<Violation> found)
    {
        var path = file.OutputFile;
        if (path.Length == 0 || (path[0] is not ('/' or '\\') && !path.Split('/', '\\').Contains(".."))) return;
        found.Add(new(field, ReadLog.Cut(path), "The file must lie in the sandbox of the run.",
            "Give a relative path without '..'."));
    }

    private static void CheckConstraint(string field, Constraint constraint, List<Violation> found)
    {
        if (constraint.Attribute.Length == 0)
            found.Add(new($"{field}[0]", "", "A constraint needs the name of an attribute.", "Name the attribute."));
        if (constraint.Operator == ConstraintOperator.Equals) return;
        if (!ConstraintPattern.TryCreate(constraint.Value, out _, out var fault))
            found.Add(new($"{field}[2]", ReadLog.Cut(constraint.Value),
                $"The value must be a regular expression of .NET ({ReadLog.Cut(fault)}).", "Correct the expression."));
    }

    private static void CheckVariables(TaskOptions task, List<Violation> found)
    {
        foreach (var secret in task.Secrets)
            if (task.Environment.Any(variable => variable.Name == secret.Name))
                found.Add(new("secrets", secret.Name, "A secret must not have the name of an environment variable.",
                    "Remove one of the two."));
    }

    private static void CheckConcurrency(RunPolicy policy, List<Violation> found)
    {
        if (policy.MaxConcurrent > 0 && policy.Concurrency is Concurrency.Skip or Concurrency.Replace)
            found.Add(new("maxConcurrent", policy.MaxConcurrent.ToString(),
                "'maxConcurrent' needs concurrency 'allow' or 'queue'.",
                "Set 'concurrency' or remove 'maxConcurrent'."));
    }

    private static void CheckSchedule(Job job, JobSchedule schedule, DateTimeZone defaultZone, List<Violation> found)
    {
        if (schedule.StartAfter is { } from && schedule.EndBefore is { } until && until <= from)
            found.Add(new("endBefore", until.ToString(), "'endBefore' must be later than 'startAfter'.",
                "Change one of the two."));

        var parsed = JobSchedules.Parse(job.Name, schedule, defaultZone);
        foreach (var error in parsed.Errors) found.Add(ToViolation(error, schedule));
        if (parsed.Schedule?.Start < EarliestStart)
            found.Add(new("schedule", ReadLog.Cut(schedule.Text), "The schedule must not start before 1970.",
                "Give a start with a date after 1 January 1970."));
    }

    private static Violation ToViolation(ScheduleError error, JobSchedule schedule)
    {
        var field = error.Code == "zone-unknown" && schedule.TimeZone.Length > 0 ? "scheduleTimeZone" : "schedule";
        var value = field == "schedule" ? schedule.Text : schedule.TimeZone;
        var split = error.Message.LastIndexOf("; ", StringComparison.Ordinal);
        return split < 0
            ? new(field, ReadLog.Cut(value), error.Message, "Correct the schedule.")
            : new(field, ReadLog.Cut(value), $"{error.Message[..split]}.",
                $"{char.ToUpperInvariant(error.Message[split + 2])}{error.Message[(split + 3)..]}");
    }
}
