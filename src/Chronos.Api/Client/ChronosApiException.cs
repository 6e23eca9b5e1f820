using System.Net;

namespace Chronos.Api;

/// <summary>The server refused a request, or could not be understood.</summary>
public sealed class ChronosApiException(HttpStatusCode status, Problem problem, Exception? inner = null)
    : Exception(problem.Detail ?? problem.Title, inner)
{
    /// <summary>The HTTP status.</summary>
    public HttpStatusCode Status { get; } = status;

    /// <summary>What the server said.</summary>
    public Problem Problem { get; } = problem;

    /// <summary>Every broken rule.</summary>
    public IReadOnlyList<RuleViolation> Violations => Problem.Violations ?? [];
}
