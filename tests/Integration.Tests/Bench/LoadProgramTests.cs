using System.Diagnostics;
using System.Runtime.InteropServices;
using Xunit;

namespace Chronos.Integration.Tests.Bench;

/// <summary>The load program still works; how fast anything is, it does not ask.</summary>
public sealed class LoadProgramTests
{
    private const string Program = "Chronos.Bench.dll";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Firing_FewJobs_PrintsATable()
    {
        using var process = Start("firing", "100");
        var output = await process.StandardOutput.ReadToEndAsync().WaitAsync(Patience);
        await process.WaitForExitAsync().WaitAsync(Patience);

        Assert.Equal(0, process.ExitCode);
        Assert.Contains("| what | ours | peer | ratio | aim |", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scenario_Unknown_ShowsWhatThereIs()
    {
        using var process = Start("no-such-scenario");
        var output = await process.StandardOutput.ReadToEndAsync().WaitAsync(Patience);
        await process.WaitForExitAsync().WaitAsync(Patience);

        Assert.Equal(2, process.ExitCode);
        Assert.Contains("durable", output, StringComparison.Ordinal);
    }

    // The tests run from tests/Integration.Tests/bin/Release/net10.0, and the program was built beside them.
    private static Process Start(params string[] arguments)
    {
        var own = AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar);
        var root = Path.GetFullPath(Path.Join(own, "..", "..", "..", "..", ".."));
        var configuration = Path.Join(Path.GetFileName(Path.GetDirectoryName(own)), Path.GetFileName(own));
        var program = Path.Join(root, "bench", "Chronos.Bench", "bin", configuration, Program);
        var host = Path.Join(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet");
        var start = new ProcessStartInfo(host, [program, .. arguments]) { RedirectStandardOutput = true };
        return Process.Start(start) ?? throw new InvalidOperationException("The load program did not start.");
    }
}
