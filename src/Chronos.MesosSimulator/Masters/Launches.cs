using Chronos.Mesos.Protocol;
using Chronos.Mesos.Protocol.Scheduler;
using Chronos.MesosSimulator.Agents;
using Chronos.MesosSimulator.Faults;
using Chronos.MesosSimulator.Resources;
using Google.Protobuf.Collections;
using Reason = Chronos.Mesos.Protocol.TaskStatus.Types.Reason;

namespace Chronos.MesosSimulator.Masters;

/// <summary>Does what a scheduler wants with its offers.</summary>
internal sealed class Launches(LeadingTerm term)
{
    /// <summary>Runs the operations of an ACCEPT; what they leave of the offers counts as declined.</summary>
    internal void Accept(Framework framework, Call.Types.Accept accept)
    {
        var offers = accept.OfferIds.Select(id => term.Offers.Find(id.Value)).ToList();
        if (OfferProblem(framework, accept.OfferIds, offers) is { } problem)
        {
            foreach (var offer in offers.OfType<OutstandingOffer>().Where(offer => offer.Framework == framework))
                if (term.Offers.Find(offer.Id) is not null) term.Offers.Recover(offer);
            Refuse(framework, accept.Operations, Reason.InvalidOffers, "Task launched with invalid offers: " + problem);
            return;
        }

        var (agent, role) = (offers[0]!.Agent, offers[0]!.Role); // none is null, or there was a problem
        var left = new ResourceBag();
        foreach (var offer in offers)
        {
            term.Offers.Take(offer!);
            left.Add(offer!.Resources);
        }

        Interfere(agent);
        if (term.Agents.Find(agent.Id) is null)
            Refuse(framework, accept.Operations, Reason.AgentRemoved, "Agent removed");
        else if (!agent.IsConnected)
            Refuse(framework, accept.Operations, Reason.AgentDisconnected, "Agent disconnected");
        else foreach (var operation in accept.Operations) Run(operation, new(framework, agent, role, left));
        agent.Free.Add(left);
        term.Allocator.Filter(framework, role, agent.Id, left, accept.Filters);
    }

    private void Interfere(RegisteredAgent agent)
    {
        var fault = term.Core.Faults.OnAccept(agent.Agent);
        if (fault == AcceptFault.None || agent.Link is not { } link) return;
        if (fault == AcceptFault.AgentDisconnects)
        {
            link.Disconnect();
            return;
        }

        link.Leave();
        term.Agents.MarkUnreachable(agent.Id);
    }

    private static string? OfferProblem(
        Framework framework, RepeatedField<OfferID> ids, List<OutstandingOffer?> offers)
    {
        if (offers.Count == 0) return "No offers specified";
        var lost = offers.FindIndex(offer => offer is null);
        if (lost >= 0) return $"Offer {ids[lost].Value} is no longer valid";
        if (ids.Select(id => id.Value).Distinct().Count() < ids.Count) return $"Duplicate offer {ids[0].Value}";
        if (offers.Exists(offer => offer!.Framework != framework))
            return $"Offer {ids[0].Value} belongs to another framework";
        if (offers.DistinctBy(offer => offer!.Agent).Count() > 1) return "Aggregating offers of several agents";
        return offers.DistinctBy(offer => offer!.Role).Count() > 1 ? "Aggregating offers of several roles" : null;
    }

    private static void Refuse(
        Framework framework, IEnumerable<Offer.Types.Operation> operations, Reason reason, string message)
    {
        var state = framework.IsPartitionAware ? TaskState.TaskDropped : TaskState.TaskLost;
        foreach (var operation in operations)
        {
            var tasks = operation.Type switch
            {
                Offer.Types.Operation.Types.Type.Launch => operation.Launch?.TaskInfos,
                Offer.Types.Operation.Types.Type.LaunchGroup => operation.LaunchGroup?.TaskGroup.Tasks,
                _ => null,
            };
            foreach (var task in tasks ?? [])
                framework.Send(Statuses.OfMaster(task.TaskId.Value, task.AgentId.Value, state, reason, message));
            if (tasks is null) RefuseOperation(framework, operation, message);
        }
    }

    private static void RefuseOperation(Framework framework, Offer.Types.Operation operation, string message)
    {
        if (operation.Id is not { } id) return; // nobody waits for an answer
        framework.Send(new Event
        {
            Type = Event.Types.Type.UpdateOperationStatus,
            UpdateOperationStatus = new()
            {
                Status = new() { OperationId = id, State = OperationState.OperationError, Message = message },
            },
        });
    }

