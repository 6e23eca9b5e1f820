using Chronos.Mesos.Protocol;
using Chronos.MesosSimulator.Timing;
using Google.Protobuf;

namespace Chronos.MesosSimulator.Agents;

/// <summary>An update that waits for its acknowledgement.</summary>
internal sealed class PendingUpdate(TaskRecord task, TaskStatus status)
{
    /// <summary>Null: acknowledged; the timer that still knows the update then holds nothing back.</summary>
    internal TaskRecord? Task { get; set; } = task;

    internal TaskStatus? Status { get; set; } = status;

    internal TimeSpan Pause { get; set; }

    internal TimeSpan SendAgainAt { get; set; }
}

/// <summary>Sends the updates of an agent's tasks until they are acknowledged: one of a task at a time, again after
/// 10 s, then after twice as long each time, up to 10 min.</summary>
internal sealed class StatusUpdates(SimulatedAgent agent, TimerQueue timers)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(10);

    /// <summary>Takes an update into the care of the agent.</summary>
    internal void Add(TaskRecord task, TaskStatus status)
    {
        task.Pending.Enqueue(new(task, status));
        if (task.Pending.Count == 1) SendFirst(task);
    }

    /// <summary>Whether it is the update on its way; any other is nobody's.</summary>
    internal bool Acknowledge(TaskRecord task, ByteString uuid)
    {
        if (!task.Pending.TryPeek(out var first) || first.Status?.Uuid != uuid) return false;
        task.Pending.Dequeue();
        (first.Task, first.Status) = (null, null);
        if (task.Pending.Count > 0) SendFirst(task);
        return true;
    }

    /// <summary>Sends what is on its way again at once: the master or the framework was away.</summary>
    internal void Resume(TaskRecord task)
    {
        if (task.Pending.Count > 0) SendFirst(task);
    }

    private void SendFirst(TaskRecord task)
    {
        var update = task.Pending.Peek();
        update.Pause = FirstPause;
        Send(update);
    }

    private void Send(PendingUpdate update)
    {
        if (update is not { Task: { } task, Status: { } status }) return;
        agent.Forward(task, status);
        var pause = timers.Scaled(update.Pause);
        update.SendAgainAt = timers.Now + pause;
        update.Pause = update.Pause * 2 < LongestPause ? update.Pause * 2 : LongestPause;
        timers.Add(pause, SendAgain, update);
    }

    private void SendAgain(PendingUpdate update)
    {
        if (update.Task is { } task && timers.Now >= update.SendAgainAt && task.Pending.TryPeek(out var first)
            && first == update && agent.IsRunning)
            Send(update);
    }
}
