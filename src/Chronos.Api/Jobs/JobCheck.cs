namespace Chronos.Api;

/// <summary>What the server thinks of a definition that is not saved.</summary>
public sealed record JobCheck
{
    /// <summary>Every broken rule; none: it would be accepted.</summary>
    public required IReadOnlyList<RuleViolation> Violations { get; init; }

    /// <summary>What is odd, but allowed.</summary>
    public required IReadOnlyList<RuleViolation> Warnings { get; init; }

    /// <summary>When it would start; absent: it has no schedule that can be read.</summary>
    public SchedulePreview? Schedule { get; init; }
}