    private void Run(Offer.Types.Operation operation, LaunchSite site)
    {
        switch (operation.Type)
        {
            case Offer.Types.Operation.Types.Type.Launch:
                foreach (var task in operation.Launch?.TaskInfos ?? [])
                    LaunchOne(task, site, operation.Id is not null);
                break;
            case Offer.Types.Operation.Types.Type.LaunchGroup:
                LaunchGroup(operation.LaunchGroup, site);
                break;
            default:
                RefuseOperation(site.Framework, operation, $"{operation.Type} is not supported here");
                break;
        }
    }

    private void LaunchOne(TaskInfo task, LaunchSite site, bool hasOperationId)
    {
        if (task.Executor is { FrameworkId: null } own) own.FrameworkId = new() { Value = site.Framework.Id };
        var problem = hasOperationId ? "Operation 'id' must not be set for LAUNCH" : TaskCheck.Problem(task, site)
            ?? TaskCheck.ExecutorProblem(task.Executor, site) ?? TaskCheck.AmountProblem([task], task.Executor, site);
        if (problem is not null)
        {
            site.Framework.Send(Statuses.OfMaster(
                task.TaskId.Value, task.AgentId.Value, TaskState.TaskError, Reason.TaskInvalid, problem));
            return;
        }

        var executor = site.LiveExecutor(task.Executor) ?? Create(task.TaskId.Value, task.Executor, site);
        Start(Record(task, executor, site), site);
    }

    private void LaunchGroup(Offer.Types.Operation.Types.LaunchGroup? launch, LaunchSite site)
    {
        if (launch is null) return;
        launch.Executor.FrameworkId ??= new() { Value = site.Framework.Id };
        var tasks = launch.TaskGroup.Tasks;
        var problem = TaskCheck.GroupProblem(launch.Executor, tasks, site);
        if (problem is not null)
        {
            foreach (var task in tasks)
                site.Framework.Send(Statuses.OfMaster(
                    task.TaskId.Value, task.AgentId.Value, TaskState.TaskError, Reason.TaskGroupInvalid, problem));
            return;
        }

        if (tasks.Count == 0) return;
        var executor = site.LiveExecutor(launch.Executor)
            ?? Create(launch.Executor.ExecutorId.Value, launch.Executor, site);
        if (!executor.Runtime.EndsWithItsTasks) executor.QueuedGroups.Add(launch.TaskGroup);
        var records = tasks.Select(task => Record(task, executor, site)).ToList();
        foreach (var record in records) executor.Tasks[record.Id] = record; // so that none is the last too early
        foreach (var record in records) Start(record, site);
    }

    private ExecutorRecord Create(string id, ExecutorInfo? definition, LaunchSite site)
    {
        var executor = new ExecutorRecord(
            definition?.ExecutorId.Value ?? id, site.Framework.Id, site.Agent.Agent, term.Core.RuntimeOf(definition))
        {
            Definition = definition,
            Resources = definition is null ? new() : ResourceBag.Of(definition.Resources),
        };
        site.Left.Subtract(executor.Resources);
        return executor;
    }

    private TaskRecord Record(TaskInfo task, ExecutorRecord executor, LaunchSite site)
    {
        var record = new TaskRecord(task, site.Role, site.Agent.Agent, executor);
        site.Left.Subtract(record.Resources);
        site.Framework.Tasks[record.Id] = record;
        site.Agent.Tasks[(site.Framework.Id, record.Id)] = record;
        term.Core.Tasks.Launch();
        return record;
    }

    private static void Start(TaskRecord record, LaunchSite site) => site.Agent.Link?.Launch(record);
}

/// <summary>Where the tasks of an ACCEPT go.</summary>
/// <param name="Framework">Who launches.</param>
/// <param name="Agent">Whose offers they are.</param>
/// <param name="Role">Who the resources are for.</param>
/// <param name="Left">What is left of the offers.</param>
internal sealed record LaunchSite(Framework Framework, RegisteredAgent Agent, string Role, ResourceBag Left)
{
    /// <summary>The executor that runs already; null: it must be made.</summary>
    internal ExecutorRecord? LiveExecutor(ExecutorInfo? definition) => definition is null
        ? null
        : Agent.Agent.Executors.GetValueOrDefault((Framework.Id, definition.ExecutorId.Value));
}
