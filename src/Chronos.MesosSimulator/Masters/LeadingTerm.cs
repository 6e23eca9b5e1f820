using Chronos.Mesos.Protocol;
using Chronos.Mesos.Protocol.Scheduler;
using Chronos.MesosSimulator.Agents;
using Google.Protobuf;

namespace Chronos.MesosSimulator.Masters;

/// <summary>What a master knows while it leads; all of it is gone with its leadership.</summary>
internal sealed class LeadingTerm
{
    private static readonly TimeSpan ReregistrationMax = TimeSpan.FromMinutes(10);

    internal LeadingTerm(ClusterCore core, MasterInfo info)
    {
        (Core, Info) = (core, info);
        Subscriptions = new(this);
        Agents = new(this);
        Allocator = new(this);
        Offers = new(this);
        Launches = new(this);
        Reconciliation = new(this);
        ElectedAt = core.Timers.Today;
    }

    internal ClusterCore Core { get; }

    internal MasterInfo Info { get; }

    internal DateTimeOffset ElectedAt { get; }

    internal Dictionary<string, Framework> Frameworks { get; } = new(StringComparer.Ordinal);

    internal Subscriptions Subscriptions { get; }

    internal AgentTable Agents { get; }

    internal Allocator Allocator { get; }

    internal OfferTable Offers { get; }

    internal Launches Launches { get; }

    internal Reconciliation Reconciliation { get; }

    /// <summary>False: another leads.</summary>
    internal bool IsCurrent => Core.Leader == this;

    /// <summary>Begins: agents of the term before are expected back.</summary>
    internal void Begin()
    {
        Allocator.Begin();
        if (Agents.Recovered.Count > 0)
            Core.Timers.Add(Core.Timers.Scaled(ReregistrationMax), static term => term.Agents.GiveUpRecovered(), this);
    }

    /// <summary>Ends: all streams break, and all that it knew is forgotten, whatever timers still hold it.</summary>
    internal void End()
    {
        foreach (var framework in Frameworks.Values) framework.Stream?.Abort();
        foreach (var agent in Core.Agents) agent.Leave();
        Frameworks.Clear();
        Agents.Clear();
        Offers.Clear();
    }

    internal bool Admit(SimulatedAgent agent) => Agents.Admit(agent);

    internal void OnAgentRegistered(SimulatedAgent agent) => Agents.Register(agent);

    internal void OnAgentDisconnected(string agentId)
    {
        if (IsCurrent) Agents.Disconnect(agentId);
    }

    internal void OnAgentSilent(string agentId)
    {
        if (IsCurrent) Agents.ExpectUnreachable(agentId);
    }

    /// <summary>An agent sends an update, for the first time or again.</summary>
    internal void OnStatusUpdate(TaskRecord task, TaskStatus status)
    {
        if (!IsCurrent || !Frameworks.TryGetValue(task.FrameworkId, out var framework)) return;
        if (framework.State == FrameworkState.Connected) framework.Send(status);
        task.Forwarded = status.State;
        task.ForwardedUuid = status.Uuid;
    }

    /// <summary>A task has ended, whatever its scheduler knows of that yet: others may have its resources.</summary>
    internal void Release(TaskRecord task)
    {
        if (task.IsReleased) return;
        task.IsReleased = true;
        if (Agents.Find(task.AgentId) is { } agent) agent.Free.Add(task.Resources);
    }

    internal void OnExecutorExited(ExecutorRecord executor, int waitStatus)
    {
        if (!IsCurrent || Agents.Find(executor.Agent.Id) is not { } agent) return;
        agent.Free.Add(executor.Resources);
        if (executor.IsForOneCommand || !Frameworks.TryGetValue(executor.FrameworkId, out var framework)) return;
        framework.Send(new Event
        {
            Type = Event.Types.Type.Failure,
            Failure = new()
            {
                AgentId = new() { Value = agent.Id },
                ExecutorId = new() { Value = executor.Id },
                Status = waitStatus,
            },
        });
    }

