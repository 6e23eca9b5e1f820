using Chronos.Mesos.Protocol;
using Chronos.Mesos.Protocol.Scheduler;
using Chronos.MesosSimulator.Agents;
using Reason = Chronos.Mesos.Protocol.TaskStatus.Types.Reason;

namespace Chronos.MesosSimulator.Masters;

/// <summary>Tells a scheduler what its tasks are doing.</summary>
internal sealed class Reconciliation(LeadingTerm term)
{
    /// <summary>Answers for the tasks named, or for all that are known.</summary>
    internal void Answer(Framework framework, Call.Types.Reconcile reconcile)
    {
        if (reconcile.Tasks.Count == 0)
            foreach (var task in framework.Tasks.Values) framework.Send(Known(task));
        foreach (var task in reconcile.Tasks) AnswerOne(framework, task.TaskId.Value, task.AgentId?.Value);
    }

    /// <summary>Answers for one task, unless an agent that may have it is still expected.</summary>
    internal void AnswerOne(Framework framework, string taskId, string? agentId)
    {
        if (framework.Tasks.TryGetValue(taskId, out var task))
        {
            framework.Send(Known(task));
            return;
        }

        var (agents, registry) = (term.Agents, term.Core.Registry);
        if (agentId is null ? agents.Recovered.Count > 0 : agents.Recovered.Contains(agentId)) return;
        agentId ??= framework.UnreachableTasks.GetValueOrDefault(taskId)?.AgentId;
        var isAgentUnreachable = agentId is not null && registry.Unreachable.ContainsKey(agentId);
        var (state, message) =
            agentId is null ? (TaskState.TaskUnknown, "Task is unknown")
            : agents.Find(agentId) is not null ? (TaskState.TaskGone, "Task is unknown to the agent")
            : isAgentUnreachable ? (TaskState.TaskUnreachable, "Task is unreachable")
            : registry.Gone.Contains(agentId) ? (TaskState.TaskGoneByOperator, "Task is gone")
            : (TaskState.TaskUnknown, "Task is unknown");
        var status = Status(taskId, agentId, framework.IsPartitionAware ? state : TaskState.TaskLost, message);
        if (isAgentUnreachable)
            status.UnreachableTime = Statuses.TimeOf(registry.Unreachable[agentId!]); // not null: checked above
        framework.Send(status);
    }

    private static TaskStatus Known(TaskRecord task)
    {
        var status = Status(task.Id, task.AgentId, task.Forwarded, "Latest task state");
        if (!task.Executor.IsForOneCommand) status.ExecutorId = new() { Value = task.Executor.Id };
        return status;
    }

    private static TaskStatus Status(string taskId, string? agentId, TaskState state, string message) =>
        Statuses.OfMaster(taskId, agentId, state, Reason.Reconciliation, "Reconciliation: " + message);
}
