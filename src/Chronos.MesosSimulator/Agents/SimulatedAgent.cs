using Chronos.Mesos.Protocol;
using Chronos.MesosSimulator.Http;
using Chronos.MesosSimulator.Masters;
using Chronos.MesosSimulator.Resources;
using Google.Protobuf;
using Reason = Chronos.Mesos.Protocol.TaskStatus.Types.Reason;

namespace Chronos.MesosSimulator.Agents;

/// <summary>An agent: it runs tasks and reports them to the master it is registered with.</summary>
public sealed partial class SimulatedAgent
{
    private readonly ClusterCore core;
    private readonly StatusUpdates updates;
    private readonly List<(TaskRecord Task, TaskStatus Status)> held = [];

    internal SimulatedAgent(ClusterCore core, int number, int port, string path, AgentOptions options)
    {
        (this.core, Number, Port, Path, Options) = (core, number, port, path, options);
        updates = new(this, core.Timers);
        Total = ResourceBag.Of(options.ToResources());
        Completed = new(core.Options.CompletedRunsMax);
    }

    /// <summary>Its id; empty before it first registered, another one after a reboot.</summary>
    public string Id { get; internal set; } = "";

    /// <summary>Where it listens, on the loopback interface.</summary>
    public int Port { get; }

    /// <summary>Prefix of its own endpoints, such as <c>/slave(1)</c>. Agents of large clusters share ports.</summary>
    public string Path { get; }

    /// <summary>What offers say of it.</summary>
    public AgentOptions Options { get; }

    /// <summary>Whether its process is there.</summary>
    public bool IsRunning { get; private set; } = true;

    internal int Number { get; }

    /// <summary>Null: it starts nothing.</summary>
    internal string? WorkDirectory =>
        core.Options.WorkDirectory is { } all ? System.IO.Path.Join(all, $"agent-{Number}") : null;

    internal ResourceBag Total { get; }

    internal Dictionary<(string FrameworkId, string Id), ExecutorRecord> Executors { get; } = [];

    internal Dictionary<(string FrameworkId, string Id), TaskRecord> Tasks { get; } = [];

    internal Dictionary<string, FrameworkInfo> Frameworks { get; } = new(StringComparer.Ordinal);

    internal CompletedRuns Completed { get; }

    internal AgentInfo Description => new()
    {
        Id = new() { Value = Id },
        Hostname = Options.Hostname,
        Port = Port,
        Resources = { Total.ToMessages(role: null, isRefined: true) },
        Attributes = { Options.ToAttributes() },
        Domain = Options.ToDomain(),
    };

    /// <summary>The master that hears it; null: none does.</summary>
    internal LeadingTerm? Master { get; private set; }

    /// <summary>Starts a task in an executor, which is made when it is not there.</summary>
    internal void Launch(TaskRecord task)
    {
        var executor = task.Executor;
        Frameworks.TryAdd(task.FrameworkId, core.FrameworkOf(task.FrameworkId));
        Tasks[(task.FrameworkId, task.Id)] = task;
        Executors[(executor.FrameworkId, executor.Id)] = executor;
        executor.Tasks[task.Id] = task;
        if (executor.State >= ExecutorState.Terminating)
        {
            Report(task, new()
            {
                State = IsPartitionAware(task.FrameworkId) ? TaskState.TaskDropped : TaskState.TaskLost,
                Source = TaskStatus.Types.Source.Agent,
                Reason = Reason.ExecutorTerminated,
            });
            return;
        }

        task.IsDelivered = !executor.Runtime.MustReturn;
        executor.Runtime.Launch(task);
    }

