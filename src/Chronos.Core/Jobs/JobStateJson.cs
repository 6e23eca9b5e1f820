using System.Runtime.InteropServices;
using System.Text.Json;
using Chronos.Core.Runs;

namespace Chronos.Core.Jobs;

/// <summary>The JSON form of a job's state in the store, with the conventions of <see cref="RunJson"/>.</summary>
public static class JobStateJson
{
    /// <summary>The newest format that is read, and the one that is written.</summary>
    public const int Version = 1;

    private static readonly JsonEncodedText V = JsonEncodedText.Encode("v");
    private static readonly JsonEncodedText Incarnation = JsonEncodedText.Encode("incarnation");
    private static readonly JsonEncodedText Revision = JsonEncodedText.Encode("revision");
    private static readonly JsonEncodedText CreatedAt = JsonEncodedText.Encode("createdAt");
    private static readonly JsonEncodedText UpdatedAt = JsonEncodedText.Encode("updatedAt");
    private static readonly JsonEncodedText Anchor = JsonEncodedText.Encode("anchor");
    private static readonly JsonEncodedText Cursor = JsonEncodedText.Encode("cursor");
    private static readonly JsonEncodedText HasFired = JsonEncodedText.Encode("hasFired");
    private static readonly JsonEncodedText Counters = JsonEncodedText.Encode("counters");
    private static readonly JsonEncodedText DisabledReason = JsonEncodedText.Encode("disabledReason");
    private static readonly JsonEncodedText ActiveRuns = JsonEncodedText.Encode("activeRuns");
    private static readonly JsonEncodedText FinishedParents = JsonEncodedText.Encode("finishedParents");
    private static readonly JsonEncodedText Backfills = JsonEncodedText.Encode("backfills");
    private static readonly JsonEncodedText LastRun = JsonEncodedText.Encode("lastRun");
    private static readonly JsonEncodedText Success = JsonEncodedText.Encode("success");
    private static readonly JsonEncodedText Error = JsonEncodedText.Encode("error");
    private static readonly JsonEncodedText ErrorsSinceSuccess = JsonEncodedText.Encode("errorsSinceLastSuccess");
    private static readonly JsonEncodedText LastSuccess = JsonEncodedText.Encode("lastSuccess");
    private static readonly JsonEncodedText LastError = JsonEncodedText.Encode("lastError");
    private static readonly JsonEncodedText Id = JsonEncodedText.Encode("id");
    private static readonly JsonEncodedText State = JsonEncodedText.Encode("state");
    private static readonly JsonEncodedText Nominal = JsonEncodedText.Encode("nominal");
    private static readonly JsonEncodedText StartedAt = JsonEncodedText.Encode("startedAt");
    private static readonly JsonEncodedText EndedAt = JsonEncodedText.Encode("endedAt");
    private static readonly JsonEncodedText From = JsonEncodedText.Encode("from");
    private static readonly JsonEncodedText Until = JsonEncodedText.Encode("until");
    private static readonly JsonEncodedText Parallelism = JsonEncodedText.Encode("parallelism");
    private static readonly JsonEncodedText KeyedStarts = JsonEncodedText.Encode("keyedStarts");
    private static readonly JsonEncodedText KeyHash = JsonEncodedText.Encode("keyHash");
    private static readonly JsonEncodedText RunField = JsonEncodedText.Encode("run");
    private static readonly JsonEncodedText By = JsonEncodedText.Encode("by");

