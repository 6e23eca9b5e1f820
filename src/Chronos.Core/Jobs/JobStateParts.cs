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
    private ValueList<KeyedStart> keyedStarts;

    /// <summary>Takes a field; one that is not known is ignored.</summary>
    public void Take(JsonElement value, ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("v"u8)) DocumentFields.CheckVersion(value, JobStateJson.Version);
        else if (name.SequenceEqual("incarnation"u8)) incarnation = DocumentFields.Long(value, "incarnation");
        else if (name.SequenceEqual("revision"u8)) revision = DocumentFields.Long(value, "revision");
        else if (name.SequenceEqual("createdAt"u8)) createdAt = DocumentFields.ReadInstant(value, "createdAt");
        else if (name.SequenceEqual("updatedAt"u8)) updatedAt = DocumentFields.ReadInstant(value, "updatedAt");
        else if (name.SequenceEqual("anchor"u8)) anchor = DocumentFields.ReadInstant(value, "anchor");
        else if (name.SequenceEqual("cursor"u8)) cursor = DocumentFields.ReadInstant(value, "cursor");
        else if (name.SequenceEqual("hasFired"u8)) hasFired = DocumentFields.Flag(value, "hasFired");
        else if (name.SequenceEqual("counters"u8)) counters = ReadCounters(value);
        else if (name.SequenceEqual("lastRun"u8)) lastRun = ReadLastRun(value);
        else if (name.SequenceEqual("activeRuns"u8)) activeRuns = DocumentFields.List(
            value, "activeRuns", RunJson.Read);
        else if (name.SequenceEqual("disabledReason"u8)) disabledReason = DocumentFields.Text(value, "disabledReason");
        else if (name.SequenceEqual("finishedParents"u8))
            finishedParents = DocumentFields.List(value, "finishedParents", item =>
                DocumentFields.Text(item, "finishedParents"));
        else if (name.SequenceEqual("backfills"u8)) backfills = DocumentFields.List(value, "backfills", ReadBackfill);
        else if (name.SequenceEqual("keyedStarts"u8))
            keyedStarts = DocumentFields.List(value, "keyedStarts", ReadKeyedStart);
    }

    public readonly JobState ToState() => new()
    {
        Incarnation = DocumentFields.Required(incarnation, "incarnation"),
        Revision = DocumentFields.Required(revision, "revision"),
        CreatedAt = DocumentFields.Required(createdAt, "createdAt"),
        UpdatedAt = DocumentFields.Required(updatedAt, "updatedAt"),
        Anchor = DocumentFields.Required(anchor, "anchor"),
        Cursor = DocumentFields.Required(cursor, "cursor"),
        HasFired = hasFired,
        Counters = counters,
        DisabledReason = disabledReason,
        ActiveRuns = activeRuns,
        FinishedParents = finishedParents,
        Backfills = backfills,
        LastRun = lastRun,
        KeyedStarts = keyedStarts,
    };

    private static JobCounters ReadCounters(JsonElement json)
    {
        long success = 0, error = 0, sinceSuccess = 0;
        Instant? lastSuccess = null, lastError = null;
        foreach (var field in DocumentFields.Fields(json, "counters"))
        {
            var name = JsonMarshal.GetRawUtf8PropertyName(field);
            if (name.SequenceEqual("success"u8)) success = DocumentFields.Long(field.Value, "success");
            else if (name.SequenceEqual("error"u8)) error = DocumentFields.Long(field.Value, "error");
            else if (name.SequenceEqual("errorsSinceLastSuccess"u8))
                sinceSuccess = DocumentFields.Long(field.Value, "errorsSinceLastSuccess");
            else if (name.SequenceEqual("lastSuccess"u8))
                lastSuccess = DocumentFields.ReadInstant(field.Value, "lastSuccess");
            else if (name.SequenceEqual("lastError"u8)) lastError = DocumentFields.ReadInstant(
                field.Value, "lastError");
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
        foreach (var field in DocumentFields.Fields(json, "lastRun"))
            parts.TakeListed(field.Value, JsonMarshal.GetRawUtf8PropertyName(field));
        return new(
            DocumentFields.Required(parts.Id, "id"),
            parts.State,
            DocumentFields.Required(parts.Nominal, "nominal"),
            parts.StartedAt,
            DocumentFields.Required(parts.EndedAt, "endedAt"));
    }

    private static KeyedStart ReadKeyedStart(JsonElement json)
    {
        long? hash = null;
        RunId? run = null;
        Instant? nominal = null;
        foreach (var field in DocumentFields.Fields(json, "keyedStarts"))
        {
            var name = JsonMarshal.GetRawUtf8PropertyName(field);
            if (name.SequenceEqual("keyHash"u8)) hash = DocumentFields.Long(field.Value, "keyHash");
            else if (name.SequenceEqual("run"u8)
                && RunId.TryParse(DocumentFields.Text(field.Value, "run"), out var id)) run = id;
            else if (name.SequenceEqual("nominal"u8)) nominal = DocumentFields.ReadInstant(field.Value, "nominal");
        }

        return new(
            unchecked((ulong)DocumentFields.Required(hash, "keyHash")),
            DocumentFields.Required(run, "run"),
            DocumentFields.Required(nominal, "nominal"));
    }

    private static Backfill ReadBackfill(JsonElement json)
    {
        string? id = null;
        Instant? cursor = null, from = null, until = null;
        int? parallelism = null;
        var by = "";
        foreach (var field in DocumentFields.Fields(json, "backfills"))
        {
            var name = JsonMarshal.GetRawUtf8PropertyName(field);
            if (name.SequenceEqual("id"u8)) id = DocumentFields.Text(field.Value, "id");
            else if (name.SequenceEqual("cursor"u8)) cursor = DocumentFields.ReadInstant(field.Value, "cursor");
            else if (name.SequenceEqual("from"u8)) from = DocumentFields.ReadInstant(field.Value, "from");
            else if (name.SequenceEqual("until"u8)) until = DocumentFields.ReadInstant(field.Value, "until");
            else if (name.SequenceEqual("parallelism"u8))
                parallelism = DocumentFields.Integer(field.Value, "parallelism");
            else if (name.SequenceEqual("by"u8)) by = DocumentFields.Text(field.Value, "by");
        }

        return new(
            DocumentFields.Required(id, "id"),
            DocumentFields.Required(cursor, "cursor"),
            DocumentFields.Required(from, "from"),
            DocumentFields.Required(until, "until"),
            DocumentFields.Required(parallelism, "parallelism"),
            by);
    }
}
