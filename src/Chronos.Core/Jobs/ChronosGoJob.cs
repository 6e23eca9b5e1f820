using System.Text.Json;
using Chronos.Core.Schedules;
using NodaTime;

namespace Chronos.Core.Jobs;

/// <summary>Reads and writes the jobs of chronos-go:
/// <c>{"name","enabled","schedule","dockerimage","command","cpus","mem"}</c>, keys in any case, absent ones with Go's
/// zero values.</summary>
/// <remarks>chronos-go reads cron with the second first, even where there are five fields. A stored schedule must mean
/// the same to everyone, so a line of five fields is kept with its day of week written out, as six.</remarks>
public static class ChronosGoJob
{
    /// <summary>What chronos-go did: no retries, runs beside each other, nothing made up for.</summary>
    private static readonly RunPolicy Policy = RunPolicy.Default with
    {
        Retries = 0,
        Concurrency = Concurrency.Allow,
    };

    private static readonly MissedPolicy Missed = MissedPolicy.Default with { Mode = MissedMode.None };

    private static readonly FieldNames Names = new(
        "name", "enabled", "schedule", "dockerimage", "command", "cpus", "mem");

    /// <summary>Reads one job. With <see cref="JobReadOptions.Existing"/>, whatever chronos-go's form cannot express
    /// keeps its value.</summary>
    public static JobReadResult Read(JsonElement json, JobReadOptions options)
    {
        var reading = new JobReading(options with { Dialect = JobDialect.Chronos });
        var fields = JsonFields.Open(json, "", Names, reading, anyCase: true);
        var job = fields is null ? null : ReadJob(fields);
        if (job is not null)
        {
            foreach (var violation in JobValidator.Validate(job, options.DefaultZone))
                if (!reading.Log.HasRefused(violation.Field)) reading.Log.Add(violation);
        }

        return new(reading.Log.IsClean ? job : null, reading.Log.Violations, reading.Log.Warnings);
    }

    /// <summary>Writes the seven fields of chronos-go.</summary>
    public static void Write(Utf8JsonWriter json, Job job)
    {
        var fields = new JobFieldWriter(json, all: true);
        json.WriteStartObject();
        fields.Text("name", job.Name);
        fields.Flag("enabled", !job.Disabled);
        fields.Text("schedule", SecondFirst(job.Schedule?.Text ?? ""));
        fields.Text("dockerimage", job.Task.Container?.Image ?? "");
        fields.Text("command", job.Command);
        json.WriteNumber("cpus", job.Resources.Cpus); // Go prints 1, not 1.0
        json.WriteNumber("mem", job.Resources.Mem);
        json.WriteEndObject();
    }

    private static Job ReadJob(JsonFields fields)
    {
        var reading = fields.Reading;
        var existing = reading.Options.Existing;
        var name = fields.RequiredText("name", "Name the job.");
        var job = existing ?? new Job { Name = name, Policy = reading.Share(Policy) };
        var defaults = reading.Defaults.Resources;
        return job with
        {
            Name = name,
            Disabled = !fields.Flag("enabled"),
            Schedule = ReadSchedule(fields, existing?.Schedule),
            Parents = fields.Text("schedule").Length > 0 ? [] : job.Parents,
            Command = reading.Share(fields.TextOrNull("command", reading.Limits.CommandLengthMax) ?? ""),
            Task = ReadTask(fields, job.Task),
            Resources = reading.Share(new Resources(
                fields.Number("cpus", 0, 1e9) is { } cpus and > 0 ? cpus : defaults.Cpus,
                fields.Number("mem", 0, 1e9) is { } mem and > 0 ? mem : defaults.Mem,
                existing?.Resources.Disk ?? defaults.Disk)),
        };
    }

    private static TaskOptions ReadTask(JsonFields fields, TaskOptions task)
    {
        var image = fields.Text("dockerimage");
        if (image.Length == 0) return fields.Reading.Share(task with { Container = null });
        var container = task.Container is { } known ? known with { Image = image } : new Container { Image = image };
        return fields.Reading.Share(task with { Container = container });
    }

    private static JobSchedule? ReadSchedule(JsonFields fields, JobSchedule? existing)
    {
        var reading = fields.Reading;
        var text = fields.Text("schedule").Trim();
        if (text.Length == 0)
        {
            if (fields.Flag("enabled") && reading.Options.Existing is not { Schedule: null })
                reading.Log.Refuse("schedule", text, "An enabled job needs a schedule.",
                    "Give one such as \"0 30 9 * * MON-FRI\": second, minute, hour, day, month, day of week.");
            return null;
        }

        if (existing is not null && text == SecondFirst(existing.Text)) return existing;
        var options = new ScheduleOptions
        {
            DefaultZone = reading.Options.DefaultZone,
            Dialect = CronDialect.ChronosGo,
        };
        foreach (var error in ScheduleParser.Parse(text, options).Errors)
            reading.Log.Refuse("schedule", text, error.Message, "Correct the schedule.");
        var schedule = existing ?? new JobSchedule
        {
            Text = text,
            Epsilon = reading.Defaults.Epsilon,
            Missed = Missed,
        };
        return reading.Share(schedule with { Text = FieldCount(text) == 5 && text[0] != '@' ? $"{text} *" : text });
    }

    /// <summary>The schedule as chronos-go reads it: a classic line of five fields gets its second.</summary>
    private static string SecondFirst(string text) =>
        FieldCount(text) == 5 && text[0] != '@' ? $"0 {text}" : text;

    private static int FieldCount(string text) =>
        text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
}
