using System.Text.Json;

namespace Chronos.Core.Jobs;

/// <summary>Reads job JSON into a <see cref="Job"/> that satisfies every rule, or tells everything that is wrong with
/// it. Never throws on bad input. Unknown parents and cycles need the other jobs and are the scheduler's
/// concern.</summary>
public static class JobReader
{
    /// <summary>The version of stored documents that this program writes, and the newest it reads.</summary>
    public const int StoredVersion = 1;

    /// <summary>Reads one job.</summary>
    public static JobReadResult Read(JsonElement json, JobReadOptions options)
    {
        var reading = new JobReading(options);
        var fields = JsonFields.Open(json, "", JobFieldNames.Of(options.Dialect), reading);
        var job = fields is null || !IsReadable(fields) ? null : ReadJob(fields);
        if (job is not null && options.Dialect != JobDialect.Stored) CheckRules(job, reading);
        return new(reading.Log.IsClean ? job : null, reading.Log.Violations, reading.Log.Warnings);
    }

    /// <summary>Whether a stored document is of a version that this program knows.</summary>
    private static bool IsReadable(JsonFields fields)
    {
        if (fields.Reading.Options.Dialect != JobDialect.Stored) return true;
        var version = fields.Whole("v", int.MinValue, int.MaxValue);
        if (version is >= 1 and <= StoredVersion) return true;
        if (fields.Reading.Log.HasRefused("v")) return false;
        fields.Reading.Log.Refuse("v", version?.ToString(),
            $"A stored job must be of a version from 1 to {StoredVersion}.",
            "Run the version of Chronos that wrote it, or a newer one.");
        return false;
    }

    private static Job ReadJob(JsonFields fields)
    {
        var reading = fields.Reading;
        var (schedule, parents) = ReadStart(fields);
        return new Job
        {
            Name = fields.RequiredText("name", "Name the job."),
            Description = reading.Share(fields.Text("description")),
            Owner = ReadOwner(fields),
            Labels = ReadLabels(fields),
            Disabled = fields.Flag("disabled"),
            Schedule = schedule,
            Parents = parents,
            Trigger = fields.Word("trigger", JobWords.Triggers) ?? ParentTrigger.Success,
            Command = reading.Share(fields.TextOrNull("command", reading.Limits.CommandLengthMax) ?? ""),
            Task = TaskOptionsReader.Read(fields),
            Resources = ReadResources(fields),
            Policy = RunPolicyReader.Read(fields),
        };
    }

    private static void CheckRules(Job job, JobReading reading)
    {
        foreach (var violation in JobValidator.Validate(job, reading.Options.DefaultZone))
        {
            // What could not be read counts as absent, which may seem to break further rules.
            var follows = reading.Log.HasRefused(violation.Field)
                || (violation.Field == "trigger" && reading.Log.HasRefused("parents"));
            if (!follows) reading.Log.Add(violation);
        }

        if (job.Command.Length == 0 && job.Task.Container is null && job.Task.Executor.Length == 0)
            reading.Log.Warn("command", "The job has no command, so its runs do nothing.");
    }

    /// <summary>What starts the job: a schedule, parents, or neither.</summary>
    private static (JobSchedule? Schedule, ValueList<string> Parents) ReadStart(JsonFields fields)
    {
        var reading = fields.Reading;
        var text = fields.Text("schedule");
        var parents = ReadParents(fields);
        if (reading.Log.HasRefused("schedule") || reading.Log.HasRefused("parents")) return (null, parents);
        if (text.Length > 0 && !parents.IsEmpty)
        {
            reading.Log.Refuse("schedule", text, "A job has a schedule or parents, not both.",
                "Remove 'schedule' or 'parents'.");
            return (null, parents);
        }

        CheckExpectation(reading, hasSchedule: text.Length > 0, hasParents: !parents.IsEmpty);
        if (text.Length > 0) return (JobScheduleReader.Read(fields, text), parents);
        if (!parents.IsEmpty || IsStartedByHand(fields))
        {
            JobScheduleReader.RefuseWithoutSchedule(fields);
            return (null, parents);
        }

        var now = JobWriter.Milliseconds.Format(reading.Options.Now);
        return (JobScheduleReader.Read(fields, $"R1/{now}/PT24H"), parents);
    }

