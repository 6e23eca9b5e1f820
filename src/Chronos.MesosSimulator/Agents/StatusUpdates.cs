using Chronos.Mesos.Protocol;
using Chronos.MesosSimulator.Timing;
using Google.Protobuf;

namespace Chronos.MesosSimulator.Agents;

/// <summary>An update that waits for its acknowledgement.</summary>
internal sealed class PendingUpdate(TaskStatus status)
{
    internal TaskStatus Status { get; } = status;

    internal TimeSpan Pause { get; set; }

    internal TimeSpan SendAgainAt { get; set; }
}

/// <summary>Sends the updates of an agent's tasks until they are acknowledged: one of a task at a time, again after
/// 10 s, then after twice as long each time, up to 10 min.</summary>
internal sealed class StatusUpdates(SimulatedAgent agent, TimerQueue timers)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(10);
    private TimeSpan wakesAt = TimeSpan.MaxValue;

    /// <summary>Takes an update into the care of the agent.</summary>
    internal void Add(TaskRecord task, TaskStatus status)
    {
        task.Pending.Enqueue(new(status));
        if (task.Pending.Count == 1) SendFirst(task);
    }

    /// <summary>Whether it is the update on its way; any other is nobody's.</summary>
    internal bool Acknowledge(TaskRecord task, ByteString uuid)
    {
        if (!task.Pending.TryPeek(out var first) || first.Status.Uuid != uuid) return false;
        task.Pending.Dequeue();
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
        Send(task, update);
    }

    private void Send(TaskRecord task, PendingUpdate update)
    {
        agent.Forward(task, update.Status);
        update.SendAgainAt = timers.Now + timers.Scaled(update.Pause);
        update.Pause = update.Pause * 2 < LongestPause ? update.Pause * 2 : LongestPause;
        WakeAt(update.SendAgainAt);
    }

    // One timer for all updates: most are acknowledged long before they would be sent again.
    private void WakeAt(TimeSpan time)
    {
        if (time >= wakesAt) return;
        wakesAt = time;
        timers.Add(time - timers.Now, static updates => updates.SendOverdue(), this);
    }

    private void SendOverdue()
    {
        if (timers.Now < wakesAt) return; // there is another timer
        wakesAt = TimeSpan.MaxValue;
        if (!agent.IsRunning) return; // its return sends everything again
        foreach (var task in agent.Tasks.Values)
        {
            if (!task.Pending.TryPeek(out var first)) continue;
            if (first.SendAgainAt <= timers.Now) Send(task, first);
            else WakeAt(first.SendAgainAt);
        }
    }
}
