using Chronos.Api;

namespace Chronos.Server.Problems;

/// <summary>Ends a request with a problem. For refusals at the border, where the code that finds one stands far from
/// the code that answers.</summary>
public sealed class ProblemException(Problem problem) : Exception(problem.Detail)
{
    /// <summary>What the client is told.</summary>
    public Problem Problem { get; } = problem;
}
