using System.Collections.ObjectModel;

namespace Chronos.Testing.Clocks;

/// <summary>The wall clock of one process, which can be set: libfaketime tells it, and only it, another time. Monotonic
/// clocks stay as they are, as with a real step.</summary>
public sealed class SteppedClock
{
    private static readonly string? Library = Directory.Exists("/usr/lib")
        ? Directory.EnumerateFiles("/usr/lib", "libfaketimeMT.so.1", new EnumerationOptions
        {
            RecurseSubdirectories = true, IgnoreInaccessible = true, MaxRecursionDepth = 3,
        }).FirstOrDefault()
        : null;

    private readonly string file;

    /// <summary>Begins with the right time.</summary>
    /// <param name="file">Tells the process what to add.</param>
    /// <param name="delay">How long a step may go unnoticed. Zero: the process reads the file whenever it asks for the
    /// time.</param>
    public SteppedClock(string file, TimeSpan delay)
    {
        this.file = file;
        Environment = Library is null ? ReadOnlyDictionary<string, string>.Empty : Tell(Library, delay);
        Step(TimeSpan.Zero);
    }

    /// <summary>Why no clock can be set here; null: they can.</summary>
    public static string? Obstacle => Library is null ? "libfaketime is missing: apt-get install faketime" : null;

    /// <summary>What the process needs to be told.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>From now on the clock is ahead by so much; negative: behind.</summary>
    public void Step(TimeSpan ahead)
    {
        // At once: a file that is being written would be read as no step at all.
        File.WriteAllText(file + ".new", $"{(ahead < TimeSpan.Zero ? "" : "+")}{ahead.TotalSeconds}\n");
        File.Move(file + ".new", file, overwrite: true);
    }

    private Dictionary<string, string> Tell(string library, TimeSpan delay)
    {
        var isCached = delay > TimeSpan.Zero;
        return new()
        {
            ["LD_PRELOAD"] = library,
            ["FAKETIME_TIMESTAMP_FILE"] = file,
            [isCached ? "FAKETIME_CACHE_DURATION" : "FAKETIME_NO_CACHE"] = isCached ? $"{delay.TotalSeconds}" : "1",
            ["DONT_FAKE_MONOTONIC"] = "1",
            ["FAKETIME_FORCE_MONOTONIC_FIX"] = "0", // or waits of .NET return at once, and the process spins
        };
    }
}
