using System.Runtime.InteropServices;
using System.Text.Json;
using Chronos.Core.Jobs;
using NodaTime;

namespace Chronos.Core.Runs;

/// <summary>The fields of a run while its document is read, in whatever order they come.</summary>
internal struct RunParts
{
    public RunParts()
    {
    }

    public RunId? Id { get; set; }

    public RunCauseKind Cause { get; set; }

    public Instant? Nominal { get; set; }

    public Instant? CreatedAt { get; set; }

    public RunState State { get; set; }

    public Instant? StartedAt { get; set; }

    public Instant? EndedAt { get; set; }

    private string causeDetail = "";
    private string reason = "";
    private int attempt;
    private Instant? retryAt;
    private ValueList<Attempt> attempts;
    private KillRequest? kill;
    private string agent = "";
    private string engine = "";
    private bool awaitsCallback;
    private string? arguments;
    private ValueList<EnvironmentVariable> environment;
    private long? progress;
    private MissedRange? range;

    /// <summary>Takes a field that lists of runs show.</summary>
    /// <returns>Whether it is one.</returns>
    public bool TakeListed(JsonElement value, ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("id"u8)) Id = DocumentFields.Id(value, "id");
        else if (name.SequenceEqual("nominal"u8)) Nominal = DocumentFields.ReadInstant(value, "nominal");
        else if (name.SequenceEqual("createdAt"u8)) CreatedAt = DocumentFields.ReadInstant(value, "createdAt");
        else if (name.SequenceEqual("state"u8)) State = DocumentFields.Word<RunState>(value, "state");
        else if (name.SequenceEqual("startedAt"u8)) StartedAt = DocumentFields.ReadInstant(value, "startedAt");
        else if (name.SequenceEqual("endedAt"u8)) EndedAt = DocumentFields.ReadInstant(value, "endedAt");
        else if (name.SequenceEqual("cause"u8)) Cause = DocumentFields.Word<RunCauseKind>(value, "cause");
        else return false;
        return true;
    }

    /// <summary>Takes any other field; one that is not known is ignored.</summary>
    public void TakeDetail(JsonElement value, ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("v"u8)) DocumentFields.CheckVersion(value, RunJson.Version);
        else if (name.SequenceEqual("attempt"u8)) attempt = DocumentFields.Integer(value, "attempt");
        else if (name.SequenceEqual("attempts"u8)) attempts = DocumentFields.List(value, "attempts", ReadAttempt);
        else if (name.SequenceEqual("agent"u8)) agent = DocumentFields.Text(value, "agent");
        else if (name.SequenceEqual("engine"u8)) engine = DocumentFields.Text(value, "engine");
        else if (name.SequenceEqual("reason"u8)) reason = DocumentFields.Text(value, "reason");
        else if (name.SequenceEqual("causeDetail"u8)) causeDetail = DocumentFields.Text(value, "causeDetail");
        else if (name.SequenceEqual("retryAt"u8)) retryAt = DocumentFields.ReadInstant(value, "retryAt");
        else if (name.SequenceEqual("kill"u8)) kill = ReadKill(value);
        else if (name.SequenceEqual("awaitsCallback"u8)) awaitsCallback = DocumentFields.Flag(value, "awaitsCallback");
        else if (name.SequenceEqual("arguments"u8)) arguments = DocumentFields.Text(value, "arguments");
        else if (name.SequenceEqual("environment"u8))
            environment = DocumentFields.List(value, "environment", ReadVariable);
        else if (name.SequenceEqual("progress"u8)) progress = DocumentFields.Long(value, "progress");
        else if (name.SequenceEqual("range"u8)) range = ReadRange(value);
    }

    public readonly Run ToRun() => new()
    {
        Id = DocumentFields.Required(Id, "id"),
        Cause = Cause == RunCauseKind.Schedule && causeDetail.Length == 0
            ? RunCause.Schedule
            : new(Cause, causeDetail),
        Nominal = DocumentFields.Required(Nominal, "nominal"),
        CreatedAt = DocumentFields.Required(CreatedAt, "createdAt"),
        State = State,
        Reason = reason,
        Attempt = attempt,
        StartedAt = StartedAt,
        EndedAt = EndedAt,
        RetryAt = retryAt,
        Attempts = attempts,
        Kill = kill,
        Agent = agent,
        Engine = engine,
        AwaitsCallback = awaitsCallback,
        Arguments = arguments,
        Environment = environment,
        Progress = progress,
        Range = range,
    };

    private static Attempt ReadAttempt(JsonElement json)
    {
        int? number = null, exitCode = null, signal = null;
        RunState? outcome = null;
        Instant? startedAt = null, endedAt = null;
        string message = "", agent = "";
        foreach (var field in DocumentFields.Fields(json, "attempts"))
        {
            var name = JsonMarshal.GetRawUtf8PropertyName(field);
            if (name.SequenceEqual("number"u8)) number = DocumentFields.Integer(field.Value, "number");
            else if (name.SequenceEqual("outcome"u8)) outcome = DocumentFields.Word<RunState>(field.Value, "outcome");
            else if (name.SequenceEqual("startedAt"u8)) startedAt = DocumentFields.ReadInstant(
                field.Value, "startedAt");
            else if (name.SequenceEqual("endedAt"u8)) endedAt = DocumentFields.ReadInstant(field.Value, "endedAt");
            else if (name.SequenceEqual("exitCode"u8)) exitCode = DocumentFields.Integer(field.Value, "exitCode");
            else if (name.SequenceEqual("signal"u8)) signal = DocumentFields.Integer(field.Value, "signal");
            else if (name.SequenceEqual("message"u8)) message = DocumentFields.Text(field.Value, "message");
            else if (name.SequenceEqual("agent"u8)) agent = DocumentFields.Text(field.Value, "agent");
        }

        return new()
        {
            Number = DocumentFields.Required(number, "number"),
            Outcome = DocumentFields.Required(outcome, "outcome"),
            StartedAt = startedAt,
            EndedAt = DocumentFields.Required(endedAt, "endedAt"),
            ExitCode = exitCode,
            Signal = signal,
            Message = message,
            Agent = agent,
        };
    }

    private static KillRequest ReadKill(JsonElement json)
    {
        KillReason? reason = null;
        Instant? at = null;
        var by = "";
        foreach (var field in DocumentFields.Fields(json, "kill"))
        {
            var name = JsonMarshal.GetRawUtf8PropertyName(field);
            if (name.SequenceEqual("reason"u8)) reason = DocumentFields.Word<KillReason>(field.Value, "reason");
            else if (name.SequenceEqual("by"u8)) by = DocumentFields.Text(field.Value, "by");
            else if (name.SequenceEqual("at"u8)) at = DocumentFields.ReadInstant(field.Value, "at");
        }

        return new(DocumentFields.Required(reason, "reason"), by, DocumentFields.Required(at, "at"));
    }

    private static MissedRange ReadRange(JsonElement json)
    {
        Instant? last = null;
        int? count = null;
        foreach (var field in DocumentFields.Fields(json, "range"))
        {
            var name = JsonMarshal.GetRawUtf8PropertyName(field);
            if (name.SequenceEqual("last"u8)) last = DocumentFields.ReadInstant(field.Value, "last");
            else if (name.SequenceEqual("count"u8)) count = DocumentFields.Integer(field.Value, "count");
        }

        return new(DocumentFields.Required(last, "last"), count);
    }

    private static EnvironmentVariable ReadVariable(JsonElement json)
    {
        string? variable = null, text = null;
        foreach (var field in DocumentFields.Fields(json, "environment"))
        {
            var name = JsonMarshal.GetRawUtf8PropertyName(field);
            if (name.SequenceEqual("name"u8)) variable = DocumentFields.Text(field.Value, "name");
            else if (name.SequenceEqual("value"u8)) text = DocumentFields.Text(field.Value, "value");
        }

        return new(DocumentFields.Required(variable, "name"), DocumentFields.Required(text, "value"));
    }
}
