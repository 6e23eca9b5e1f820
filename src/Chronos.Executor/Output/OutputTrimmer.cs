using System.Collections.Concurrent;
using System.Diagnostics;
using Chronos.Executor.Protocol;
using Microsoft.Extensions.Logging;

namespace Chronos.Executor.Output;

/// <summary>Watches the outputs of running tasks and keeps each within its limit. Tasks write straight into files, so
/// the watch has to be quicker than the disk is full: a sweep over few tasks happens each 10 ms, over many less often
/// (about 1 % of a core), and a file that grows fast is looked at each millisecond.</summary>
internal sealed partial class OutputTrimmer(ILogger logger)
{
    private const double MillisecondsPerSandbox = 0.4;
    private static readonly TimeSpan SweepLeast = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan SweepMost = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LeastPause = TimeSpan.FromMilliseconds(1);
    private const long HotBytes = 256 * 1024;

    private readonly ConcurrentDictionary<string, WatchedOutput[]> outputs = new(StringComparer.Ordinal); // by sandbox
    private readonly object work = new();
    private volatile TaskSettings settings = new();

    /// <summary>Limits from now on.</summary>
    internal void Configure(TaskSettings value) => settings = value;

    /// <summary>Begins to watch the outputs in a sandbox.</summary>
    internal void Watch(string sandbox)
    {
        outputs[sandbox] = Array.ConvertAll(OutputNames.All, name => new WatchedOutput(Path.Join(sandbox, name)));
        lock (work) Monitor.Pulse(work);
    }

    /// <summary>Trims for the last time, and watches no longer.</summary>
    internal void Finish(string sandbox)
    {
        if (!outputs.TryRemove(sandbox, out var both)) return;
        foreach (var output in both) Check(output);
    }

    /// <summary>Runs as long as the process; takes a thread of its own.</summary>
    internal void Run()
    {
        while (true)
        {
            WaitForWork();
            var pause = Math.Clamp(
                outputs.Count * MillisecondsPerSandbox, SweepLeast.TotalMilliseconds, SweepMost.TotalMilliseconds);
            Sweep(TimeSpan.FromMilliseconds(pause));
        }
    }

    private void WaitForWork()
    {
        lock (work)
            if (outputs.IsEmpty) Monitor.Wait(work);
    }

    // One look at all files, then closer looks at the fast ones until the next look at all is due.
    private void Sweep(TimeSpan pause)
    {
        var began = Stopwatch.GetTimestamp();
        var hot = new List<WatchedOutput>();
        foreach (var (_, both) in outputs)
            foreach (var output in both)
                if (Check(output) >= HotBytes) hot.Add(output);
        while (true)
        {
            var left = pause - Stopwatch.GetElapsedTime(began);
            if (left <= TimeSpan.Zero) return;
            // Never less than a millisecond: that would be no sleep but a loop.
            Thread.Sleep(hot.Count > 0 || left < LeastPause ? LeastPause : left);
            foreach (var output in hot) Check(output);
        }
    }

    /// <returns>Bytes by which the file grew.</returns>
    private long Check(WatchedOutput output)
    {
        var max = settings.OutputBytesMax;
        var head = Math.Min(settings.OutputHeadBytes, max / 2);
        lock (output)
        {
            try
            {
                var file = new FileInfo(output.Path);
                if (!file.Exists) return 0;
                var growth = Math.Max(0, file.Length - output.Size);
                output.Size = file.Length;
                if (output.Size > max)
                    output.Punched = SparseFile.Trim(output.Path, output.Size, head, max, output.Punched);
                return growth;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                if (!output.IsReported) LogCannotTrim(output.Path, e.Message);
                output.IsReported = true;
                return 0;
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The output {Path} cannot be kept within its limit: {Reason}")]
    private partial void LogCannotTrim(string path, string reason);

    private sealed class WatchedOutput(string path)
    {
        internal string Path { get; } = path;

        internal long Size { get; set; }

        internal long Punched { get; set; }

        internal bool IsReported { get; set; }
    }
}

/// <summary>Names of the output files in a sandbox.</summary>
internal static class OutputNames
{
    internal const string Stdout = "stdout";
    internal const string Stderr = "stderr";
    internal static readonly string[] All = [Stdout, Stderr];
}
