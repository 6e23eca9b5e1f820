using System.Text.Json;
using NodaTime;

namespace Chronos.Core.Jobs;

/// <summary>Reads when a job is due.</summary>
internal static class JobScheduleReader
{
    private static readonly FieldNames MissedNames = new("mode", "limit", "window");

    /// <summary>The schedule with the given text and the fields around it.</summary>
    public static JobSchedule Read(JsonFields fields, string text) => fields.Reading.Share(new JobSchedule
    {
        Text = fields.Reading.Share(text),
        TimeZone = fields.Reading.Share(fields.Text("scheduleTimeZone")),
        Gap = fields.Word("gap", JobWords.Gaps),
        Overlap = fields.Word("overlap", JobWords.Overlaps),
        Epsilon = fields.Length("epsilon", Duration.Zero, RunPolicyReader.LengthMax) ?? fields.Reading.Defaults.Epsilon,
        Missed = ReadMissed(fields),
        Jitter = fields.Length("jitter", Duration.Zero, Duration.FromDays(7)) ?? Duration.Zero,
        ExcludedDates = ReadExcludedDates(fields),
        StartAfter = fields.Moment("startAfter"),
        EndBefore = fields.Moment("endBefore"),
    });

    /// <summary>Refuses fields that mean nothing without a schedule. Chronos clients send <c>epsilon</c> and
    /// <c>scheduleTimeZone</c> with every job, so these are let pass there.</summary>
    public static void RefuseWithoutSchedule(JsonFields fields)
    {
        foreach (var name in JobFieldNames.ScheduleAdditions) Refuse(name);
        if (fields.Reading.IsChronos) return;
        Refuse("epsilon");
        Refuse("scheduleTimeZone");

        void Refuse(string name)
        {
            if (!fields.Has(name)) return;
            fields.Reading.Log.Refuse(name, fields.Element(name)!.Value, // it is there
                $"'{name}' needs a schedule, and the job has none.", $"Add a schedule or remove '{name}'.");
        }
    }

    private static MissedPolicy ReadMissed(JsonFields fields)
    {
        if (fields.Element("missed") is not { } missed) return MissedPolicy.Default;
        if (missed.ValueKind == JsonValueKind.String)
            return Policy(fields.Word("missed", JobWords.MissedModes), null, null);
        if (fields.Object("missed", MissedNames) is not { } policy) return MissedPolicy.Default;
        return Policy(
            policy.Word("mode", JobWords.MissedModes),
            policy.Whole("limit", 1, 10_000),
            policy.Length("window", Duration.FromMilliseconds(1), RunPolicyReader.LengthMax));
    }

    private static MissedPolicy Policy(MissedMode? mode, int? limit, Duration? window)
    {
        var standard = MissedPolicy.Default;
        var read = new MissedPolicy(mode ?? standard.Mode, limit ?? standard.Limit, window ?? standard.Window);
        return read == standard ? standard : read;
    }

    private static ValueList<DateInterval> ReadExcludedDates(JsonFields fields)
    {
        if (fields.Has("calendars") && fields.Has("excludedDates"))
        {
            fields.Reading.Log.Refuse("excludedDates", (string?)null,
                "'calendars' and 'excludedDates' are the same field.", "Remove one of them.");
        }

        var name = fields.Has("calendars") ? "calendars" : "excludedDates";
        return fields.List(name, fields.Reading.Values.Dates);
    }
}
