using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Mesos;
using Chronos.Mesos.Detection;
using Chronos.MesosSimulator;
using Chronos.Testing;
using Chronos.Testing.Engines;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mesos.Tests.Engine;

/// <summary>The Mesos engine on one simulated agent that really starts processes.</summary>
internal sealed class MesosHarness : EngineHarness
{
    private readonly string folder = Directory.CreateTempSubdirectory("chronos-mesos-").FullName;
    private SimulatedCluster cluster = null!; // set by CreateAsync

    internal static async Task<EngineHarness> CreateAsync()
    {
        var harness = new MesosHarness();
        harness.cluster = await SimulatedCluster.StartAsync(new()
        {
            Agents = 1,
            Agent = static _ => new() { Cpus = 4, Mem = 4096 },
            WorkDirectory = harness.folder,
            TimeScale = 20,
        });
        await harness.ReconnectAsync();
        await harness.Engine.ReconcileAsync([], CancellationToken.None); // a new node has nothing under way
        return harness;
    }

    public override async Task ReconnectAsync()
    {
        if (Engine is { } old) await old.DisposeAsync();
        var options = new MesosEngineOptions
        {
            Master = new MasterSetting.Addresses([cluster.Masters[0].Address]),
            ReviveInterval = TimeSpan.FromMilliseconds(20),
            DeclineTime = TimeSpan.FromMilliseconds(200),
            Tick = TimeSpan.FromMilliseconds(20),
        };
        Engine = new MesosEngine(options, TimeProvider.System, NullLoggerFactory.Instance);
        await Engine.ConnectAsync(Identity, Link, CancellationToken.None);
        await Wait.UntilAsync(() => Engine.Describe() is { IsHealthy: true, Total.Cpus: > 0 }, "connection");
    }

    public override Job HeldJob(string name) => new()
    {
        Name = name,
        Command = "while [ ! -e \"$MESOS_SANDBOX/exit\" ]; do "
            + "if [ -e \"$MESOS_SANDBOX/say\" ]; then cat \"$MESOS_SANDBOX/say\"; "
            + "mv \"$MESOS_SANDBOX/say\" \"$MESOS_SANDBOX/said\"; fi; sleep 0.02; done; "
            + "exit $(cat \"$MESOS_SANDBOX/exit\")",
    };

    public override Task ExitAsync(AttemptId id, int exitCode) => PutAsync(id, "exit", exitCode.ToString());

    public override async Task WriteAsync(AttemptId id, string text)
    {
        await PutAsync(id, "say", text);
        await Wait.UntilAsync(() => File.Exists(Path.Join(Sandbox(id), "said")), "output");
    }

    public override async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        await cluster.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private async Task PutAsync(AttemptId id, string name, string text)
    {
        var file = Path.Join(Sandbox(id), name);
        await File.WriteAllTextAsync(file + ".new", text);
        File.Move(file + ".new", file);
    }

    // Below the folder as an agent arranges it: …/executors/ID/runs/RUN.
    private string Sandbox(AttemptId id) => Directory
        .EnumerateDirectories(folder, id.ToString(), SearchOption.AllDirectories)
        .SelectMany(executor => Directory.EnumerateDirectories(Path.Join(executor, "runs")))
        .First(run => Path.GetFileName(run) != "latest");
}
