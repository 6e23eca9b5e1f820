using System.Runtime.InteropServices;
using System.Text.Json;
using Chronos.Core.Runs;
using NodaTime;

namespace Chronos.Core.Jobs;

/// <summary>The fields of a job's state while its document is read, in whatever order they come.</summary>
internal struct JobStateParts
{
    public JobStateParts()
    {
    }

    private long? incarnation;
    private long? revision;
    private Instant? createdAt;
    private Instant? updatedAt;
    private Instant? anchor;
    private Instant? cursor;
    private bool hasFired;
    private JobCounters counters = JobCounters.None;
    private string disabledReason = "";
    private ValueList<Run> activeRuns;
    private ValueList<string> finishedParents;
    private ValueList<Backfill> backfills;
    private LastRun? lastRun;

    /// <summary>Takes a field; one that is not known is ignored.</summary>
    public void Take(JsonElement value, ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("v"u8)) JsonFields.CheckVersion(value, JobStateJson.Version);
        else if (name.SequenceEqual("incarnation"u8)) incarnation = JsonFields.Long(value, "incarnation");
        else if (name.SequenceEqual("revision"u8)) revision = JsonFields.Long(value, "revision");
        else if (name.SequenceEqual("createdAt"u8)) createdAt = JsonFields.ReadInstant(value, "createdAt");
        else if (name.SequenceEqual("updatedAt"u8)) updatedAt = JsonFields.ReadInstant(value, "updatedAt");
        else if (name.SequenceEqual("anchor"u8)) anchor = JsonFields.ReadInstant(value, "anchor");
        else if (name.SequenceEqual("cursor"u8)) cursor = JsonFields.ReadInstant(value, "cursor");
        else if (name.SequenceEqual("hasFired"u8)) hasFired = JsonFields.Flag(value, "hasFired");
        else if (name.SequenceEqual("counters"u8)) counters = ReadCounters(value);
        else if (name.SequenceEqual("lastRun"u8)) lastRun = ReadLastRun(value);
        else if (name.SequenceEqual("activeRuns"u8)) activeRuns = JsonFields.List(value, "activeRuns", RunJson.Read);
        else if (name.SequenceEqual("disabledReason"u8)) disabledReason = JsonFields.Text(value, "disabledReason");
        else if (name.SequenceEqual("finishedParents"u8))
            finishedParents = JsonFields.List(value, "finishedParents", item => JsonFields.Text(item, "finishedParents"));
        else if (name.SequenceEqual("backfills"u8)) backfills = JsonFields.List(value, "backfills", ReadBackfill);
    }

    public readonly JobState ToState() => new()
    {
        Incarnation = JsonFields.Required(incarnation, "incarnation"),
        Revision = JsonFields.Required(revision, "revision"),
        CreatedAt = JsonFields.Required(createdAt, "createdAt"),
        UpdatedAt = JsonFields.Required(updatedAt, "updatedAt"),
        Anchor = JsonFields.Required(anchor, "anchor"),
        Cursor = JsonFields.Required(cursor, "cursor"),
        HasFired = hasFired,
        Counters = counters,
        DisabledReason = disabledReason,
        ActiveRuns = activeRuns,
        FinishedParents = finishedParents,
        Backfills = backfills,
        LastRun = lastRun,
    };

    private static JobCounters ReadCounters(JsonElement json)
    {
        long success = 0, error = 0, sinceSuccess = 0;
        Instant? lastSuccess = null, lastError = null;
        foreach (var field in JsonFields.Fields(json, "counters"))
        {
            var name = JsonMarshal.GetRawUtf8PropertyName(field);
            if (name.SequenceEqual("success"u8)) success = JsonFields.Long(field.Value, "success");
            else if (name.SequenceEqual("error"u8)) error = JsonFields.Long(field.Value, "error");
            else if (name.SequenceEqual("errorsSinceLastSuccess"u8))
                sinceSuccess = JsonFields.Long(field.Value, "errorsSinceLastSuccess");
            else if (name.SequenceEqual("lastSuccess"u8))
                lastSuccess = JsonFields.ReadInstant(field.Value, "lastSuccess");
            else if (name.SequenceEqual("lastError"u8)) lastError = JsonFields.ReadInstant(field.Value, "lastError");
        }

        return new()
        {
            SuccessCount = success,
            ErrorCount = error,
            ErrorsSinceLastSuccess = sinceSuccess,
            LastSuccess = lastSuccess,
            LastError = lastError,
        };
    }

    private static LastRun ReadLastRun(JsonElement json)
    {
        var parts = new RunParts();
        foreach (var field in JsonFields.Fields(json, "lastRun"))
            parts.TakeListed(field.Value, JsonMarshal.GetRawUtf8PropertyName(field));
        return new(
            JsonFields.Required(parts.Id, "id"),
            parts.State,
            JsonFields.Required(parts.Nominal, "nominal"),
            parts.StartedAt,
            JsonFields.Required(parts.EndedAt, "endedAt"));
    }

    private static Backfill ReadBackfill(JsonElement json)
    {
        string? id = null;
        Instant? cursor = null, from = null, until = null;
        int? parallelism = null;
        var by = "";
        foreach (var field in JsonFields.Fields(json, "backfills"))
        {
            var name = JsonMarshal.GetRawUtf8PropertyName(field);
            if (name.SequenceEqual("id"u8)) id = JsonFields.Text(field.Value, "id");
            else if (name.SequenceEqual("cursor"u8)) cursor = JsonFields.ReadInstant(field.Value, "cursor");
            else if (name.SequenceEqual("from"u8)) from = JsonFields.ReadInstant(field.Value, "from");
            else if (name.SequenceEqual("until"u8)) until = JsonFields.ReadInstant(field.Value, "until");
            else if (name.SequenceEqual("parallelism"u8))
                parallelism = JsonFields.Integer(field.Value, "parallelism");
            else if (name.SequenceEqual("by"u8)) by = JsonFields.Text(field.Value, "by");
        }

        return new(
            JsonFields.Required(id, "id"),
            JsonFields.Required(cursor, "cursor"),
            JsonFields.Required(from, "from"),
            JsonFields.Required(until, "until"),
            JsonFields.Required(parallelism, "parallelism"),
            by);
    }
}
