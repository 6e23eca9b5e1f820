using Chronos.Mesos.Protocol;
using Chronos.MesosSimulator.Masters;
using Reason = Chronos.Mesos.Protocol.TaskStatus.Types.Reason;

namespace Chronos.MesosSimulator.Agents;

/// <content>How an agent comes and goes.</content>
public sealed partial class SimulatedAgent
{
    private static readonly TimeSpan ReturnTime = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FarewellTime = TimeSpan.FromSeconds(1);
    private readonly List<ExecutorRecord> unheard = [];
    private int lives;

    /// <summary>What executors have to say as soon as the agent's process is back.</summary>
    public int UpdatesHeld
    {
        get
        {
            lock (core.Gate) return held.Count;
        }
    }

    /// <summary>Executors that ended while the agent's process was away, with the end of their commands.</summary>
    public int ExecutorsUnheard
    {
        get
        {
            lock (core.Gate) return unheard.Count;
        }
    }

    /// <summary>Breaks the connection to the master, who sees it at once; tasks run on.</summary>
    public void Disconnect()
    {
        lock (core.Gate) Leave()?.OnAgentDisconnected(Id);
    }

    /// <summary>Loses all messages between master and agent; nobody sees that before the master misses its pings.
    /// </summary>
    public void Partition()
    {
        lock (core.Gate) Leave()?.OnAgentSilent(Id);
    }

    /// <summary>Registers with the leading master again.</summary>
    public void Reconnect()
    {
        lock (core.Gate) Register();
    }

    /// <summary>Registers with the leading master unless it is registered, or its process has ended.</summary>
    public void ReconnectIfAway()
    {
        lock (core.Gate) RegisterIfAlone();
    }

    /// <summary>Ends the agent's process. Executors run on if their framework asked for checkpoints.</summary>
    public void Crash()
    {
        lock (core.Gate)
        {
            IsRunning = false;
            foreach (var executor in Executors.Values.ToList())
            {
                executor.Stream?.Abort();
                if (Frameworks.TryGetValue(executor.FrameworkId, out var framework) && framework.Checkpoint) continue;
                Destroy(executor);
            }

            Leave()?.OnAgentDisconnected(Id);
        }
    }

    /// <summary>Starts the process again after <see cref="Crash"/>: it finds its executors, and registers.</summary>
    public void Restart()
    {
        lock (core.Gate)
        {
            if (IsRunning) return;
            IsRunning = true;
            Register();
            foreach (var task in Tasks.Values.Where(task => !task.IsDelivered && !task.HasEnded).ToList())
                Report(task, DroppedOrLost(task, Reason.AgentRestarted));
            HearLateWords();
            lives++;
            core.Timers.Add(core.Timers.Scaled(ReturnTime), EndAbsentExecutors, new Life(this, lives));
        }
    }

    /// <summary>The process of an executor ends, which nobody else may say of one that was not started here.</summary>
    /// <param name="frameworkId">Whose.</param>
    /// <param name="executorId">Which.</param>
    /// <param name="waitStatus">As the operating system tells it.</param>
    public void EndExecutor(string frameworkId, string executorId, int waitStatus)
    {
        lock (core.Gate)
        {
            if (!Executors.TryGetValue((frameworkId, executorId), out var executor)) return;
            executor.Runtime.Destroy(executor);
            OnExecutorExited(executor, waitStatus);
        }
    }

    /// <summary>Loses the whole machine: its tasks end without a word, and it comes back as another agent when it is
    /// restarted.</summary>
    public void LoseMachine()
    {
        lock (core.Gate)
        {
            IsRunning = false;
            EndAll();
            ForgetLateWords();
            foreach (var task in Tasks.Values)
                if (!task.HasEnded) core.Tasks.Forgotten();
            Tasks.Clear();
            Frameworks.Clear();
            Leave()?.OnAgentDisconnected(Id);
            Id = "";
        }
    }

