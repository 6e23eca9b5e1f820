using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Chronos.Bench.Ours;

/// <summary>A real <c>chronos serve</c>, measured from outside.</summary>
internal sealed partial class BenchServer : IDisposable
{
    private const double TicksPerSecond = 100; // USER_HZ, the same on every Linux
    private readonly Process process;

    private BenchServer(Process process, Uri address, TimeSpan started)
    {
        this.process = process;
        StartTime = started;
        Client = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromMinutes(10) };
    }

    /// <summary>From the start of the process until it was ready to decide.</summary>
    public TimeSpan StartTime { get; }

    public HttpClient Client { get; }

    public static async Task<BenchServer> StartAsync(string folder)
    {
        var clock = Stopwatch.StartNew();
        var start = new ProcessStartInfo(
            Path.Combine(AppContext.BaseDirectory, "chronos"), ["serve", "--http-port", "0", "--data-dir", folder])
        {
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start) ?? throw new InvalidOperationException("chronos did not start.");
        Uri? address = null;
        while (address is null)
        {
            var line = await process.StandardOutput.ReadLineAsync()
                ?? throw new InvalidOperationException("The server ended before it listened.");
            if (Listening().Match(line) is { Success: true } match) address = new(match.Groups[1].Value);
        }

        _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null); // so that a full pipe never stops the server
        using var probe = new HttpClient { BaseAddress = address };
        while (!(await probe.GetAsync("/health/ready")).IsSuccessStatusCode) await Task.Delay(5);
        return new(process, address, clock.Elapsed);
    }

    /// <summary>Processor time used so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            var stat = File.ReadAllText($"/proc/{process.Id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return TimeSpan.FromSeconds((double.Parse(fields[11]) + double.Parse(fields[12])) / TicksPerSecond);
        }
    }

    /// <summary>Resident memory in mebibytes.</summary>
    public double ResidentMiB =>
        double.Parse(ResidentKiB().Match(File.ReadAllText($"/proc/{process.Id}/status")).Groups[1].Value) / 1024;

    public void Kill()
    {
        process.Kill();
        process.WaitForExit();
    }

    public void Stop()
    {
        using var kill = Process.Start("kill", ["-TERM", process.Id.ToString()]);
        process.WaitForExit();
    }

    public void Dispose()
    {
        Client.Dispose();
        if (!process.HasExited) Kill();
        process.Dispose();
    }

    [GeneratedRegex(@"listens on (http://127\.0\.0\.1:\d+)")]
    private static partial Regex Listening();

    [GeneratedRegex(@"VmRSS:\s+(\d+) kB")]
    private static partial Regex ResidentKiB();
}
