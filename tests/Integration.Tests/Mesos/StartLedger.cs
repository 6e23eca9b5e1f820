using System.Security.Cryptography;
using System.Text;
using Chronos.Mesos.Protocol;
using Chronos.MesosSimulator;

namespace Chronos.Integration.Tests.Mesos;

/// <summary>Which tasks and runs a cluster has started. It has room for all of them from the start, so that it does not
/// grow while the memory of others is measured.</summary>
internal sealed class StartLedger
{
    private const string RunLabel = "chronos_run";
    private readonly Lock gate = new();
    private readonly HashSet<ulong> tasks;
    private readonly HashSet<ulong> runs;
    private readonly List<string> doubled = [];

    internal StartLedger(SimulatedCluster cluster, int runsExpected)
    {
        (tasks, runs) = (new(runsExpected * 2), new(runsExpected));
        cluster.Tasks.OnStarted = Add;
    }

    /// <summary>Tasks that were started.</summary>
    internal int TaskCount
    {
        get
        {
            lock (gate) return tasks.Count;
        }
    }

    /// <summary>Runs of which a task was started.</summary>
    internal int RunCount
    {
        get
        {
            lock (gate) return runs.Count;
        }
    }

    /// <summary>Tasks that were started again.</summary>
    internal IReadOnlyList<string> Doubled
    {
        get
        {
            lock (gate) return [.. doubled];
        }
    }

    private void Add(TaskInfo task)
    {
        var run = task.Labels.Labels_.Single(label => label.Key == RunLabel).Value;
        lock (gate)
        {
            if (!tasks.Add(Mark(task.TaskId.Value))) doubled.Add(task.TaskId.Value);
            runs.Add(Mark(run));
        }
    }

    // Eight bytes tell a hundred thousand apart.
    private static ulong Mark(string id) => BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes(id)));
}