    /// <summary>Ends all executors without a word; the gate is held.</summary>
    internal void EndAll()
    {
        foreach (var executor in Executors.Values.ToList()) Destroy(executor);
    }

    /// <summary>Registers with whoever leads; nobody: stays without a master.</summary>
    internal void Register()
    {
        if (!IsRunning || core.Leader is not { } leader) return;
        if (!leader.Admit(this)) return;
        Master = leader;
        leader.OnAgentRegistered(this);
        Resume(frameworkId: null);
    }

    /// <summary>Registers unless it did so meanwhile, or is cut off.</summary>
    internal void RegisterIfAlone()
    {
        if (Master is null) Register();
    }

    /// <summary>The master is no more.</summary>
    internal LeadingTerm? Leave()
    {
        var master = Master;
        Master = null;
        return master;
    }

    /// <summary>A task that the master launched and the agent never heard of.</summary>
    internal void Disown(TaskRecord task)
    {
        Frameworks.TryAdd(task.FrameworkId, core.FrameworkOf(task.FrameworkId));
        Tasks[(task.FrameworkId, task.Id)] = task;
        task.IsDisowned = true;
        var status = DroppedOrLost(task, Reason.Reconciliation);
        status.Message = "Reconciliation: task unknown to the agent";
        Report(task, status);
    }

    // Executors wait for the agent to come back; that of a command ends soon after it, heard or not.
    private void Hold(TaskRecord task, TaskStatus status)
    {
        held.Add((task, status));
        if (task.Executor.IsForOneCommand && TaskStates.IsTerminal(status.State))
            core.Timers.Add(core.Timers.Scaled(FarewellTime), static ended => ended.Agent.EndUnheard(ended), task);
    }

    private void EndUnheard(TaskRecord task)
    {
        if (held.RemoveAll(word => word.Task == task) > 0) unheard.Add(task.Executor);
    }

    private void HearLateWords()
    {
        var (words, ended) = (held.ToList(), unheard.ToList());
        ForgetLateWords();
        foreach (var (task, status) in words) Report(task, status);
        foreach (var executor in ended) OnExecutorExited(executor, waitStatus: 0);
    }

    private void ForgetLateWords()
    {
        held.Clear();
        unheard.Clear();
    }

    private static void EndAbsentExecutors(Life life)
    {
        var agent = life.Agent;
        if (agent.lives != life.Number || !agent.IsRunning) return;
        foreach (var executor in agent.Executors.Values.ToList())
        {
            if (!executor.Runtime.MustReturn || executor.Stream is { IsOpen: true }) continue;
            foreach (var task in executor.Tasks.Values.Where(task => !task.HasEnded).ToList())
                agent.Report(task, new()
                {
                    State = agent.IsPartitionAware(task.FrameworkId) ? TaskState.TaskGone : TaskState.TaskLost,
                    Source = TaskStatus.Types.Source.Agent,
                    Reason = Reason.ExecutorReregistrationTimeout,
                });
            executor.Runtime.Destroy(executor);
            agent.OnExecutorExited(executor, waitStatus: 9);
        }
    }

    private TaskStatus DroppedOrLost(TaskRecord task, Reason reason) => new()
    {
        State = IsPartitionAware(task.FrameworkId) ? TaskState.TaskDropped : TaskState.TaskLost,
        Source = TaskStatus.Types.Source.Agent,
        Reason = reason,
    };

    private void Destroy(ExecutorRecord executor)
    {
        executor.Runtime.Destroy(executor);
        executor.State = ExecutorState.Terminated;
        Executors.Remove((executor.FrameworkId, executor.Id));
        foreach (var task in executor.Tasks.Values)
        {
            if (!task.HasEnded) core.Tasks.Forgotten();
            Tasks.Remove((task.FrameworkId, task.Id));
        }
    }

    private sealed record Life(SimulatedAgent Agent, int Number);
}
