using NodaTime;

namespace Chronos.Core.Schedules;

/// <summary>
/// When a job is due: a set of instants, described by text. Immutable, safe to use from several threads and to share
/// between jobs. <see cref="ScheduleParser"/> makes one from an ISO 8601 repeating interval or a cron expression;
/// <c>daylight-saving.md</c> beside this file says what time-zone transitions do.
/// </summary>
public abstract class Schedule
{
    private protected Schedule(string text, DateTimeZone zone)
    {
        Text = text;
        Zone = zone;
    }

    /// <summary>The schedule as it was written.</summary>
    public string Text { get; }

    /// <summary>The zone of the wall clock that the schedule follows.</summary>
    public DateTimeZone Zone { get; }

    public abstract ScheduleKind Kind { get; }

    /// <summary>
    /// True for <c>R//PT1M</c> and <c>@every 90s</c>, which count from a start that they do not name. Such a schedule
    /// has no occurrences to ask for until <see cref="AnchoredAt"/> gave it one.
    /// </summary>
    public virtual bool NeedsAnchor => false;

    /// <summary>
    /// The first nominal occurrence of an ISO schedule; null for others and for one that still needs an anchor.
    /// </summary>
    public virtual Instant? Start => null;

    /// <summary>
    /// How many occurrences a bounded schedule has in all (5 for <c>R5/…</c>); null when there is no bound. An
    /// occurrence that a gap rule drops or merges counts, one that an overlap rule doubles counts once.
    /// </summary>
    public virtual long? Repetitions => null;

    /// <summary>
    /// This schedule counted from <paramref name="start"/>, which is cut to whole milliseconds; the schedule itself
    /// when it needs no anchor. The same start always gives an equal schedule, so that only the start need be stored.
    /// </summary>
    public virtual Schedule AnchoredAt(Instant start) => this;

    /// <summary>
    /// The first occurrence strictly after <paramref name="after"/>; null when there is none up to the end of year
    /// 9999.
    /// </summary>
    /// <exception cref="InvalidOperationException"><see cref="NeedsAnchor"/> is true.</exception>
    public abstract Occurrence? Next(Instant after);

    /// <summary>
    /// How many of <see cref="Repetitions"/> lie strictly after <paramref name="cursor"/>; null: no bound.
    /// </summary>
    public virtual long? RemainingAfter(Instant cursor) => null;

    /// <summary>One line for people, such as "every 5 minutes" or "at 02:30 on Monday (Europe/Berlin)".</summary>
    public abstract string Describe();

    /// <summary>
    /// The last occurrence at or before <paramref name="upTo"/>; null when there is none. Costs at most about ninety
    /// calls of <see cref="Next"/>, however dense or sparse the schedule is.
    /// </summary>
    /// <exception cref="InvalidOperationException"><see cref="NeedsAnchor"/> is true.</exception>
    public virtual Occurrence? Latest(Instant upTo)
    {
        long high = upTo.ToUnixTimeMilliseconds();
        for (long window = 1024; ; window *= 2)
        {
            long low = Math.Max(high - window, UnixTime.MillisecondsMin);
            if (Next(Instant.FromUnixTimeMilliseconds(low)) is { } found && found.At <= upTo)
            {
                return LatestBetween(found, high);
            }

            if (low == UnixTime.MillisecondsMin)
            {
                return null;
            }
        }
    }

    /// <summary>Bisection: whether anything is due in (middle, upTo] changes from yes to no exactly once.</summary>
    private Occurrence LatestBetween(Occurrence found, long upTo)
    {
        long low = found.At.ToUnixTimeMilliseconds();
        long high = upTo;
        while (low < high)
        {
            long middle = low + (high - low) / 2;
            if (Next(Instant.FromUnixTimeMilliseconds(middle)) is { } later &&
                later.At.ToUnixTimeMilliseconds() <= upTo)
            {
                found = later;
                low = later.At.ToUnixTimeMilliseconds();
            }
            else
            {
                high = middle;
            }
        }

        return found;
    }

    private protected InvalidOperationException Unanchored() =>
        new($"The schedule '{Text}' counts from a start that it does not name; give it one with AnchoredAt.");
}
