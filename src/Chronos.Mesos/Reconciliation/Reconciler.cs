using Chronos.Core.Runs;

namespace Chronos.Mesos.Reconciliation;

/// <summary>Which attempts are to be asked for, and when. Masters answer each question once, or not at all while an
/// agent that might know has not come back after a fail-over: what is not answered is asked again, less and less often.
/// Questions go out in portions, the next when most of one is answered, so that launches need not wait behind a hundred
/// thousand of them. Not safe for concurrent use.</summary>
internal sealed class Reconciler
{
    /// <summary>Attempts asked for at once.</summary>
    internal const int PortionMax = 5000;

    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly TimeSpan firstPause;
    private readonly TimeSpan interval;
    private readonly TimeProvider time;
    private readonly HashSet<AttemptId> open = [];
    private readonly HashSet<AttemptId> portion = []; // asked last and not answered
    private readonly Queue<AttemptId> turn = new(); // to be asked in this turn; may be answered meanwhile
    private readonly HashSet<AttemptId> asked = []; // since all had their turn; may be answered meanwhile
    private TimeSpan pause;
    private long askedAt;
    private long everythingAt;
    private bool isImplicitWanted;

    internal Reconciler(TimeSpan firstPause, TimeSpan interval, TimeProvider time)
    {
        (this.firstPause, this.interval, this.time, pause) = (firstPause, interval, time, firstPause);
        everythingAt = time.GetTimestamp();
    }

    /// <summary>Attempts that a master has yet to say something of.</summary>
    internal int OpenCount => open.Count;

    /// <summary>Asks for all of these, in this order, and then for whatever else the master knows. Those that were
    /// asked before and not answered come last: connections that end soon would else ask for the same ones for
    /// ever.</summary>
    internal void Begin(IEnumerable<AttemptId> attempts)
    {
        asked.IntersectWith(open);
        open.Clear();
        portion.Clear();
        turn.Clear();
        foreach (var attempt in attempts.OrderBy(asked.Contains))
            if (open.Add(attempt)) turn.Enqueue(attempt);
        (pause, isImplicitWanted, everythingAt) = (firstPause, true, time.GetTimestamp());
    }

    /// <summary>Asks for one more, soon.</summary>
    internal void Add(AttemptId attempt)
    {
        if (!open.Add(attempt)) return;
        turn.Enqueue(attempt);
        pause = firstPause;
    }

    /// <summary>Asks for whatever a master knows that was not asked for.</summary>
    internal void WantImplicit() => isImplicitWanted = true;

    /// <summary>A status of any kind came, or the attempt is settled.</summary>
    internal void Close(AttemptId attempt)
    {
        open.Remove(attempt);
        portion.Remove(attempt);
        asked.Remove(attempt);
    }

    /// <summary>Whether it is time to go through everything again.</summary>
    internal bool IsEverythingDue => time.GetElapsedTime(everythingAt) >= interval;

    /// <summary>The attempts to ask for now; empty: none.</summary>
    internal IReadOnlyList<AttemptId> TakeDue()
    {
        if (open.Count == 0) turn.Clear();
        if (open.Count == 0 || IsPortionUnderWay) return [];
        if (turn.Count == 0)
        {
            if (time.GetElapsedTime(askedAt) < pause) return [];
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            foreach (var attempt in open) turn.Enqueue(attempt);
            asked.Clear();
        }

        portion.Clear(); // what was not answered of it has its next chance in the next turn
        while (portion.Count < PortionMax && turn.TryDequeue(out var attempt))
            if (open.Contains(attempt)) portion.Add(attempt);
        asked.UnionWith(portion);
        askedAt = time.GetTimestamp();
        return [.. portion];
    }

    /// <summary>Whether to ask the general question now; it is asked behind the others.</summary>
    internal bool TakeImplicit()
    {
        var isDue = isImplicitWanted && turn.Count == 0;
        if (isDue) isImplicitWanted = false;
        return isDue;
    }

    private bool IsPortionUnderWay =>
        portion.Count > PortionMax / 2 && time.GetElapsedTime(askedAt) < firstPause;
}
