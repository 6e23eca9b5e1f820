using System.IO.MemoryMappedFiles;
using Chronos.Cluster.Tests.Network;

namespace Chronos.Cluster.Tests.Nodes;

/// <summary>The wall clock of one process, which can be set: <c>stepped_clock.c</c> tells it, and only it, another
/// time. Monotonic clocks stay as they are, as with a real step.</summary>
internal sealed class SteppedClock : IDisposable
{
    private const string Compiler = "/usr/bin/gcc";

    private readonly string library;
    private readonly string file;
    private readonly MemoryMappedFile mapped;
    private readonly MemoryMappedViewAccessor ahead;

    /// <summary>Begins with the right time.</summary>
    /// <param name="library">What <see cref="CompileAsync"/> has made.</param>
    /// <param name="file">Holds by how much the clock is ahead, for the process to see.</param>
    public SteppedClock(string library, string file)
    {
        (this.library, this.file) = (library, file);
        mapped = MemoryMappedFile.CreateFromFile(file, FileMode.Create, mapName: null, sizeof(double));
        ahead = mapped.CreateViewAccessor();
    }

    /// <summary>Why no clock can be set here; null: they can.</summary>
    public static string? Obstacle =>
        File.Exists(Compiler) ? null : "gcc is missing: apt-get install gcc libc6-dev";

    /// <summary>What the process needs to be told.</summary>
    public Dictionary<string, string> Environment => new() { ["LD_PRELOAD"] = library, ["STEPPED_CLOCK"] = file };

    /// <summary>Makes the library that processes load.</summary>
    public static async Task<string> CompileAsync(string folder)
    {
        var library = Path.Combine(folder, "stepped_clock.so");
        var source = Path.Combine(AppContext.BaseDirectory, "stepped_clock.c");
        await Command.RunAsync(Compiler, "-O2", "-shared", "-fPIC", "-o", library, source, "-ldl");
        return library;
    }

    /// <summary>From now on the clock is ahead by so much; negative: behind.</summary>
    public void Step(TimeSpan by) => ahead.Write(0, by.TotalSeconds);

    public void Dispose()
    {
        ahead.Dispose();
        mapped.Dispose();
    }
}
