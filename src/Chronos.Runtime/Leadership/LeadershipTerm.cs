namespace Chronos.Runtime.Leadership;

/// <summary>One leadership, as those who act in it see it.</summary>
/// <param name="number">The term, from the store.</param>
/// <param name="clock">A monotonic clock that also counts while the machine sleeps.</param>
public sealed class LeadershipTerm(long number, Func<TimeSpan> clock)
{
    private long trustedUntil = long.MinValue;

    /// <summary>The term; greater than all before.</summary>
    public long Number { get; } = number;

    /// <summary>Whether nobody else can ever be granted a term.</summary>
    public bool IsAlone { get; private init; }

    /// <summary>Until when the node may act, on <see cref="BootClock"/>. Grows while the store answers.</summary>
    public TimeSpan TrustedUntil => new(Volatile.Read(ref trustedUntil));

    /// <summary>Whether the node may act now. To be asked right before anything that another leader may be doing as
    /// well: the time since the last look may have been spent standing still.</summary>
    public bool IsTrusted => clock() < TrustedUntil;

    /// <summary>A term that nobody else can be granted: the node shares its store with no other.</summary>
    public static LeadershipTerm Alone(long number)
    {
        var term = new LeadershipTerm(number, static () => TimeSpan.Zero) { IsAlone = true };
        term.TrustUntil(TimeSpan.MaxValue);
        return term;
    }

    internal void TrustUntil(TimeSpan until) => Volatile.Write(ref trustedUntil, until.Ticks);
}
