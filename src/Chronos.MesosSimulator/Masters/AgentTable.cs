using Chronos.Mesos.Protocol;
using Chronos.Mesos.Protocol.Scheduler;
using Chronos.MesosSimulator.Agents;
using Reason = Chronos.Mesos.Protocol.TaskStatus.Types.Reason;

namespace Chronos.MesosSimulator.Masters;

/// <summary>The agents of a term: who is there, who is expected, who is given up.</summary>
internal sealed class AgentTable(LeadingTerm term)
{
    private static readonly TimeSpan PingMax = TimeSpan.FromSeconds(75);
    private readonly Dictionary<string, RegisteredAgent> agents = new(StringComparer.Ordinal);
    private int count;

    internal IEnumerable<RegisteredAgent> All => agents.Values;

    /// <summary>Agents of the term before that have not come back yet.</summary>
    internal HashSet<string> Recovered { get; } = [.. term.Core.Registry.Admitted];

    internal RegisteredAgent? Find(string id) => agents.GetValueOrDefault(id);

    internal void Clear() => agents.Clear();

    /// <summary>Gives an agent its id; false: it was given up and must not come back.</summary>
    internal bool Admit(SimulatedAgent agent)
    {
        if (term.Core.Registry.Gone.Contains(agent.Id)) return false;
        if (agent.Id.Length == 0) agent.Id = $"{term.Info.Id}-S{count++}";
        term.Core.Registry.Admitted.Add(agent.Id);
        return true;
    }

    /// <summary>An agent is there, again or for the first time.</summary>
    internal void Register(SimulatedAgent agent)
    {
        var registry = term.Core.Registry;
        var wasUnreachable = registry.Unreachable.Remove(agent.Id);
        var isExpected = Recovered.Remove(agent.Id);
        var known = Find(agent.Id);
        var entry = known ?? new(term, agent) { RegisteredAt = term.Core.Timers.Today };
        agents[agent.Id] = entry;
        entry.IsConnected = true;
        entry.Generation++;
        term.Offers.RescindOf(entry);
        foreach (var task in entry.Tasks.Values.ToList())
            if (!agent.Tasks.ContainsKey((task.FrameworkId, task.Id))) agent.Disown(task);
        TakeTasks(entry, agent);
        entry.Free = FreeOf(agent);
        if (wasUnreachable || (known is null && !isExpected)) TellReturned(entry, wasUnreachable);
        foreach (var ((frameworkId, taskId), kill) in entry.LateKills)
            if (agent.Tasks.TryGetValue((frameworkId, taskId), out var task)) agent.Kill(task, kill.KillPolicy);
        entry.LateKills.Clear();
        term.Allocator.RunSoon();
    }

    /// <summary>The connection to an agent broke.</summary>
    internal void Disconnect(string id)
    {
        if (Find(id) is not { } entry) return;
        entry.IsConnected = false;
        term.Offers.RescindOf(entry);
        foreach (var task in entry.Tasks.Values.ToList())
        {
            var framework = term.Frameworks.GetValueOrDefault(task.FrameworkId);
            if (framework is null || framework.Info.Checkpoint) continue;
            if (!task.HasEnded)
                framework.Send(Statuses.OfMaster(
                    task, TaskState.TaskLost, Reason.AgentDisconnected, "Agent disconnected"));
            term.Forget(framework, task);
        }

        ExpectUnreachable(id);
    }

    /// <summary>Pings are missed from now on.</summary>
    internal void ExpectUnreachable(string id)
    {
        if (Find(id) is not { } entry) return;
        term.Core.Timers.Add(
            term.Core.Timers.Scaled(PingMax), late => GiveUp(late), new Silence(entry, entry.Generation));
    }

    /// <summary>An agent is taken for lost; it may come back.</summary>
    internal void MarkUnreachable(string id)
    {
        var now = term.Core.Timers.Today;
        term.Core.Registry.Unreachable[id] = now;
        term.Core.Registry.Admitted.Remove(id);
        Recovered.Remove(id);
        RemoveEntry(id, (framework, task) =>
        {
            var state = framework.IsPartitionAware ? TaskState.TaskUnreachable : TaskState.TaskLost;
            var status = Statuses.OfMaster(task, state, Reason.AgentRemoved, "Agent is unreachable");
            status.UnreachableTime = Statuses.TimeOf(now);
            framework.SetUnreachable(task);
            return status;
        });
    }