    /// <summary>Takes a status of a task from its executor, or makes one itself; all that it can know is filled in.
    /// </summary>
    internal void Report(TaskRecord task, TaskStatus status)
    {
        if (!IsRunning)
        {
            Hold(task, status);
            return;
        }

        if (task.HasEnded || !Tasks.ContainsKey((task.FrameworkId, task.Id))) return;
        FillIn(task, status);
        task.Latest = status.State;
        if (status.State == TaskState.TaskRunning) core.Tasks.Started(task);
        if (task.HasEnded)
        {
            core.Tasks.Ended(task, status);
            Master?.Release(task);
        }

        updates.Add(task, status);
        if (task.HasEnded) AfterEnd(task);
    }

    /// <summary>A task was killed before its executor had it.</summary>
    internal void ReportKilledEarly(TaskRecord task) => Report(task, new()
    {
        State = TaskState.TaskKilled,
        Reason = Reason.TaskKilledDuringLaunch,
        Source = TaskStatus.Types.Source.Agent,
        Message = "Killed before it was delivered to the executor",
    });

    /// <summary>Sends an update on to the scheduler, if anybody listens.</summary>
    internal void Forward(TaskRecord task, TaskStatus status) => Master?.OnStatusUpdate(task, status);

    /// <summary>The scheduler has an update.</summary>
    /// <returns>Whether it was the end of the task, which is forgotten now.</returns>
    internal bool Acknowledge(string frameworkId, string taskId, ByteString uuid)
    {
        if (!Tasks.TryGetValue((frameworkId, taskId), out var task) || !updates.Acknowledge(task, uuid)) return false;
        if (!task.HasEnded || task.Pending.Count > 0) return false;
        Forget(task);
        return true;
    }

    internal void Kill(TaskRecord task, KillPolicy? policy)
    {
        if (!Tasks.ContainsKey((task.FrameworkId, task.Id)) || task.HasEnded) return;
        if (task.Executor.State == ExecutorState.Terminating) return;
        task.IsKilled = true;
        policy ??= task.Task.KillPolicy;
        var period = policy?.GracePeriod;
        task.Executor.Runtime.Kill(
            task, period is null ? null : TimeSpan.FromMicroseconds(period.Nanoseconds / 1000.0));
    }

    internal void Shutdown(string frameworkId, string executorId)
    {
        if (Executors.TryGetValue((frameworkId, executorId), out var executor)) Shutdown(executor);
    }

    internal void Tell(string frameworkId, string executorId, ByteString message)
    {
        if (Executors.TryGetValue((frameworkId, executorId), out var executor))
            executor.Runtime.Tell(executor, message);
    }

    /// <summary>Ends all of a framework; nobody is told of its tasks.</summary>
    internal void RemoveFramework(string frameworkId)
    {
        Frameworks.Remove(frameworkId);
        foreach (var task in Tasks.Values.Where(task => task.FrameworkId == frameworkId).ToList())
        {
            if (!task.HasEnded) core.Tasks.Forgotten();
            Tasks.Remove((frameworkId, task.Id));
        }

        foreach (var executor in Executors.Values.Where(executor => executor.FrameworkId == frameworkId).ToList())
            Shutdown(executor);
    }

    /// <summary>An executor's process has ended.</summary>
    /// <param name="executor">The executor.</param>
    /// <param name="waitStatus">As the operating system tells it.</param>
    internal void OnExecutorExited(ExecutorRecord executor, int waitStatus)
    {
        if (executor.State == ExecutorState.Terminated) return;
        executor.State = ExecutorState.Terminated;
        foreach (var task in executor.Tasks.Values.Where(task => !task.HasEnded).ToList())
            Report(task, new()
            {
                State = TaskState.TaskFailed,
                Source = TaskStatus.Types.Source.Agent,
                Reason = Reason.ExecutorTerminated,
                Message = "Executor terminated",
            });
        Executors.Remove((executor.FrameworkId, executor.Id));
        executor.Stream?.Close();
        if (executor.Sandbox is { } sandbox) Completed.Add(executor, sandbox);
        Master?.OnExecutorExited(executor, waitStatus);
    }

