using System.Runtime.InteropServices;
using System.Text.Json;
using Chronos.Core.Jobs;

namespace Chronos.Core.Runs;

/// <summary>The JSON form of a run in stored documents. Default values are left out, instants are ISO 8601 in UTC,
/// enums are words in lower camel case. Fields that are not known are ignored, so that an older version can read what
/// a newer one only added to; a change of meaning raises <see cref="Version"/>, which an older version refuses.
/// </summary>
public static class RunJson
{
    /// <summary>The newest format that is read, and the one that is written.</summary>
    public const int Version = 1;

    private static readonly JsonEncodedText V = JsonEncodedText.Encode("v");
    private static readonly JsonEncodedText Id = JsonEncodedText.Encode("id");
    private static readonly JsonEncodedText Cause = JsonEncodedText.Encode("cause");
    private static readonly JsonEncodedText CauseDetail = JsonEncodedText.Encode("causeDetail");
    private static readonly JsonEncodedText Nominal = JsonEncodedText.Encode("nominal");
    private static readonly JsonEncodedText CreatedAt = JsonEncodedText.Encode("createdAt");
    private static readonly JsonEncodedText State = JsonEncodedText.Encode("state");
    private static readonly JsonEncodedText Reason = JsonEncodedText.Encode("reason");
    private static readonly JsonEncodedText AttemptNumber = JsonEncodedText.Encode("attempt");
    private static readonly JsonEncodedText StartedAt = JsonEncodedText.Encode("startedAt");
    private static readonly JsonEncodedText EndedAt = JsonEncodedText.Encode("endedAt");
    private static readonly JsonEncodedText RetryAt = JsonEncodedText.Encode("retryAt");
    private static readonly JsonEncodedText Attempts = JsonEncodedText.Encode("attempts");
    private static readonly JsonEncodedText Kill = JsonEncodedText.Encode("kill");
    private static readonly JsonEncodedText Agent = JsonEncodedText.Encode("agent");
    private static readonly JsonEncodedText Engine = JsonEncodedText.Encode("engine");
    private static readonly JsonEncodedText AwaitsCallback = JsonEncodedText.Encode("awaitsCallback");
    private static readonly JsonEncodedText Arguments = JsonEncodedText.Encode("arguments");
    private static readonly JsonEncodedText Environment = JsonEncodedText.Encode("environment");
    private static readonly JsonEncodedText Progress = JsonEncodedText.Encode("progress");
    private static readonly JsonEncodedText Range = JsonEncodedText.Encode("range");
    private static readonly JsonEncodedText Number = JsonEncodedText.Encode("number");
    private static readonly JsonEncodedText Outcome = JsonEncodedText.Encode("outcome");
    private static readonly JsonEncodedText ExitCode = JsonEncodedText.Encode("exitCode");
    private static readonly JsonEncodedText Signal = JsonEncodedText.Encode("signal");
    private static readonly JsonEncodedText Message = JsonEncodedText.Encode("message");
    private static readonly JsonEncodedText By = JsonEncodedText.Encode("by");
    private static readonly JsonEncodedText At = JsonEncodedText.Encode("at");
    private static readonly JsonEncodedText Last = JsonEncodedText.Encode("last");
    private static readonly JsonEncodedText Count = JsonEncodedText.Encode("count");
    private static readonly JsonEncodedText Name = JsonEncodedText.Encode("name");
    private static readonly JsonEncodedText Value = JsonEncodedText.Encode("value");

    /// <summary>The word for a state, in documents and in columns.</summary>
    public static string Word(RunState state) => Words<RunState>.Of(state).Value;

    /// <summary>The word for a kind of cause, in documents and in columns.</summary>
    public static string Word(RunCauseKind kind) => Words<RunCauseKind>.Of(kind).Value;

    /// <summary>The word for a state as UTF-8 bytes, without a copy.</summary>
    public static ReadOnlySpan<byte> Utf8Word(RunState state) => Words<RunState>.Of(state).EncodedUtf8Bytes;

    /// <summary>The word for a kind of cause as UTF-8 bytes, without a copy.</summary>
    public static ReadOnlySpan<byte> Utf8Word(RunCauseKind kind) => Words<RunCauseKind>.Of(kind).EncodedUtf8Bytes;

    /// <summary>Reads the word for a state.</summary>
    public static bool TryParse(ReadOnlySpan<byte> word, out RunState state) =>
        Words<RunState>.TryParse(word, out state);

    /// <summary>Reads the word for a kind of cause.</summary>
    public static bool TryParse(ReadOnlySpan<byte> word, out RunCauseKind kind) =>
        Words<RunCauseKind>.TryParse(word, out kind);