    /// <summary>An operator says that an agent will never come back.</summary>
    internal void MarkGone(string id)
    {
        term.Core.Registry.Gone.Add(id);
        term.Core.Registry.Admitted.Remove(id);
        term.Core.Registry.Unreachable.Remove(id);
        Recovered.Remove(id);
        var agent = Find(id)?.Link;
        RemoveEntry(id, static (framework, task) => framework.IsPartitionAware
            ? Statuses.OfMaster(task, TaskState.TaskGoneByOperator, Reason.AgentRemovedByOperator, "Agent marked gone")
            : Statuses.OfMaster(task, TaskState.TaskLost, Reason.AgentRemoved, "Agent marked gone"));
        agent?.Leave();
    }

    /// <summary>Agents of the term before took too long.</summary>
    internal void GiveUpRecovered()
    {
        if (!term.IsCurrent) return;
        foreach (var id in Recovered.ToList()) MarkUnreachable(id);
    }

    private void GiveUp(Silence silence)
    {
        var entry = silence.Entry;
        if (term.IsCurrent && entry.Generation == silence.Generation && Find(entry.Id) == entry && entry.Link is null)
            MarkUnreachable(entry.Id);
    }

    private void RemoveEntry(string id, Func<Framework, TaskRecord, TaskStatus> statusOf)
    {
        if (Find(id) is { } entry)
        {
            term.Offers.RescindOf(entry);
            agents.Remove(id);
            foreach (var task in entry.Tasks.Values)
            {
                if (!term.Frameworks.TryGetValue(task.FrameworkId, out var framework)) continue;
                framework.Forget(task);
                framework.Send(statusOf(framework, task));
            }
        }

        foreach (var framework in term.Frameworks.Values)
            framework.Send(new Event
            {
                Type = Event.Types.Type.Failure,
                Failure = new() { AgentId = new() { Value = id } },
            });
    }

    private void TakeTasks(RegisteredAgent entry, SimulatedAgent agent)
    {
        foreach (var (id, info) in agent.Frameworks.ToList())
        {
            if (term.Subscriptions.IsCompleted(id)) agent.RemoveFramework(id);
            else term.Subscriptions.Recover(id, info);
        }

        foreach (var framework in term.Frameworks.Values) framework.SetReachable(agent.Id);
        foreach (var (key, task) in agent.Tasks)
        {
            if (task.IsDisowned && !entry.Tasks.ContainsKey(key)) continue;
            Add(term.Frameworks[key.FrameworkId], task);
            entry.Tasks[key] = task;
            task.Forwarded = task.Latest;
        }
    }

    // A task of that id may have been launched elsewhere while the agent was away.
    private void Add(Framework framework, TaskRecord task)
    {
        if (framework.Tasks.TryGetValue(task.Id, out var known) && known != task) term.Core.Tasks.Collide();
        framework.Tasks[task.Id] = task;
    }

    private static Resources.ResourceBag FreeOf(SimulatedAgent agent)
    {
        var free = agent.Total.Copy();
        foreach (var executor in agent.Executors.Values) free.Subtract(executor.Resources);
        foreach (var task in agent.Tasks.Values)
        {
            if (task.HasEnded) task.IsReleased = true;
            if (!task.IsReleased) free.Subtract(task.Resources);
        }

        return free;
    }

    private void TellReturned(RegisteredAgent entry, bool wasUnreachable)
    {
        var message = wasUnreachable ? "Unreachable agent re-reregistered" : "Unknown agent reregistered";
        foreach (var task in entry.Tasks.Values)
            if (term.Frameworks.TryGetValue(task.FrameworkId, out var framework))
                framework.Send(Statuses.OfMaster(task, task.Latest, Reason.AgentReregistered, message));
    }

    private sealed record Silence(RegisteredAgent Entry, int Generation);
}
