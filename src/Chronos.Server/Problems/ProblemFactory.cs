using Chronos.Api;
using Chronos.Core.Jobs;
using Chronos.Core.Scheduling;

namespace Chronos.Server.Problems;

/// <summary>Every problem that the server answers with; their types and titles are part of the contract.</summary>
public static class ProblemFactory
{
    public static Problem Invalid(IEnumerable<Violation> violations) => Invalid(violations.Select(ToWire).ToList());

    public static Problem Invalid(IReadOnlyList<RuleViolation> violations) =>
        Of(400, ProblemTypes.Invalid, "The request breaks rules", Sentence(violations)) with
        {
            Violations = violations,
        };

    public static Problem Invalid(Violation violation) => Invalid([violation]);

    public static Problem UnknownParameter(IReadOnlyList<RuleViolation> violations) =>
        Of(400, ProblemTypes.UnknownParameter, "Unknown query parameter", Sentence(violations)) with
        {
            Violations = violations,
        };

    public static Problem MalformedJson(string detail) =>
        Of(400, ProblemTypes.MalformedJson, "The body is not JSON", detail);

    public static Problem BadRequest(string detail) =>
        Of(400, ProblemTypes.Request, "The request cannot be understood", detail);

    public static Problem Unauthenticated(string detail) =>
        Of(401, ProblemTypes.Unauthenticated, "Who are you?", detail);

    public static Problem Forbidden(string detail) => Of(403, ProblemTypes.Forbidden, "Not allowed", detail);

    public static Problem CrossSite(string detail) =>
        Of(403, ProblemTypes.CrossSite, "A page of another site may not do this", detail);

    public static Problem UnknownHost(string detail) => Of(421, ProblemTypes.UnknownHost, "Unknown host name", detail);

    public static Problem NotFound(string detail) => Of(404, ProblemTypes.NotFound, "Not found", detail);

    public static Problem NoJob(string name) => NotFound($"There is no job '{Cut(name)}'.");

    public static Problem NoRun(string id) =>
        NotFound($"There is no run '{Cut(id)}', or it is past the retention of the history.");

    public static Problem MethodNotAllowed(string method, string allow) => Of(
        405,
        ProblemTypes.MethodNotAllowed,
        "Method not allowed",
        $"{method} is not possible on this path; possible: {allow}.");

    public static Problem Conflict(IReadOnlyList<RuleViolation> violations) =>
        Of(409, ProblemTypes.Conflict, "The present state forbids it", Sentence(violations)) with
        {
            Violations = violations,
        };

    public static Problem NotStarted(RunDocument run) =>
        Of(409, ProblemTypes.NotStarted, "The run was not started", run.Reason ?? "The run was skipped.") with
        {
            Run = run,
        };

    public static Problem RevisionMismatch(string detail) =>
        Of(412, ProblemTypes.RevisionMismatch, "Somebody else changed the job", detail);

    public static Problem TooLarge(long bytesMax) => Of(
        413, ProblemTypes.TooLarge, "The body is too large", $"At most {bytesMax} bytes are accepted here.");

    public static Problem UnsupportedMediaType(string? sent, string expected) => Of(
        415,
        ProblemTypes.UnsupportedMediaType,
        "Unsupported content type",
        sent is null
            ? $"Send the header 'Content-Type: {expected}'."
            : $"'{Cut(sent)}' is not read here; send {expected}.");

    public static Problem Unavailable(string detail) =>
        Of(503, ProblemTypes.Unavailable, "The server does not decide now", detail);

    public static Problem Server(string traceId) =>
        Of(500, ProblemTypes.Server, "The server failed", $"The server's log says more under {traceId}.") with
        {
            TraceId = traceId,
        };

    public static Problem Other(int status, string detail) =>
        Of(status, ProblemTypes.Request, "The request was not carried out", detail);

    public static Problem From(Refused refused)
    {
        var violations = refused.Violations.Select(ToWire).ToList();
        return refused.Kind switch
        {
            RefusalKind.Invalid => Invalid(violations),
            RefusalKind.NotFound => NotFound(Sentence(violations)) with { Violations = violations },
            RefusalKind.Conflict => Conflict(violations),
            RefusalKind.RevisionMismatch => RevisionMismatch(Sentence(violations)) with { Violations = violations },
            _ => throw new InvalidOperationException($"Unknown refusal {refused.Kind}."),
        };
    }

    public static RuleViolation ToWire(Violation violation) =>
        new(violation.Field, violation.Value, violation.Rule, violation.Remedy);

    private static Problem Of(int status, string type, string title, string detail) =>
        new() { Status = status, Type = type, Title = title, Detail = detail };

    private static string Sentence(IReadOnlyList<RuleViolation> violations)
    {
        var first = violations[0];
        var field = first.Field.Length == 0 ? "" : $"{first.Field}: ";
        var more = violations.Count == 1 ? "" : $" ({violations.Count - 1} more)";
        return $"{field}{first.Rule} {first.Remedy}{more}";
    }

    private static string Cut(string text) => text.Length <= 200 ? text : text[..200] + "…";
}
