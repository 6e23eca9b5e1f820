using System.Text.Json;
using NodaTime;
using NodaTime.Text;

namespace Chronos.Core.Jobs;

/// <summary>Writes jobs as JSON: for clients of Mesos Chronos, for clients of the native API, and for the state store.
/// What it writes, <see cref="JobReader"/> reads back as the same job.</summary>
public static partial class JobWriter
{
    /// <summary>Stands for the value of a secret, which is never shown; read back, it keeps the stored value.</summary>
    public const string Mask = "********";

    /// <summary>Writes every field of a definition, secrets masked.</summary>
    public static void WriteNative(Utf8JsonWriter json, Job job)
    {
        json.WriteStartObject();
        WriteDefinition(new(json, all: true), job, showSecrets: false);
        json.WriteEndObject();
    }

    /// <summary>Writes the compact document of the state store, <b>secrets included</b>: a version and the fields that
    /// differ from the built-in defaults.</summary>
    public static void WriteStored(Utf8JsonWriter json, Job job)
    {
        json.WriteStartObject();
        json.WriteNumber("v", JobReader.StoredVersion);
        WriteDefinition(new(json, all: false), job, showSecrets: true);
        json.WriteEndObject();
    }

    private static void WriteDefinition(JobFieldWriter fields, Job job, bool showSecrets)
    {
        fields.Text("name", job.Name);
        fields.Text("description", job.Description);
        fields.Text("owner", job.Owner.Owner);
        fields.Text("ownerName", job.Owner.OwnerName);
        WriteLabels(fields, job.Labels);
        fields.Flag("disabled", job.Disabled);
        WriteStart(fields, job);
        fields.Text("command", job.Command);
        WriteTask(fields, job.Task, showSecrets);
        fields.Number("cpus", job.Resources.Cpus, Resources.Default.Cpus);
        fields.Number("mem", job.Resources.Mem, Resources.Default.Mem);
        fields.Number("disk", job.Resources.Disk, Resources.Default.Disk);
        fields.Whole("gpus", job.Resources.Gpus, 0);
        WritePolicy(fields, job.Policy);
    }

    private static void WriteStart(JobFieldWriter fields, Job job)
    {
        if (job.Schedule is { } schedule)
        {
            fields.Text("schedule", schedule.Text);
            fields.Text("scheduleTimeZone", schedule.TimeZone);
            fields.Length("epsilon", schedule.Epsilon, JobSchedule.DefaultEpsilon);
            WriteScheduleAdditions(fields, schedule);
        }
        else if (fields.All)
        {
            fields.Json.WriteNull("schedule");
        }

        fields.Texts("parents", job.Parents);
        if (!job.Parents.IsEmpty)
            fields.Word("trigger", job.Trigger, ParentTrigger.Success, JobWords.Triggers);
    }

    private static void WriteTask(JobFieldWriter fields, TaskOptions task, bool showSecrets)
    {
        if (!fields.All && ReferenceEquals(task, TaskOptions.Default)) return;
        fields.Flag("shell", task.Shell, standard: true);
        fields.Texts("arguments", task.Arguments);
        fields.List("environmentVariables", task.Environment, WriteVariable);
        WriteSecrets(fields, task.Secrets, showSecrets);
        fields.Text("workingDirectory", task.WorkingDirectory);
        fields.Text("runAsUser", task.RunAsUser);
        fields.Text("engine", task.Engine);
        fields.List("fetch", task.Fetch, WriteFetch);
        fields.Texts("uris", task.Uris);
        fields.Text("executor", task.Executor);
        fields.Text("executorFlags", task.ExecutorFlags);
        fields.Text("taskInfoData", task.TaskInfoData);
        if (task.Container is { } container) WriteContainer(fields.Json, container);
        else if (fields.All) fields.Json.WriteNull("container");
        fields.List("constraints", task.Constraints, WriteConstraint);
    }

    private static void WritePolicy(JobFieldWriter fields, RunPolicy policy)
    {
        if (!fields.All && ReferenceEquals(policy, RunPolicy.Default)) return;
        fields.Whole("retries", policy.Retries, RunPolicy.Default.Retries);
        fields.Length("timeout", policy.Timeout);
        fields.Word("concurrency", policy.Concurrency, Concurrency.Skip, JobWords.Concurrencies);
        WritePolicyAdditions(fields, policy);
        fields.Flag("softError", policy.SoftError);
        fields.Flag("async", policy.Async);
        fields.Flag("highPriority", policy.HighPriority);
        fields.Flag("dataProcessingJobType", policy.DataProcessing);
    }

