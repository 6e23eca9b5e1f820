using System.Diagnostics.CodeAnalysis;

namespace Chronos.Core.Schedules;

/// <summary>A schedule, or every reason why the text is not one. Exactly one of the two is present.</summary>
public sealed class ScheduleParseResult
{
    internal ScheduleParseResult(Schedule? schedule, IReadOnlyList<ScheduleError> errors)
    {
        Schedule = errors.Count == 0 ? schedule : null;
        Errors = errors;
    }

    public Schedule? Schedule { get; }

    /// <summary>All errors found, in the order of the text; empty on success.</summary>
    public IReadOnlyList<ScheduleError> Errors { get; }

    [MemberNotNullWhen(true, nameof(Schedule))]
    public bool Succeeded => Schedule is not null;
}
