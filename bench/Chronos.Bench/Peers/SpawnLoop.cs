using System.Globalization;

namespace Chronos.Bench.Peers;

/// <summary>The loop in <c>spawn_loop.c</c>, compiled when it is first wanted.</summary>
internal sealed class SpawnLoop : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("chronos-spawn-").FullName;
    private readonly string program;
    private int slots;

    private SpawnLoop() => program = Path.Join(folder, "spawn_loop");

    /// <summary>Compiles it; null: there is no compiler.</summary>
    public static async Task<SpawnLoop?> CompileAsync()
    {
        var loop = new SpawnLoop();
        var source = Path.Join(AppContext.BaseDirectory, "spawn_loop.c");
        if (!await Command.CompileAsync(source, loop.program, "-pthread"))
        {
            loop.Dispose();
            return null;
        }

        return loop;
    }

    /// <summary>Processes per second. Its files stay until the end, as ours do: where files were deleted a moment ago,
    /// new ones can take a file system several times as long.</summary>
    /// <param name="mode"><c>bare</c>, <c>durable</c> or <c>folders</c>.</param>
    /// <param name="duration">How long to start more.</param>
    /// <param name="atOnce">How many beside each other.</param>
    /// <param name="command">What to start.</param>
    public async Task<double> MeasureAsync(string mode, TimeSpan duration, int atOnce, IReadOnlyList<string> command)
    {
        var outputs = Directory.CreateDirectory(Path.Join(folder, $"{++slots}")).FullName;
        var seconds = duration.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        var result = await Command.RunAsync(program, [mode, seconds, $"{atOnce}", outputs, .. command]);
        return double.Parse(result, CultureInfo.InvariantCulture);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
