using Chronos.Core.Runs;

namespace Chronos.Mesos.Reconciliation;

/// <summary>Which attempts are to be asked for, and when. Masters answer each question once, or not at all while an
/// agent that might know has not come back after a fail-over: what is not answered is asked again, less and less often.
/// Not safe for concurrent use.</summary>
internal sealed class Reconciler
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly TimeSpan firstPause;
    private readonly TimeSpan interval;
    private readonly TimeProvider time;
    private readonly HashSet<AttemptId> open = [];
    private TimeSpan pause;
    private long askedAt;
    private bool isSoon;
    private long everythingAt;
    private bool isImplicitWanted;

    internal Reconciler(TimeSpan firstPause, TimeSpan interval, TimeProvider time)
    {
        (this.firstPause, this.interval, this.time, pause) = (firstPause, interval, time, firstPause);
        everythingAt = time.GetTimestamp();
    }

    /// <summary>Attempts that a master has yet to say something of.</summary>
    internal int OpenCount => open.Count;

    /// <summary>Asks for all of these at once, and then for whatever else the master knows.</summary>
    internal void Begin(IEnumerable<AttemptId> attempts)
    {
        open.Clear();
        open.UnionWith(attempts);
        (pause, isSoon, isImplicitWanted, everythingAt) = (firstPause, true, true, time.GetTimestamp());
    }

    /// <summary>Asks for one more, soon.</summary>
    internal void Add(AttemptId attempt)
    {
        if (!open.Add(attempt)) return;
        (pause, isSoon) = (firstPause, true);
    }

    /// <summary>Asks for whatever a master knows that was not asked for.</summary>
    internal void WantImplicit() => isImplicitWanted = true;

    /// <summary>A status of any kind came, or the attempt is settled.</summary>
    internal void Close(AttemptId attempt) => open.Remove(attempt);

    /// <summary>Whether it is time to go through everything again.</summary>
    internal bool IsEverythingDue => time.GetElapsedTime(everythingAt) >= interval;

    /// <summary>The attempts to ask for now; empty: none.</summary>
    internal IReadOnlyList<AttemptId> TakeDue()
    {
        if (open.Count == 0 || (!isSoon && time.GetElapsedTime(askedAt) < pause)) return [];
        if (!isSoon) pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        (isSoon, askedAt) = (false, time.GetTimestamp());
        return [.. open];
    }

    /// <summary>Whether to ask the general question now; it is asked behind the others.</summary>
    internal bool TakeImplicit()
    {
        var isWanted = isImplicitWanted;
        isImplicitWanted = false;
        return isWanted;
    }
}