    private static void CheckExpectation(JobReading reading, bool hasSchedule, bool hasParents)
    {
        var kind = reading.Options.Kind;
        if (kind == JobKindExpectation.Scheduled && hasParents)
            reading.Log.Refuse("parents", (string?)null, "A job with parents cannot be posted as a scheduled one.",
                "Post it to the address for dependent jobs, or give a schedule instead of parents.");
        if (kind == JobKindExpectation.Dependent && !hasParents)
            reading.Log.Refuse("parents", (string?)null, "A dependent job needs at least one parent.",
                hasSchedule ? "Post it to the address for scheduled jobs, or give parents." : "Name its parents.");
    }

    /// <summary>Whether a job without schedule and parents is started by hand only. Chronos JSON has no form for such
    /// jobs but the empty list of parents in which they are shown; anything else there runs now.</summary>
    private static bool IsStartedByHand(JsonFields fields)
    {
        var reading = fields.Reading;
        if (fields.Has("schedule") && !fields.Has("parents"))
        {
            reading.Log.Refuse("schedule", "", "A schedule must not be empty.", "Give a schedule or remove the field.");
            return true;
        }

        if (reading.IsChronos)
        {
            if (!fields.Has("parents")) return false;
            if (reading.Options.Existing is { Schedule: null, Parents.IsEmpty: true }) return true;
            if (reading.Options.Kind == JobKindExpectation.Dependent) return true; // already refused
            reading.Log.Refuse("parents", "[]", "A job needs a schedule or at least one parent.",
                "Name its parents or give a schedule; jobs that are only started by hand are made by the native API.");
            return true;
        }

        if (reading.Options.Kind == JobKindExpectation.Scheduled)
            reading.Log.Refuse("schedule", (string?)null, "A scheduled job needs a schedule.", "Give a schedule.");
        return true;
    }

    private static ValueList<string> ReadParents(JsonFields fields) => fields.Has("parents")
        ? fields.Texts("parents")
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .Select(fields.Reading.Share)
            .ToValueList()
        : [];

    private static JobOwner ReadOwner(JsonFields fields)
    {
        var (owner, name) = (fields.Text("owner"), fields.Text("ownerName"));
        return owner.Length + name.Length == 0 ? JobOwner.None : fields.Reading.Share(new JobOwner(owner, name));
    }

    private static ValueList<Label> ReadLabels(JsonFields fields)
    {
        if (fields.Element("labels") is not { } labels) return [];
        if (labels.ValueKind != JsonValueKind.Object)
        {
            fields.Reading.Log.Refuse("labels", labels, "This must be a JSON object.",
                "Write it like {\"team\": \"billing\"}.");
            return [];
        }

        if (fields.IsTooLong("labels", labels.GetPropertyCount())) return [];
        var read = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var property in labels.EnumerateObject())
        {
            var key = FieldNames.TextOf(property);
            var path = ReadLog.Cut($"labels.{key}");
            if (fields.Reading.Values.Text(property.Value, path, fields.Reading.Limits.TextLengthMax) is not { } value)
                continue;
            if (!read.TryAdd(key, value))
                fields.Reading.Log.Refuse(path, value, "This label is given more than once.", "Remove all but one.");
        }

        return read.Select(label => new Label(fields.Reading.Share(label.Key), fields.Reading.Share(label.Value)))
            .ToValueList();
    }

    private static Resources ReadResources(JsonFields fields)
    {
        const double max = 1e9;
        var defaults = fields.Reading.Defaults.Resources;
        if (!fields.Has("cpus") && !fields.Has("mem") && !fields.Has("disk") && !fields.Has("gpus")) return defaults;
        return fields.Reading.Share(new Resources(
            OrDefault(fields.Number("cpus", 0, max), defaults.Cpus),
            OrDefault(fields.Number("mem", 0, max), defaults.Mem),
            OrDefault(fields.Number("disk", 0, max), defaults.Disk))
        {
            Gpus = fields.Whole("gpus", 0, 1000) ?? 0,
        });

        // Clients of Mesos Chronos write 0 for "the default".
        static double OrDefault(double? value, double absent) => value is null or 0 ? absent : value.Value;
    }
}
