using Chronos.Mesos.Protocol;
using Chronos.Mesos.Protocol.Executor;
using Chronos.MesosSimulator.Timing;
using Google.Protobuf;
using Reason = Chronos.Mesos.Protocol.TaskStatus.Types.Reason;

namespace Chronos.MesosSimulator.Agents;

/// <summary>Executors that speak the executor API, whoever they are. What is for one that has not subscribed yet waits.
/// </summary>
/// <param name="timers">The cluster's.</param>
/// <param name="start">Starts the process of an executor; null: somebody else will subscribe in its name.</param>
internal sealed class ExecutorApiRuntime(TimerQueue timers, Action<ExecutorRecord>? start) : ITaskRuntime
{
    private static readonly TimeSpan RegistrationMax = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ShutdownGrace = TimeSpan.FromSeconds(5);

    public bool EndsWithItsTasks => false;

    public bool MustReturn => true;

    public void Launch(TaskRecord task)
    {
        var executor = task.Executor;
        if (executor.State == ExecutorState.Running)
        {
            Deliver(executor);
            return;
        }

        if (executor.IsStarted) return;
        executor.IsStarted = true;
        timers.Add(timers.Scaled(RegistrationMax), GiveUp, executor);
        start?.Invoke(executor);
    }

    public void Kill(TaskRecord task, TimeSpan? grace)
    {
        if (!task.IsDelivered)
        {
            task.Agent.ReportKilledEarly(task);
            return;
        }

        var kill = new Event.Types.Kill { TaskId = task.Task.TaskId };
        if (grace is { } time) kill.KillPolicy = new() { GracePeriod = new() { Nanoseconds = time.Ticks * 100 } };
        task.Executor.Stream?.Send(new Event { Type = Event.Types.Type.Kill, Kill = kill });
    }

    public void Shutdown(ExecutorRecord executor)
    {
        executor.Stream?.Send(new Event { Type = Event.Types.Type.Shutdown });
        var own = executor.Definition?.ShutdownGracePeriod;
        var grace = own is null ? timers.Scaled(ShutdownGrace) : TimeSpan.FromMicroseconds(own.Nanoseconds / 1000.0);
        timers.Add(grace, static late => ForceEnd(late), executor);
    }

    public void Destroy(ExecutorRecord executor)
    {
        executor.Stream?.Abort();
        ProcessGroup.Kill(executor.ProcessId);
    }

    public void Tell(ExecutorRecord executor, ByteString message) =>
        executor.Stream?.Send(new Event { Type = Event.Types.Type.Message, Message = new() { Data = message } });

    /// <summary>Sends what waits for an executor that listens now.</summary>
    internal static void Deliver(ExecutorRecord executor)
    {
        foreach (var group in executor.QueuedGroups)
        {
            foreach (var task in group.Tasks)
                if (executor.Tasks.TryGetValue(task.TaskId.Value, out var record)) record.IsDelivered = true;
            executor.Stream?.Send(new Event
            {
                Type = Event.Types.Type.LaunchGroup,
                LaunchGroup = new() { TaskGroup = group },
            });
        }

        executor.QueuedGroups.Clear();
        foreach (var task in executor.Tasks.Values.Where(task => !task.IsDelivered && !task.HasEnded).ToList())
        {
            task.IsDelivered = true;
            executor.Stream?.Send(new Event { Type = Event.Types.Type.Launch, Launch = new() { Task = task.Task } });
        }
    }

    private static void ForceEnd(ExecutorRecord executor)
    {
        if (executor.State == ExecutorState.Terminated) return;
        ProcessGroup.Kill(executor.ProcessId);
        executor.Agent.OnExecutorExited(executor, waitStatus: 9);
    }

    private static void GiveUp(ExecutorRecord executor)
    {
        if (executor.State != ExecutorState.Registering) return;
        foreach (var task in executor.Tasks.Values.Where(task => !task.HasEnded).ToList())
            executor.Agent.Report(task, new()
            {
                State = TaskState.TaskFailed,
                Source = TaskStatus.Types.Source.Agent,
                Reason = Reason.ExecutorRegistrationTimeout,
                Message = "Executor did not register within the timeout",
            });
        ForceEnd(executor);
    }
}
