using Chronos.Core.Jobs;
using Chronos.Core.Runs;

namespace Chronos.Core.Scheduling;

/// <summary>The answer to a command; given only after its decision is durable.</summary>
public abstract record Reply;

/// <summary>It was done, or there was nothing to do.</summary>
public sealed record Done : Reply
{
    /// <summary>The only instance.</summary>
    public static readonly Done Instance = new();
}

/// <summary>Jobs were created or replaced.</summary>
/// <param name="Created">How many did not exist before.</param>
/// <param name="Jobs">The jobs as they now are, in the order of the request.</param>
public sealed record JobsPut(int Created, ValueList<JobSnapshot> Jobs) : Reply;

/// <summary>A run was decided. It may already be over: skipped, with the reason.</summary>
/// <param name="Run">The run; where <paramref name="IsNew"/> is false only its id and nominal time are certain.</param>
/// <param name="IsNew">False: the idempotency key was used before, and this is the run of that time.</param>
public sealed record RunStarted(Run Run, bool IsNew) : Reply;

/// <summary>A backfill was accepted.</summary>
public sealed record BackfillStarted(Backfill Backfill) : Reply;

/// <summary>Nothing was changed.</summary>
/// <param name="Kind">The kind of refusal.</param>
/// <param name="Violations">Every broken rule; at least one.</param>
public sealed record Refused(RefusalKind Kind, ValueList<Violation> Violations) : Reply;

/// <summary>The kinds of <see cref="Refused"/>.</summary>
public enum RefusalKind
{
    /// <summary>The input breaks a rule.</summary>
    Invalid,

    /// <summary>The job or run does not exist.</summary>
    NotFound,

    /// <summary>The present state forbids it, for example children exist or the run has ended.</summary>
    Conflict,

    /// <summary>The job's revision is not the expected one.</summary>
    RevisionMismatch,
}
