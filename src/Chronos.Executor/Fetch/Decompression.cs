using Chronos.Executor.Native;

namespace Chronos.Executor.Fetch;

/// <summary>Runs a decompressing tool. The supervising thread reaps every child of this process, so that the tool's
/// exit code comes through a file, written by the shell around it.</summary>
internal static class Decompression
{
    private const long UlimitUnit = 512;
    private const string Script =
        "ulimit -f \"$3\"; \"$0\" -dc < \"$1\" > \"$2\"; echo $? > \"$2.code\"; mv \"$2.code\" \"$2.done\"";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Expands a file.</summary>
    /// <exception cref="IOException">The tool failed.</exception>
    internal static async Task RunAsync(
        string tool, string source, string target, long bytesMax, CancellationToken cancellationToken)
    {
        var (errors, done) = (target + ".errors", target + ".done");
        try
        {
            var blocks = (bytesMax / UlimitUnit) + 1;
            var pid = Start(["/bin/sh", "-c", Script, tool, source, target, blocks.ToString()], target, errors);
            using var kill = cancellationToken.Register(() => _ = Libc.Kill(-pid, Libc.SigKill));
            while (!File.Exists(done) && ProcessTable.TryRead(pid, out var row) && !row.IsDead)
                await Task.Delay(Pause, cancellationToken);
            var code = File.Exists(done) ? (await File.ReadAllTextAsync(done, cancellationToken)).Trim() : "a signal";
            if (code != "0")
            {
                var text = (await File.ReadAllTextAsync(errors, cancellationToken)).Trim();
                throw new IOException($"{tool} ended with {code}: {text}");
            }
        }
        finally
        {
            File.Delete(errors);
            File.Delete(done);
        }
    }

    private static int Start(IReadOnlyList<string> arguments, string target, string errors)
    {
        using var spawner = new Spawner();
        var folder = Path.GetDirectoryName(target) ?? "/";
        var error = spawner.Spawn(
            new(arguments, ["PATH=/usr/local/bin:/usr/bin:/bin"], folder, "/dev/null", errors), out var pid);
        return error == 0 ? pid : throw new IOException($"{arguments[0]} cannot be started: {Libc.Describe(error)}");
    }
}