    /// <summary>Fields of the schedule that Mesos Chronos does not have.</summary>
    private static void WriteScheduleAdditions(JobFieldWriter fields, JobSchedule schedule)
    {
        fields.Word("gap", schedule.Gap, JobWords.Gaps);
        fields.Word("overlap", schedule.Overlap, JobWords.Overlaps);
        WriteMissed(fields, schedule.Missed);
        fields.Length("jitter", schedule.Jitter, Duration.Zero);
        fields.List("calendars", schedule.ExcludedDates, WriteDates);
        fields.Moment("startAfter", schedule.StartAfter);
        fields.Moment("endBefore", schedule.EndBefore);
    }

    private static void WriteMissed(JobFieldWriter fields, MissedPolicy missed)
    {
        if (!fields.All && missed == MissedPolicy.Default) return;
        fields.Json.WriteStartObject("missed");
        fields.Json.WriteString("mode", JobWords.MissedModes.Of(missed.Mode));
        fields.Whole("limit", missed.Limit, MissedPolicy.Default.Limit);
        fields.Length("window", missed.Window == MissedPolicy.Default.Window ? null : missed.Window);
        fields.Json.WriteEndObject();
    }

    /// <summary>Fields of the policy that Mesos Chronos does not have, nor shows in another form.</summary>
    private static void WritePolicyAdditions(JobFieldWriter fields, RunPolicy policy)
    {
        fields.Length("retryDelay", policy.RetryDelay);
        if (fields.All || policy.Backoff != RetryBackoff.Constant)
        {
            fields.Json.WriteStartObject("retryBackoff");
            fields.Number("factor", policy.Backoff.Factor, RetryBackoff.Constant.Factor);
            fields.Length("max", policy.Backoff.Max);
            fields.Number("jitter", policy.Backoff.Jitter, RetryBackoff.Constant.Jitter);
            fields.Json.WriteEndObject();
        }

        fields.Length("killGracePeriod", policy.KillGracePeriod);
        fields.Whole("maxConcurrent", policy.MaxConcurrent, 0);
        fields.Word("onDoubt", policy.OnDoubt, DoubtPolicy.Skip, JobWords.Doubts);
        fields.Whole("disableAfterFailures", policy.DisableAfterFailures);
        fields.List("notify", policy.Notify, WriteNotify);
    }

    private static void WriteDates(Utf8JsonWriter json, DateInterval dates)
    {
        var (first, last) = (LocalDatePattern.Iso.Format(dates.Start), LocalDatePattern.Iso.Format(dates.End));
        json.WriteStringValue(dates.Length == 1 ? first : $"{first}/{last}");
    }

    private static void WriteNotify(Utf8JsonWriter json, NotifyRule rule)
    {
        var fields = new JobFieldWriter(json, all: true);
        json.WriteStartObject();
        fields.List("on", rule.On, static (json, on) => json.WriteStringValue(JobWords.NotifyEvents.Of(on)));
        fields.Texts("to", rule.To);
        json.WriteEndObject();
    }

    private static void WriteLabels(JobFieldWriter fields, ValueList<Label> labels)
    {
        if (!fields.All && labels.IsEmpty) return;
        fields.Json.WriteStartObject("labels");
        foreach (var label in labels.AsSpan()) fields.Json.WriteString(label.Key, label.Value);
        fields.Json.WriteEndObject();
    }

    private static void WriteSecrets(JobFieldWriter fields, ValueList<EnvironmentVariable> secrets, bool showSecrets)
    {
        if (showSecrets) fields.List("secrets", secrets, WriteVariable);
        else fields.List("secrets", secrets, static (json, item) => WriteVariable(json, item with { Value = Mask }));
    }

    private static void WriteVariable(Utf8JsonWriter json, EnvironmentVariable variable)
    {
        json.WriteStartObject();
        json.WriteString("name", variable.Name);
        json.WriteString("value", variable.Value);
        json.WriteEndObject();
    }

    private static void WriteFetch(Utf8JsonWriter json, FetchUri file)
    {
        json.WriteStartObject();
        json.WriteString("uri", file.Uri);
        if (file.OutputFile.Length > 0) json.WriteString("output_file", file.OutputFile);
        json.WriteBoolean("executable", file.Executable);
        json.WriteBoolean("cache", file.Cache);
        json.WriteBoolean("extract", file.Extract);
        json.WriteEndObject();
    }

    private static void WriteConstraint(Utf8JsonWriter json, Constraint constraint)
    {
        json.WriteStartArray();
        json.WriteStringValue(constraint.Attribute);
        json.WriteStringValue(JobWords.Operators.Of(constraint.Operator));
        json.WriteStringValue(constraint.Value);
        json.WriteEndArray();
    }
}
