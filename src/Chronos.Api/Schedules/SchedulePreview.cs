using System.ComponentModel.DataAnnotations;

namespace Chronos.Api;

/// <summary>The next occurrences of a schedule.</summary>
public sealed record SchedulePreview
{
    /// <summary>As written.</summary>
    public required string Schedule { get; init; }

    /// <summary>The zone it is computed in.</summary>
    public required string TimeZone { get; init; }

    /// <summary>Elapsed: immune to daylight saving; fixed: wall times; flowing: follows elapsed time.</summary>
    [AllowedValues("elapsed", "fixed", "flowing")]
    public required string Kind { get; init; }

    /// <summary>How many occurrences are left; absent: no end.</summary>
    public long? Remaining { get; init; }

    /// <summary>The next ones.</summary>
    public required IReadOnlyList<OccurrenceDocument> Occurrences { get; init; }
}

/// <summary>One due time.</summary>
public sealed record OccurrenceDocument
{
    /// <summary>The instant.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The wall time in the schedule's zone, with its offset.</summary>
    public string? Local { get; init; }

    /// <summary>The wall time that daylight saving removed, where this is what became of it.</summary>
    public string? ShiftedFrom { get; init; }
}

/// <summary>A schedule that is not saved.</summary>
public sealed record SchedulePreviewRequest
{
    /// <summary>ISO 8601 repeating interval, cron expression or macro.</summary>
    public string? Schedule { get; init; }

    /// <summary>IANA zone.</summary>
    public string? ScheduleTimeZone { get; init; }

    /// <summary>next, shift or skip.</summary>
    public string? Gap { get; init; }

    /// <summary>first, last or both.</summary>
    public string? Overlap { get; init; }

    /// <summary>1 to 1000; default 10.</summary>
    public int? Count { get; init; }

    /// <summary>Occurrences after this; default now.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Seed of <c>H</c>: the name the job will have.</summary>
    public string? Name { get; init; }
}

/// <summary>Runs for the occurrences of a range.</summary>
/// <param name="From">Start, inclusive.</param>
/// <param name="Until">End, exclusive.</param>
/// <param name="Parallelism">How many may be active; default 1.</param>
public sealed record StartBackfillRequest(DateTimeOffset? From, DateTimeOffset? Until, int? Parallelism = null);

/// <summary>A backfill that has not ended.</summary>
public sealed record BackfillDocument
{
    /// <summary>Identifies it.</summary>
    public required string Id { get; init; }

    /// <summary>Start, inclusive.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>End, exclusive.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>Every occurrence at or before this has its run.</summary>
    public required DateTimeOffset Cursor { get; init; }

    /// <summary>How many of its runs may be active.</summary>
    public required int Parallelism { get; init; }

    /// <summary>Who asked.</summary>
    public required string By { get; init; }
}

/// <summary>The backfills of a job.</summary>
public sealed record BackfillList(IReadOnlyList<BackfillDocument> Items);
