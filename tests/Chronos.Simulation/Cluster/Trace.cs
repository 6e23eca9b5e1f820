using NodaTime;
using NodaTime.Text;

namespace Chronos.Simulation.Cluster;

/// <summary>What happened, line by line. Lines are hashed always, so that two runs of a seed can be compared, and
/// written where somebody wants to read them.</summary>
internal sealed class Trace(SimulatedTime time, TextWriter? output)
{
    /// <summary>A hash over all lines so far.</summary>
    public ulong Hash { get; private set; } = 14695981039346656037;

    /// <summary>Writes a line.</summary>
    public void Say(string who, string what)
    {
        Mix(who);
        Mix(what);
        Hash = unchecked((Hash ^ (ulong)time.Now.ToUnixTimeTicks()) * 1099511628211);
        output?.WriteLine($"{Format(time.Now)} {who,-7} {what}");
    }

    private static string Format(Instant at) => InstantPattern.ExtendedIso.Format(at).PadRight(28);

    private void Mix(string text)
    {
        foreach (var c in text) Hash = unchecked((Hash ^ c) * 1099511628211);
    }
}