    /// <summary>An executor has a word for its scheduler; nobody there: it is lost.</summary>
    internal void OnExecutorMessage(ExecutorRecord executor, ByteString message)
    {
        if (IsCurrent && Frameworks.TryGetValue(executor.FrameworkId, out var framework))
            framework.Send(new Event
            {
                Type = Event.Types.Type.Message,
                Message = new()
                {
                    AgentId = new() { Value = executor.Agent.Id },
                    ExecutorId = new() { Value = executor.Id },
                    Data = message,
                },
            });
    }

    /// <summary>Does a call that was found to be in order.</summary>
    internal void Do(Call call, Framework framework)
    {
        switch (call.Type)
        {
            case Call.Types.Type.Teardown: Subscriptions.Remove(framework); break;
            case Call.Types.Type.Accept: Launches.Accept(framework, call.Accept); break;
            case Call.Types.Type.Decline: Offers.Decline(framework, call.Decline); break;
            case Call.Types.Type.Revive: Allocator.Revive(framework, call.Revive?.Roles ?? []); break;
            case Call.Types.Type.Suppress: Masters.Allocator.Suppress(framework, call.Suppress?.Roles ?? []); break;
            case Call.Types.Type.Kill: Kill(framework, call.Kill); break;
            case Call.Types.Type.Shutdown: Shutdown(framework, call.Shutdown); break;
            case Call.Types.Type.Acknowledge: Acknowledge(framework, call.Acknowledge); break;
            case Call.Types.Type.Reconcile: Reconciliation.Answer(framework, call.Reconcile); break;
            case Call.Types.Type.Message: Tell(framework, call.Message); break;
            case Call.Types.Type.AcceptInverseOffers:
                Offers.AnswerInverse(framework, call.AcceptInverseOffers.InverseOfferIds, accepts: true);
                break;
            case Call.Types.Type.DeclineInverseOffers:
                Offers.AnswerInverse(framework, call.DeclineInverseOffers.InverseOfferIds, accepts: false);
                break;
            default: break; // REQUEST and the calls about operations: taken, and nothing comes of them
        }
    }

    /// <summary>Takes a task out of the books.</summary>
    internal void Forget(Framework framework, TaskRecord task)
    {
        Release(task);
        framework.Forget(task);
        Agents.Find(task.AgentId)?.Tasks.Remove((framework.Id, task.Id));
    }

    private void Kill(Framework framework, Call.Types.Kill kill)
    {
        if (!framework.Tasks.TryGetValue(kill.TaskId.Value, out var task))
        {
            Reconciliation.AnswerOne(framework, kill.TaskId.Value, kill.AgentId?.Value);
            return;
        }

        if (kill.AgentId is { } id && id.Value != task.AgentId) return;
        if (Agents.Find(task.AgentId) is not { } agent) return;
        if (agent.IsConnected) agent.Agent.Kill(task, kill.KillPolicy);
        else agent.LateKills[(framework.Id, task.Id)] = kill;
    }

    private void Shutdown(Framework framework, Call.Types.Shutdown shutdown)
    {
        if (Agents.Find(shutdown.AgentId.Value) is { IsConnected: true } agent)
            agent.Agent.Shutdown(framework.Id, shutdown.ExecutorId.Value);
    }

    private void Tell(Framework framework, Call.Types.Message message)
    {
        if (Agents.Find(message.AgentId.Value) is { IsConnected: true } agent)
            agent.Agent.Tell(framework.Id, message.ExecutorId.Value, message.Data);
    }

    private void Acknowledge(Framework framework, Call.Types.Acknowledge acknowledge)
    {
        if (Agents.Find(acknowledge.AgentId.Value) is not { IsConnected: true } agent) return;
        var hasEnded = agent.Agent.Acknowledge(framework.Id, acknowledge.TaskId.Value, acknowledge.Uuid);
        if (hasEnded && agent.Tasks.TryGetValue((framework.Id, acknowledge.TaskId.Value), out var task))
        {
            Forget(framework, task);
            framework.Remember(task);
        }
    }
}
