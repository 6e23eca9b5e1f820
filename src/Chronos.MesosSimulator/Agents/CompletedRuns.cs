namespace Chronos.MesosSimulator.Agents;

/// <summary>The sandboxes of runs that have ended, until newer ones push them out: the garbage collection of the agent.
/// </summary>
internal sealed class CompletedRuns(int runsMax)
{
    private readonly Dictionary<(string FrameworkId, string ExecutorId), CompletedRun> latest = [];
    private readonly Queue<CompletedRun> order = new();

    internal IEnumerable<CompletedRun> All => order;

    internal void Add(ExecutorRecord executor, Sandbox sandbox)
    {
        var run = new CompletedRun(executor.FrameworkId, executor.Id, executor.ContainerId, sandbox);
        latest[(run.FrameworkId, run.ExecutorId)] = run;
        order.Enqueue(run);
        if (order.Count > runsMax) Collect();
    }

    /// <summary>Forgets all runs.</summary>
    internal void Clear()
    {
        while (order.Count > 0) Collect();
    }

    internal CompletedRun? Find(string frameworkId, string executorId, string? containerId) => containerId is null
        ? latest.GetValueOrDefault((frameworkId, executorId))
        : order.FirstOrDefault(run => run.FrameworkId == frameworkId && run.ExecutorId == executorId
            && run.ContainerId == containerId);

    private void Collect()
    {
        var oldest = order.Dequeue();
        var key = (oldest.FrameworkId, oldest.ExecutorId);
        if (latest.GetValueOrDefault(key) == oldest) latest.Remove(key);
        if (oldest.Sandbox.Directory is { } directory && Directory.Exists(directory))
            Directory.Delete(directory, recursive: true);
    }
}

/// <summary>A run that has ended.</summary>
internal sealed record CompletedRun(string FrameworkId, string ExecutorId, string ContainerId, Sandbox Sandbox);