    /// <summary>What lets an executor speak to the agent.</summary>
    internal string TokenOf(string frameworkId, string executorId)
    {
        lock (core.Gate)
        {
            var container = Executors.GetValueOrDefault((frameworkId, executorId))?.ContainerId ?? "";
            return core.Tokens.Issue(new(frameworkId, executorId, container));
        }
    }

    internal bool KnowsKilling(string frameworkId) =>
        Has(frameworkId, FrameworkInfo.Types.Capability.Types.Type.TaskKillingState);

    internal bool IsPartitionAware(string frameworkId) =>
        Has(frameworkId, FrameworkInfo.Types.Capability.Types.Type.PartitionAware);

    /// <summary>Sends the updates of a framework again that are on their way: it was away.</summary>
    internal void Resume(string? frameworkId)
    {
        foreach (var task in Tasks.Values)
            if (frameworkId is null || task.FrameworkId == frameworkId) updates.Resume(task);
    }

    private bool Has(string frameworkId, FrameworkInfo.Types.Capability.Types.Type capability) =>
        Frameworks.TryGetValue(frameworkId, out var info) && info.Capabilities.Any(c => c.Type == capability);

    private static void Shutdown(ExecutorRecord executor)
    {
        if (executor.State >= ExecutorState.Terminating) return;
        executor.State = ExecutorState.Terminating;
        executor.Runtime.Shutdown(executor);
    }

    private void FillIn(TaskRecord task, TaskStatus status)
    {
        status.TaskId = task.Task.TaskId;
        if (!status.HasSource) status.Source = TaskStatus.Types.Source.Executor;
        status.AgentId = new() { Value = Id };
        if (!status.HasTimestamp)
            status.Timestamp = (core.Timers.Today + Options.ClockOffset).ToUnixTimeMilliseconds() / 1000.0;
        if (!status.HasUuid) status.Uuid = UnsafeByteOperations.UnsafeWrap(Guid.NewGuid().ToByteArray(bigEndian: true));
        status.ExecutorId ??= new() { Value = task.Executor.Id };
        status.ContainerStatus ??= ContainerOf(task);
        if (task.Task.Check is { } check) status.CheckStatus ??= UnknownCheckOf(check);
    }

    /// <summary>What is said of a check before it has run.</summary>
    internal static CheckStatusInfo UnknownCheckOf(CheckInfo check)
    {
        var status = new CheckStatusInfo { Type = check.Type };
        if (check.Command is not null) status.Command = new();
        if (check.Http is not null) status.Http = new();
        if (check.Tcp is not null) status.Tcp = new();
        return status;
    }

    // Tasks of a group lie in containers of their own, in that of their executor.
    private static ContainerStatus ContainerOf(TaskRecord task)
    {
        var container = task.Executor.Container;
        if (task.IsInDocker)
        {
            var alone = container.Clone();
            alone.ClearExecutorPid();
            return alone;
        }

        if (task.Executor.Definition?.Type != ExecutorInfo.Types.Type.Default) return container;
        var nested = container.Clone();
        nested.ContainerId = new() { Value = task.NestedContainerId, Parent = container.ContainerId };
        return nested;
    }

    // The executors that an agent brings end with their tasks, and one task of a group ends the others when it fails.
    private void AfterEnd(TaskRecord task)
    {
        var executor = task.Executor;
        if (executor.State == ExecutorState.Terminated) return;
        if (executor.Definition?.Type == ExecutorInfo.Types.Type.Default && task.Latest != TaskState.TaskFinished)
            foreach (var other in executor.Tasks.Values.Where(other => !other.HasEnded).ToList()) Kill(other, null);
        if (executor.Runtime.EndsWithItsTasks && executor.Tasks.Values.All(other => other.HasEnded))
            OnExecutorExited(executor, waitStatus: 0);
    }

    private void Forget(TaskRecord task)
    {
        Tasks.Remove((task.FrameworkId, task.Id));
        task.Executor.Tasks.Remove(task.Id);
    }
}