    /// <summary>Writes a state as an object with its format version.</summary>
    public static void Write(Utf8JsonWriter writer, JobState state)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(state);
        writer.WriteStartObject();
        writer.WriteNumber(V, Version);
        writer.WriteNumber(Incarnation, state.Incarnation);
        writer.WriteNumber(Revision, state.Revision);
        writer.WriteInstant(CreatedAt, state.CreatedAt);
        writer.WriteInstant(UpdatedAt, state.UpdatedAt);
        writer.WriteInstant(Anchor, state.Anchor);
        writer.WriteInstant(Cursor, state.Cursor);
        if (state.HasFired) writer.WriteBoolean(HasFired, true);
        writer.WriteOptional(DisabledReason, state.DisabledReason);
        if (state.Counters != JobCounters.None) WriteCounters(writer, state.Counters);
        if (!state.FinishedParents.IsEmpty) WriteParents(writer, state.FinishedParents);
        if (!state.Backfills.IsEmpty) WriteBackfills(writer, state.Backfills);
        if (state.LastRun is { } last) WriteLastRun(writer, last);
        if (!state.KeyedStarts.IsEmpty) WriteKeyedStarts(writer, state.KeyedStarts);
        if (!state.ActiveRuns.IsEmpty) WriteActiveRuns(writer, state.ActiveRuns);
        writer.WriteEndObject();
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="FormatException">It is no state, or was written by a newer version.</exception>
    public static JobState Read(JsonElement json)
    {
        var parts = new JobStateParts();
        foreach (var field in DocumentFields.Fields(json, "state"))
            parts.Take(field.Value, JsonMarshal.GetRawUtf8PropertyName(field));
        return parts.ToState();
    }

    private static void WriteCounters(Utf8JsonWriter writer, JobCounters counters)
    {
        writer.WriteStartObject(Counters);
        if (counters.SuccessCount != 0) writer.WriteNumber(Success, counters.SuccessCount);
        if (counters.ErrorCount != 0) writer.WriteNumber(Error, counters.ErrorCount);
        if (counters.ErrorsSinceLastSuccess != 0)
            writer.WriteNumber(ErrorsSinceSuccess, counters.ErrorsSinceLastSuccess);
        writer.WriteOptional(LastSuccess, counters.LastSuccess);
        writer.WriteOptional(LastError, counters.LastError);
        writer.WriteEndObject();
    }

    private static void WriteParents(Utf8JsonWriter writer, ValueList<string> parents)
    {
        writer.WriteStartArray(FinishedParents);
        foreach (var parent in parents.AsSpan()) writer.WriteStringValue(parent);
        writer.WriteEndArray();
    }

    private static void WriteBackfills(Utf8JsonWriter writer, ValueList<Backfill> backfills)
    {
        writer.WriteStartArray(Backfills);
        foreach (var backfill in backfills.AsSpan())
        {
            writer.WriteStartObject();
            writer.WriteString(Id, backfill.Id);
            writer.WriteInstant(Cursor, backfill.Cursor);
            writer.WriteInstant(From, backfill.From);
            writer.WriteInstant(Until, backfill.Until);
            writer.WriteNumber(Parallelism, backfill.Parallelism);
            writer.WriteOptional(By, backfill.By);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteLastRun(Utf8JsonWriter writer, LastRun last)
    {
        writer.WriteStartObject(LastRun);
        last.Id.WriteTo(writer, Id);
        writer.WriteWord(State, last.State);
        writer.WriteInstant(Nominal, last.Nominal);
        writer.WriteOptional(StartedAt, last.StartedAt);
        writer.WriteInstant(EndedAt, last.EndedAt);
        writer.WriteEndObject();
    }

    private static void WriteKeyedStarts(Utf8JsonWriter writer, ValueList<KeyedStart> starts)
    {
        writer.WriteStartArray(KeyedStarts);
        foreach (var start in starts.AsSpan())
        {
            writer.WriteStartObject();
            writer.WriteNumber(KeyHash, unchecked((long)start.KeyHash));
            start.Run.WriteTo(writer, RunField);
            writer.WriteInstant(Nominal, start.Nominal);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteActiveRuns(Utf8JsonWriter writer, ValueList<Run> runs)
    {
        writer.WriteStartArray(ActiveRuns);
        foreach (var run in runs.AsSpan()) RunJson.WriteNested(writer, run);
        writer.WriteEndArray();
    }
}
