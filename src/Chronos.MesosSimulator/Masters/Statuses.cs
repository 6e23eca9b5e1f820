using Chronos.Mesos.Protocol;
using Chronos.MesosSimulator.Agents;

namespace Chronos.MesosSimulator.Masters;

/// <summary>Statuses that a master makes itself. They carry no uuid: nobody is to acknowledge them.</summary>
internal static class Statuses
{
    internal static TaskStatus OfMaster(
        TaskRecord task, TaskState state, TaskStatus.Types.Reason reason, string message) =>
        OfMaster(task.Id, task.AgentId, state, reason, message);

    internal static TaskStatus OfMaster(
        string taskId, string? agentId, TaskState state, TaskStatus.Types.Reason reason, string message)
    {
        var status = new TaskStatus
        {
            TaskId = new() { Value = taskId },
            State = state,
            Message = message,
            Source = TaskStatus.Types.Source.Master,
            Reason = reason,
            Timestamp = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0,
        };
        if (agentId is not null) status.AgentId = new() { Value = agentId };
        return status;
    }

    internal static TimeInfo TimeOf(DateTimeOffset time) =>
        new() { Nanoseconds = (time - DateTimeOffset.UnixEpoch).Ticks * 100 };
}
