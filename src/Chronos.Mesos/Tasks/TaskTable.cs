using System.Diagnostics.CodeAnalysis;
using Chronos.Core.Runs;
using Chronos.Mesos.Logs;

namespace Chronos.Mesos.Tasks;

/// <summary>The attempts that are not settled yet, and where the output of the latest settled ones is. Not safe for
/// concurrent use.</summary>
internal sealed class TaskTable
{
    private const int PlacesMax = 20_000;

    private readonly Dictionary<AttemptId, TrackedTask> tasks = [];
    private readonly Dictionary<AttemptId, OutputPlace> places = [];
    private readonly Queue<AttemptId> placeOrder = new();

    internal int Count => tasks.Count;

    internal IEnumerable<TrackedTask> All => tasks.Values;

    internal bool TryFind(AttemptId id, [NotNullWhen(true)] out TrackedTask? task) => tasks.TryGetValue(id, out task);

    internal TrackedTask Add(AttemptId id, string jobName)
    {
        var task = new TrackedTask(id, jobName);
        tasks.Add(id, task);
        return task;
    }

    /// <summary>Forgets all but where the output is.</summary>
    internal void Settle(TrackedTask task)
    {
        tasks.Remove(task.Id);
        if (task.AgentId is not null) Remember(task.Id, PlaceOf(task));
    }

    /// <summary>The output is not to be found any more.</summary>
    internal void RemoveOutput(AttemptId id) => Remember(id, OutputPlace.Removed);

    /// <summary>Where the output of an attempt is; null: not known here.</summary>
    internal OutputPlace? FindOutput(AttemptId id)
    {
        if (places.TryGetValue(id, out var place)) return place;
        if (!tasks.TryGetValue(id, out var task) || task.Stage == TaskStage.Absent) return null;
        return task.Stage == TaskStage.Unknown ? OutputPlace.Sought : PlaceOf(task);
    }

    private static OutputPlace PlaceOf(TrackedTask task) =>
        new(task.AgentId, task.HostName, task.AgentAddress, task.Stage == TaskStage.Ended);

    private void Remember(AttemptId id, OutputPlace place)
    {
        if (!places.ContainsKey(id)) placeOrder.Enqueue(id);
        places[id] = place;
        while (places.Count > PlacesMax) places.Remove(placeOrder.Dequeue());
    }
}
