using Chronos.Mesos;
using Chronos.MesosSimulator;

namespace Chronos.Integration.Tests.Mesos;

/// <summary>A scheduler at work on a cluster that fails, and how far it has come.</summary>
internal sealed class FaultyRun(SimulatedCluster cluster, MesosNode node, int total) : IAsyncDisposable
{
    private const int LooksMax = 3600; // without any progress: 3 min, of those in which this process runs
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    internal MesosNode Node { get; private set; } = node;

    internal StartLedger Ledger { get; } = new(cluster, total);

    /// <summary>Stops the scheduler and starts another over its data.</summary>
    internal async Task RestartAsync(string folder, MesosEngineOptions options)
    {
        await Node.DisposeAsync();
        Node = await MesosNode.StartAsync(folder, options);
    }

    /// <summary>Waits until a share of the runs has started.</summary>
    internal Task StartedAsync(double share) => UntilAsync(() => Ledger.RunCount >= total * share);

    /// <summary>Waits until a share of the runs has started, all of them have ended, and nobody keeps anything of them.
    /// </summary>
    internal async Task EndedAsync(double share)
    {
        await StartedAsync(share);
        await UntilAsync(() => Node.Scheduler.Jobs.ActiveRunCount == 0);
        await UntilAsync(() => Node.Engine.TrackedCount == 0 && cluster.TasksKept == 0);
    }

    public ValueTask DisposeAsync() => Node.DisposeAsync();

    // A machine that other work keeps busy takes long; only one that gets nowhere has failed.
    private async Task UntilAsync(Func<bool> condition)
    {
        var (latest, looks) = (Progress(), 0);
        while (!condition())
        {
            if (Progress() is var now && now != latest) (latest, looks) = (now, 0);
            else if (++looks > LooksMax) throw new TimeoutException(Describe());
            await Task.Delay(Pause);
        }
    }

    private (int Started, int Active, int Tracked, int Kept) Progress() =>
        (Ledger.TaskCount, Node.Scheduler.Jobs.ActiveRunCount, Node.Engine.TrackedCount, cluster.TasksKept);

    private string Describe() => $"{Ledger.TaskCount} tasks of {Ledger.RunCount} of {total} runs, "
        + $"{Node.Scheduler.Jobs.ActiveRunCount} active, {Node.Engine.TrackedCount} tracked, "
        + $"{cluster.TasksKept} kept by the cluster; {Node.Engine.Describe()}";
}
