namespace Chronos.Cluster.Tests.Nodes;

/// <summary>The wall clock of one process, which can be set: libfaketime tells it, and only it, another time. Monotonic
/// clocks stay as they are, as with a real step.</summary>
internal sealed class SteppedClock
{
    private static readonly string? Library = Directory.Exists("/usr/lib")
        ? Directory.EnumerateFiles("/usr/lib", "libfaketimeMT.so.1", new EnumerationOptions
        {
            RecurseSubdirectories = true, IgnoreInaccessible = true, MaxRecursionDepth = 3,
        }).FirstOrDefault()
        : null;

    private readonly string file;

    public SteppedClock(string file)
    {
        this.file = file;
        Step(TimeSpan.Zero);
    }

    /// <summary>Why no clock can be set here; null: they can.</summary>
    public static string? Obstacle => Library is null ? "libfaketime is missing: apt-get install faketime" : null;

    /// <summary>How long a step may go unnoticed.</summary>
    public static TimeSpan Delay { get; } = TimeSpan.FromSeconds(1);

    /// <summary>What the process needs to be told.</summary>
    public Dictionary<string, string> Environment => Library is null ? [] : new()
    {
        ["LD_PRELOAD"] = Library,
        ["FAKETIME_TIMESTAMP_FILE"] = file,
        ["FAKETIME_CACHE_DURATION"] = $"{Delay.TotalSeconds}",
        ["DONT_FAKE_MONOTONIC"] = "1",
        ["FAKETIME_FORCE_MONOTONIC_FIX"] = "0", // or waits of .NET return at once, and the process spins
    };

    /// <summary>From now on the clock is ahead by so much; negative: behind.</summary>
    public void Step(TimeSpan ahead)
    {
        // At once: a file that is being written would be read as no step at all.
        File.WriteAllText(file + ".new", $"{(ahead < TimeSpan.Zero ? "" : "+")}{ahead.TotalSeconds}\n");
        File.Move(file + ".new", file, overwrite: true);
    }
}
