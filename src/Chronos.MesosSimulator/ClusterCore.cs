using Chronos.Mesos.Protocol;
using Chronos.MesosSimulator.Agents;
using Chronos.MesosSimulator.Faults;
using Chronos.MesosSimulator.Masters;
using Chronos.MesosSimulator.Timing;

namespace Chronos.MesosSimulator;

/// <summary>What all parts of a cluster share. State is touched under <see cref="Gate"/> only; bodies are read and
/// records written outside of it.</summary>
internal sealed class ClusterCore : IDisposable
{
    private readonly ITaskRuntime commands;
    private readonly ITaskRuntime customExecutors;

    internal ClusterCore(ClusterOptions options)
    {
        Options = options;
        Timers = new(Gate, TimeProvider.System, options.TimeScale);
        var processes = new ProcessRuntime(this);
        commands = options.WorkDirectory is null ? new ScriptedRuntime(Timers, options.Script) : processes;
        customExecutors = (options.CustomExecutors, options.WorkDirectory) switch
        {
            (CustomExecutors.External, _) => new ExecutorApiRuntime(Timers, start: null),
            (CustomExecutors.Default, not null) => new ExecutorApiRuntime(Timers, processes.StartExecutor),
            _ => commands,
        };
    }

    internal object Gate { get; } = new();

    internal ClusterOptions Options { get; }

    internal TimerQueue Timers { get; }

    internal ClusterFaults Faults { get; } = new();

    internal TaskTable Tasks { get; } = new();

    internal ExecutorTokens Tokens { get; } = new();

    internal AgentRegistry Registry { get; } = new();

    internal List<SimulatedAgent> Agents { get; } = [];

    /// <summary>Null: nobody leads.</summary>
    internal LeadingTerm? Leader { get; set; }

    /// <summary>What runs the tasks of an executor.</summary>
    internal ITaskRuntime RuntimeOf(ExecutorInfo? definition) =>
        definition is null || definition.Type == ExecutorInfo.Types.Type.Default ? commands : customExecutors;

    internal FrameworkInfo FrameworkOf(string id) =>
        Leader?.Frameworks.GetValueOrDefault(id)?.Info ?? new() { User = "", Name = "" };

    /// <summary>Called with each answer to an inverse offer: the agent's id, and whether it was accepted.</summary>
    internal Action<string, bool> OnInverseOfferAnswered { get; set; } = static (_, _) => { };

    /// <summary>In the order of their ports.</summary>
    internal IReadOnlyList<SimulatedMaster> Masters { get; set; } = [];

    /// <summary>Lets a master lead, unless it does; agents find it within <see cref="ClusterOptions.AgentReturnMax"/>.
    /// </summary>
    internal void Elect(SimulatedMaster master)
    {
        lock (Gate)
        {
            if (master.IsLeading) return;
            Depose();
            Leader = master.Lead();
            Leader.Begin();
            for (var i = 0; i < Agents.Count; i++) ScheduleReturn(Agents[i], i);
        }
    }

    /// <summary>Nobody leads.</summary>
    internal void Depose()
    {
        lock (Gate)
        {
            Leader = null;
            foreach (var master in Masters) master.Resign();
        }
    }

    public void Dispose() => Timers.Dispose();

    private void ScheduleReturn(SimulatedAgent agent, int number)
    {
        var max = Timers.Scaled(Options.AgentReturnMax);
        if (max == TimeSpan.Zero) agent.Register();
        else Timers.Add(max * ((number + 1.0) / Agents.Count), static late => late.RegisterIfAlone(), agent);
    }
}
