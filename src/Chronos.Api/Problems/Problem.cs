namespace Chronos.Api;

/// <summary>Why a request was not carried out: RFC 9457, and <see cref="Message"/> for clients of Mesos Chronos.
/// </summary>
public sealed record Problem
{
    /// <summary>Names the kind of problem and never changes, such as <c>urn:chronos:problem:invalid</c>.</summary>
    public string Type { get; init; } = "about:blank";

    /// <summary>The kind of problem for people.</summary>
    public string Title { get; init; } = "";

    /// <summary>The HTTP status code.</summary>
    public int Status { get; init; }

    /// <summary>What happened this time.</summary>
    public string? Detail { get; init; }

    /// <summary>The path of the request.</summary>
    public string? Instance { get; init; }

    /// <summary>The same as <see cref="Detail"/>; Mesos Chronos called it so.</summary>
    public string? Message { get; init; }

    /// <summary>Every broken rule.</summary>
    public IReadOnlyList<RuleViolation>? Violations { get; init; }

    /// <summary>The run that was skipped, where the problem is that a run did not start.</summary>
    public RunDocument? Run { get; init; }

    /// <summary>Finds the request in the server's log; only with status 500.</summary>
    public string? TraceId { get; init; }
}

/// <summary>One broken rule.</summary>
/// <param name="Field">Path of the field, such as <c>fetch[0].uri</c>; empty: the whole.</param>
/// <param name="Value">The offending value, cut; absent where there is none.</param>
/// <param name="Rule">What must hold.</param>
/// <param name="Remedy">What to do.</param>
public sealed record RuleViolation(string Field, string? Value, string Rule, string Remedy);
