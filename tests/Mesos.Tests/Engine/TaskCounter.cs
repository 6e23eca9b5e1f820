using System.Collections.Concurrent;
using Chronos.MesosSimulator;

namespace Mesos.Tests.Engine;

/// <summary>Counts how often each task was really started on an agent.</summary>
internal sealed class TaskCounter
{
    private readonly ConcurrentDictionary<string, int> starts = new();

    internal TaskCounter(SimulatedCluster cluster) =>
        cluster.Tasks.OnStarted = task => starts.AddOrUpdate(task.TaskId.Value, 1, (_, count) => count + 1);

    /// <summary>Tasks that were started at all.</summary>
    internal int Count => starts.Count;

    /// <summary>Tasks that were started more than once.</summary>
    internal IEnumerable<string> Doubled => starts.Where(start => start.Value > 1).Select(start => start.Key);
}
