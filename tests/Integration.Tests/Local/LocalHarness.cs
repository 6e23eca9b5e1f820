using System.Text;
using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Engines.Local;
using Chronos.Executor.Native;
using Chronos.Runtime.Leadership;
using Chronos.Runtime.Ports;
using Chronos.Testing;
using Chronos.Testing.Engines;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Chronos.Integration.Tests.Local;

/// <summary>A local engine in a folder of its own, with an executor that ends soon after the test.</summary>
internal sealed class LocalHarness : EngineHarness
{
    private readonly Func<LocalEngineOptions, LocalEngineOptions> configure;
    private readonly bool ownsFolder;

    private LocalHarness(string folder, bool ownsFolder, Func<LocalEngineOptions, LocalEngineOptions> configure) =>
        (Folder, this.ownsFolder, this.configure) = (folder, ownsFolder, configure);

    internal string Folder { get; }

    internal string ExecutorFolder => Path.Join(Folder, "executor");

    internal static async Task<LocalHarness> CreateAsync(
        Func<LocalEngineOptions, LocalEngineOptions>? configure = null,
        string? folder = null,
        LeadershipTerm? term = null)
    {
        var harness = new LocalHarness(
            folder ?? Directory.CreateTempSubdirectory("chronos-local-").FullName, folder is null,
            configure ?? (options => options)) { Term = term ?? LeadershipTerm.Alone(1) };
        Libc.ChangeMode(harness.Folder, 0x1C9);
        await harness.ConnectAsync();
        return harness;
    }

    internal async Task ConnectAsync()
    {
        var options = configure(new()
        {
            DataDirectory = Folder, Cpus = 4, MemMebibytes = 4096, ExecutorIdleExit = TimeSpan.FromSeconds(1),
        });
        Engine = new LocalEngine(options, TimeProvider.System, NullLogger<LocalEngine>.Instance);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await Engine.ConnectAsync(Identity, Link, patience.Token);
    }

    public override async Task ReconnectAsync()
    {
        await Engine.DisposeAsync();
        await ConnectAsync();
    }

    public override Job HeldJob(string name) => new()
    {
        Name = name,
        Command = "while [ ! -e \"$MESOS_SANDBOX/exit\" ]; do "
            + "if [ -e \"$MESOS_SANDBOX/say\" ]; then cat \"$MESOS_SANDBOX/say\"; "
            + "mv \"$MESOS_SANDBOX/say\" \"$MESOS_SANDBOX/said\"; fi; sleep 0.02; done; "
            + "exit $(cat \"$MESOS_SANDBOX/exit\")",
    };

    internal static Job Shell(string command, string name = "job") => new() { Name = name, Command = command };

    public override Task ExitAsync(AttemptId id, int exitCode) => PutAsync(id, "exit", exitCode.ToString());

    public override async Task WriteAsync(AttemptId id, string text)
    {
        await PutAsync(id, "say", text);
        await Wait.UntilAsync(() => File.Exists(Path.Join(Sandbox(id), "said")), "answer of the task");
    }

    internal string Sandbox(AttemptId id) => Path.Join(Folder, "tasks", id.Run.ToString()[^2..], id.ToString());

    internal async Task<AttemptStatus> RunAsync(Job job) => await WaitForEndAsync(await LaunchAsync(job));

    internal async Task<string> ReadAsync(AttemptId id, LogStream stream = LogStream.Stdout)
    {
        var part = await Engine.ReadLogAsync(id, stream, 0, 1024 * 1024, CancellationToken.None);
        return part is null ? "" : Encoding.UTF8.GetString(part.Bytes.Span);
    }

    /// <summary>The number of the executor of this folder; null: none runs.</summary>
    internal int? FindExecutor()
    {
        foreach (var row in ProcessTable.ReadAll())
        {
            if (row.IsDead || row.Pid == Environment.ProcessId) continue;
            var words = Encoding.UTF8.GetString(ReadBytes($"/proc/{row.Pid}/cmdline")).Split('\0');
            var place = Array.IndexOf(words, "--dir");
            if (place > 0 && place + 1 < words.Length && words[place + 1] == ExecutorFolder
                && words[0] != "/bin/sh") return row.Pid;
        }

        return null;
    }

    internal async Task KillExecutorAsync()
    {
        var pid = FindExecutor() ?? throw new InvalidOperationException("There is no executor.");
        Assert.Equal(0, Libc.Kill(pid, Libc.SigKill));
        await Wait.UntilAsync(() => !ProcessTable.TryRead(pid, out var row) || row.IsDead, "end of the executor");
    }

    /// <summary>Living processes of this folder's tasks.</summary>
    internal List<int> FindTasks() =>
    [
        .. ProcessTable.ReadAll()
            .Where(row => !row.IsDead && IsTask(row.Pid))
            .Select(row => row.Pid),
    ];

    public override async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        foreach (var pid in FindTasks()) _ = Libc.Kill(pid, Libc.SigKill);
        await Wait.UntilAsync(() => FindExecutor() is null, "end of the executor");
        if (ownsFolder) Directory.Delete(Folder, recursive: true);
    }

    private bool IsTask(int pid) => ProcessTable.ReadVariable(pid, "MESOS_SANDBOX") is { } sandbox
        && sandbox.StartsWith(Folder + "/", StringComparison.Ordinal);

    private async Task PutAsync(AttemptId id, string name, string text)
    {
        var path = Path.Join(Sandbox(id), name);
        await File.WriteAllTextAsync(path + ".new", text);
        File.Move(path + ".new", path);
    }

    private static byte[] ReadBytes(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return []; // it ended meanwhile
        }
    }
}

public sealed class LocalEngineConformanceTests : EngineConformance
{
    protected override async Task<EngineHarness> CreateAsync() => await LocalHarness.CreateAsync();
}
