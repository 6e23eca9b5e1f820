using System.Text.Json;
using Chronos.Core.Scheduling;
using Chronos.Core.Schedules;
using NodaTime;
using NodaTime.Text;

namespace Chronos.Core.Jobs;

/// <summary>How a job is shown to clients of Mesos Chronos.</summary>
public sealed record ChronosWriteOptions
{
    /// <summary>The zone of schedules that name none.</summary>
    public DateTimeZone DefaultZone { get; init; } = DateTimeZone.Utc;

    /// <summary>Shown for jobs that name no user: the server's <c>--user</c>.</summary>
    public string DefaultUser { get; init; } = JobDefaults.BuiltIn.RunAsUser;

    /// <summary>Whether <c>fetch</c> and <c>uris</c> both show all files, as in the list of jobs since 2.5.</summary>
    public bool MirrorFetch { get; init; }

    /// <summary>One job, in UTC, for <c>root</c>.</summary>
    public static readonly ChronosWriteOptions Default = new();
}

public static partial class JobWriter
{
    internal static readonly InstantPattern Milliseconds =
        InstantPattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd'T'HH':'mm':'ss'.'fff'Z'");

    /// <summary>Writes the union of the fields of Mesos Chronos 2.4 and 3.x in their order, then additions that differ
    /// from their defaults; secrets masked.</summary>
    public static void WriteChronos(Utf8JsonWriter json, JobSnapshot snapshot, ChronosWriteOptions options)
    {
        var (job, fields) = (snapshot.Job, new JobFieldWriter(json, all: true));
        json.WriteStartObject();
        WriteIdentity(fields, job);
        WriteCounters(fields, snapshot.State.Counters);
        fields.Number("cpus", job.Resources.Cpus, 0);
        fields.Number("disk", job.Resources.Disk, 0);
        fields.Number("mem", job.Resources.Mem, 0);
        fields.Flag("disabled", job.Disabled);
        fields.Flag("softError", job.Policy.SoftError);
        fields.Flag("dataProcessingJobType", job.Policy.DataProcessing);
        json.WriteNumber("errorsSinceLastSuccess", snapshot.State.Counters.ErrorsSinceLastSuccess);
        WriteChronosTask(fields, job, options);
        if (job.Schedule is { } schedule)
        {
            json.WriteString("schedule", ScheduleText(snapshot, schedule, options.DefaultZone));
            json.WriteString("scheduleTimeZone", schedule.TimeZone);
        }
        else
        {
            fields.Texts("parents", job.Parents);
        }

        WriteAdditions(new(json, all: false), job);
        json.WriteEndObject();
    }

    private static void WriteIdentity(JobFieldWriter fields, Job job)
    {
        fields.Text("name", job.Name);
        fields.Text("command", job.Command);
        fields.Flag("shell", job.Task.Shell);
        fields.Text("epsilon", EpsilonText(job.Schedule?.Epsilon ?? JobSchedule.DefaultEpsilon));
        fields.Text("executor", job.Task.Executor);
        fields.Text("executorFlags", job.Task.ExecutorFlags);
        fields.Text("taskInfoData", job.Task.TaskInfoData);
        fields.Whole("retries", job.Policy.Retries, 0);
        fields.Text("owner", job.Owner.Owner);
        fields.Text("ownerName", job.Owner.OwnerName);
        fields.Text("description", job.Description);
        fields.Flag("async", job.Policy.Async);
    }

    private static void WriteCounters(JobFieldWriter fields, JobCounters counters)
    {
        fields.Json.WriteNumber("successCount", counters.SuccessCount);
        fields.Json.WriteNumber("errorCount", counters.ErrorCount);
        fields.Text("lastSuccess", MomentText(counters.LastSuccess));
        fields.Text("lastError", MomentText(counters.LastError));
    }

    private static void WriteChronosTask(JobFieldWriter fields, Job job, ChronosWriteOptions options)
    {
        var task = job.Task;
        var mirrored = options.MirrorFetch ? FetchReader.Mirrored(task) : task.Fetch;
        fields.List("fetch", mirrored, WriteFetch);
        if (options.MirrorFetch) fields.Texts("uris", mirrored.Select(file => file.Uri).ToValueList());
        else fields.Texts("uris", task.Uris);
        fields.List("environmentVariables", task.Environment, WriteVariable);
        fields.Texts("arguments", task.Arguments);
        fields.Flag("highPriority", job.Policy.HighPriority);
        fields.Text("runAsUser", task.RunAsUser.Length > 0 ? task.RunAsUser : options.DefaultUser);
        fields.Flag("concurrent", job.Policy.Concurrency == Concurrency.Allow);
        fields.Whole("maxCompletionTime",
            job.Policy.Timeout is { } timeout ? RunPolicyReader.WholeSeconds(timeout) : 0, 0);
        if (task.Container is { } container) WriteContainer(fields.Json, container);
        fields.List("constraints", task.Constraints, WriteConstraint);
    }

    private static void WriteAdditions(JobFieldWriter fields, Job job)
    {
        WriteLabels(fields, job.Labels);
        fields.Word("trigger", job.Trigger, ParentTrigger.Success, JobWords.Triggers);
        fields.Whole("gpus", job.Resources.Gpus, 0);
        fields.Text("engine", job.Task.Engine);
        fields.Text("workingDirectory", job.Task.WorkingDirectory);
        WriteSecrets(fields, job.Task.Secrets, showSecrets: false);
        if (job.Policy.Timeout is { } timeout && timeout.SubsecondNanoseconds != 0)
            fields.Length("timeout", timeout); // maxCompletionTime shows whole seconds only
        if (job.Policy.Concurrency is Concurrency.Queue or Concurrency.Replace)
            fields.Word("concurrency", job.Policy.Concurrency, Concurrency.Skip, JobWords.Concurrencies);
        WritePolicyAdditions(fields, job.Policy);
        if (job.Schedule is { } schedule) WriteScheduleAdditions(fields, schedule);
    }

    /// <summary>The schedule as posted until an occurrence was decided; then what is left of it, which is where clients
    /// of Mesos Chronos read the next start from.</summary>
    private static string ScheduleText(JobSnapshot snapshot, JobSchedule schedule, DateTimeZone defaultZone)
    {
        if (!snapshot.State.HasFired) return schedule.Text;
        if (Parse(snapshot, schedule, defaultZone) is not { } iso) return schedule.Text; // cron, or unreadable by now
        var cursor = snapshot.State.Cursor;
        if (snapshot.Next is { } next) return iso.Canonical(next, iso.RemainingAfter(cursor));

        // Chronos shows where an ended schedule would have gone on.
        var unbounded = schedule with { Text = $"R{schedule.Text[schedule.Text.IndexOf('/')..]}" };
        var following = Parse(snapshot, unbounded, defaultZone)?.Next(cursor) ?? iso.Latest(cursor);
        return iso.Canonical(following?.At ?? iso.Start ?? cursor, 0);
    }

    private static IsoSchedule? Parse(JobSnapshot snapshot, JobSchedule schedule, DateTimeZone defaultZone) =>
        JobSchedules.Parse(snapshot.Job.Name, schedule, defaultZone).Schedule?.AnchoredAt(snapshot.State.Anchor)
            as IsoSchedule;

    /// <summary>Joda's text for the default of 60 seconds, which clients may compare.</summary>
    private static string EpsilonText(Duration epsilon) =>
        epsilon == JobSchedule.DefaultEpsilon ? "PT60S" : DurationText.Format(epsilon);

    private static string MomentText(Instant? moment) => moment is { } known ? Milliseconds.Format(known) : "";
}
