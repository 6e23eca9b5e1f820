using Chronos.Mesos.Protocol;
using Chronos.Mesos.Protocol.Scheduler;
using Chronos.MesosSimulator.Agents;
using Chronos.MesosSimulator.Http;
using Chronos.MesosSimulator.Resources;
using Capability = Chronos.Mesos.Protocol.FrameworkInfo.Types.Capability.Types.Type;

namespace Chronos.MesosSimulator.Masters;

/// <summary>Where a framework stands with a master.</summary>
internal enum FrameworkState
{
    /// <summary>Agents told of it after a fail-over; it has not subscribed yet.</summary>
    Recovered,

    Connected,
    Disconnected,
}

/// <summary>A framework as a leading master knows it.</summary>
internal sealed class Framework(string id, FrameworkInfo info)
{
    private const int CompletedTasksMax = 1000;
    private const int UnreachableTasksMax = 1000;
    private readonly OrderedDictionary<string, TaskRecord> unreachable = new(StringComparer.Ordinal);

    internal string Id { get; } = id;

    internal FrameworkInfo Info { get; private set; } = info;

    internal FrameworkState State { get; set; } = FrameworkState.Recovered;

    internal EventSender? Events { get; set; }

    /// <summary>Counts subscriptions, so that a timer of an earlier one does nothing.</summary>
    internal int Generation { get; set; }

    internal HashSet<string> Suppressed { get; } = new(StringComparer.Ordinal);

    internal Dictionary<(string Role, string AgentId), List<OfferFilter>> Filters { get; } = [];

    internal Dictionary<string, TaskRecord> Tasks { get; } = new(StringComparer.Ordinal);

    /// <summary>The latest whose agents went out of reach, as far as masters remember.</summary>
    internal IReadOnlyDictionary<string, TaskRecord> UnreachableTasks => unreachable;

    /// <summary>The latest that have ended and are acknowledged, as far as masters remember.</summary>
    internal Queue<TaskRecord> CompletedTasks { get; } = new();

    internal HashSet<string> OfferIds { get; } = new(StringComparer.Ordinal);

    internal HashSet<string> InverseOfferIds { get; } = new(StringComparer.Ordinal);

    internal RecordStream? Stream => Events?.Stream;

    internal bool IsPartitionAware { get; private set; } = HasIn(info, Capability.PartitionAware);

    internal bool IsMultiRole => Has(Capability.MultiRole);

    internal bool IsRefined => Has(Capability.ReservationRefinement);

    internal IEnumerable<string> Roles => IsMultiRole ? Info.Roles : [SingleRole];

    private string SingleRole
    {
        get
        {
#pragma warning disable CS0612 // frameworks of one role name it in a deprecated field
            return Info.Role;
#pragma warning restore CS0612
        }
    }

    internal bool Has(Capability capability) => HasIn(Info, capability);

    /// <summary>Takes a newer description; what may not change stays.</summary>
    internal void Update(FrameworkInfo newer)
    {
        newer = newer.Clone();
        newer.Id = new() { Value = Id };
        if (State != FrameworkState.Recovered || Info.User.Length > 0)
        {
            newer.User = Info.User;
            newer.Checkpoint = Info.Checkpoint;
            if (Info.HasPrincipal) newer.Principal = Info.Principal;
        }

        Info = newer;
        IsPartitionAware = Has(Capability.PartitionAware);
    }

    internal void SetUnreachable(TaskRecord task)
    {
        unreachable[task.Id] = task;
        if (unreachable.Count > UnreachableTasksMax) unreachable.RemoveAt(0);
    }

    /// <summary>An agent is back: its tasks are not out of reach any more, whether it still knows them or not.
    /// </summary>
    internal void SetReachable(string agentId)
    {
        foreach (var task in unreachable.Values.Where(task => task.AgentId == agentId).ToList())
            unreachable.Remove(task.Id);
    }

    /// <summary>Takes a task out of those that are known, and no other that has its id.</summary>
    internal void Forget(TaskRecord task) =>
        ((ICollection<KeyValuePair<string, TaskRecord>>)Tasks).Remove(new(task.Id, task));

    internal void Remember(TaskRecord task)
    {
        CompletedTasks.Enqueue(task);
        if (CompletedTasks.Count > CompletedTasksMax) CompletedTasks.Dequeue();
    }

    internal void Send(Event message) => Events?.Send(message);

    internal void Send(TaskStatus status) => Send(new Event
    {
        Type = Event.Types.Type.Update,
        Update = new() { Status = status },
    });

    private static bool HasIn(FrameworkInfo info, Capability capability)
    {
        foreach (var known in info.Capabilities)
            if (known.Type == capability) return true;
        return false;
    }
}

/// <summary>Resources that a framework does not want to be offered for a while.</summary>
internal sealed record OfferFilter(ResourceBag Refused, TimeSpan Until);
