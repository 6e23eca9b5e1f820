using Chronos.Mesos.Protocol;
using Chronos.MesosSimulator.Resources;
using Google.Protobuf;

namespace Chronos.MesosSimulator.Agents;

/// <summary>A task from its launch to the acknowledgement of its end; after that nothing of it is kept. Masters that
/// know of it hold the same object.</summary>
internal sealed class TaskRecord(TaskInfo task, string role, SimulatedAgent agent, ExecutorRecord executor)
{
    internal TaskInfo Task { get; } = task;

    internal string Id => Task.TaskId.Value;

    internal string Role { get; } = role;

    internal SimulatedAgent Agent { get; } = agent;

    /// <summary>The id that the agent had at the launch.</summary>
    internal string AgentId { get; } = agent.Id;

    internal ExecutorRecord Executor { get; } = executor;

    internal string FrameworkId => Executor.FrameworkId;

    internal ResourceBag Resources { get; } = ResourceBag.Of(task.Resources);

    /// <summary>What the agent knows.</summary>
    internal TaskState Latest { get; set; } = TaskState.TaskStaging;

    /// <summary>What was last sent on to the scheduler: what reconciliation answers.</summary>
    internal TaskState Forwarded { get; set; } = TaskState.TaskStaging;

    /// <summary>Of the update that told <see cref="Forwarded"/>; empty: none yet.</summary>
    internal ByteString ForwardedUuid { get; set; } = ByteString.Empty;

    /// <summary>Updates that are not acknowledged; only the first is on its way.</summary>
    internal Queue<PendingUpdate> Pending { get; } = new(2);

    /// <summary>Whether the master has given its resources to others.</summary>
    internal bool IsReleased { get; set; }

    /// <summary>Whether it was handed to its executor.</summary>
    internal bool IsDelivered { get; set; }

    /// <summary>Whether its agent, asked for it, did not know it. It says so until that is acknowledged, and tells
    /// later masters nothing of such a task.</summary>
    internal bool IsDisowned { get; set; }

    /// <summary>Whether somebody asked for its end.</summary>
    internal bool IsKilled { get; set; }

    /// <summary>Of a task in a group, whose container lies in that of its executor.</summary>
    internal string NestedContainerId { get; } = executor.IsForOneCommand ? "" : Guid.NewGuid().ToString();

    /// <summary>What the runtime that runs it keeps.</summary>
    internal object? Running { get; set; }

    internal bool IsInDocker => Task.Container?.Type == ContainerInfo.Types.Type.Docker;

    internal bool HasEnded => TaskStates.IsTerminal(Latest);
}

/// <summary>What is true of states.</summary>
internal static class TaskStates
{
    internal static bool IsTerminal(TaskState state) => state is TaskState.TaskFinished or TaskState.TaskFailed
        or TaskState.TaskKilled or TaskState.TaskError or TaskState.TaskLost or TaskState.TaskDropped
        or TaskState.TaskGone or TaskState.TaskGoneByOperator;
}