    /// <summary>Writes a run as an object with its format version.</summary>
    public static void Write(Utf8JsonWriter writer, Run run)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartObject();
        writer.WriteNumber(V, Version);
        WriteFields(writer, run);
        writer.WriteEndObject();
    }

    /// <summary>Writes a run as an object inside of a document that has a version itself.</summary>
    internal static void WriteNested(Utf8JsonWriter writer, Run run)
    {
        writer.WriteStartObject();
        WriteFields(writer, run);
        writer.WriteEndObject();
    }

    /// <summary>Writes into an open object what a history that keeps id, state, times and kind of cause in columns of
    /// their own needs besides.</summary>
    public static void WriteDetails(Utf8JsonWriter writer, Run run)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(run);
        writer.WriteOptional(CauseDetail, run.Cause.Detail);
        writer.WriteOptional(Reason, run.Reason);
        if (run.Attempt != 0) writer.WriteNumber(AttemptNumber, run.Attempt);
        writer.WriteOptional(RetryAt, run.RetryAt);
        writer.WriteOptional(Agent, run.Agent);
        writer.WriteOptional(Engine, run.Engine);
        if (run.AwaitsCallback) writer.WriteBoolean(AwaitsCallback, true);
        if (run.Arguments is not null) writer.WriteString(Arguments, run.Arguments);
        writer.WriteOptional(Progress, run.Progress);
        if (!run.Attempts.IsEmpty) WriteAttempts(writer, run.Attempts);
        if (run.Kill is { } kill) WriteKill(writer, kill);
        if (run.Range is { } range) WriteRange(writer, range);
        if (!run.Environment.IsEmpty) WriteEnvironment(writer, run.Environment);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="FormatException">It is no run, or was written by a newer version.</exception>
    public static Run Read(JsonElement json)
    {
        var parts = new RunParts();
        foreach (var field in DocumentFields.Fields(json, "run"))
            if (!parts.TakeListed(field.Value, JsonMarshal.GetRawUtf8PropertyName(field)))
                parts.TakeDetail(field.Value, JsonMarshal.GetRawUtf8PropertyName(field));
        return parts.ToRun();
    }

    /// <summary>Reads what <see cref="WriteDetails"/> wrote.</summary>
    /// <param name="json">An object with the details, among others.</param>
    /// <param name="listed">A run with what the columns hold: id, state, times and kind of cause.</param>
    /// <exception cref="FormatException">It was not written by <see cref="WriteDetails"/>.</exception>
    public static Run ReadDetails(JsonElement json, Run listed)
    {
        ArgumentNullException.ThrowIfNull(listed);
        var parts = new RunParts
        {
            Id = listed.Id,
            Cause = listed.Cause.Kind,
            Nominal = listed.Nominal,
            CreatedAt = listed.CreatedAt,
            State = listed.State,
            StartedAt = listed.StartedAt,
            EndedAt = listed.EndedAt,
        };
        foreach (var field in DocumentFields.Fields(json, "run"))
            parts.TakeDetail(field.Value, JsonMarshal.GetRawUtf8PropertyName(field));
        return parts.ToRun();
    }

    private static void WriteFields(Utf8JsonWriter writer, Run run)
    {
        ArgumentNullException.ThrowIfNull(run);
        run.Id.WriteTo(writer, Id);
        if (run.State != RunState.Queued) writer.WriteWord(State, run.State);
        if (run.Cause.Kind != RunCauseKind.Schedule) writer.WriteWord(Cause, run.Cause.Kind);
        writer.WriteInstant(Nominal, run.Nominal);
        writer.WriteInstant(CreatedAt, run.CreatedAt);
        writer.WriteOptional(StartedAt, run.StartedAt);
        writer.WriteOptional(EndedAt, run.EndedAt);
        WriteDetails(writer, run);
    }

    private static void WriteAttempts(Utf8JsonWriter writer, ValueList<Attempt> attempts)
    {
        writer.WriteStartArray(Attempts);
        foreach (var attempt in attempts.AsSpan())
        {
            writer.WriteStartObject();
            writer.WriteNumber(Number, attempt.Number);
            writer.WriteWord(Outcome, attempt.Outcome);
            writer.WriteOptional(StartedAt, attempt.StartedAt);
            writer.WriteInstant(EndedAt, attempt.EndedAt);
            writer.WriteOptional(ExitCode, attempt.ExitCode);
            writer.WriteOptional(Signal, attempt.Signal);
            writer.WriteOptional(Message, attempt.Message);
            writer.WriteOptional(Agent, attempt.Agent);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteKill(Utf8JsonWriter writer, KillRequest kill)
    {
        writer.WriteStartObject(Kill);
        writer.WriteWord(Reason, kill.Reason);
        writer.WriteOptional(By, kill.By);
        writer.WriteInstant(At, kill.At);
        writer.WriteEndObject();
    }

    private static void WriteRange(Utf8JsonWriter writer, MissedRange range)
    {
        writer.WriteStartObject(Range);
        writer.WriteInstant(Last, range.Last);
        writer.WriteOptional(Count, range.Count);
        writer.WriteEndObject();
    }

    private static void WriteEnvironment(Utf8JsonWriter writer, ValueList<EnvironmentVariable> environment)
    {
        writer.WriteStartArray(Environment);
        foreach (var variable in environment.AsSpan())
        {
            writer.WriteStartObject();
            writer.WriteString(Name, variable.Name);
            writer.WriteString(Value, variable.Value);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
