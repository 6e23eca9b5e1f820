using Chronos.Mesos.Protocol;
using Chronos.Mesos.Protocol.Executor;
using Chronos.Mesos.Wire;
using Chronos.MesosSimulator.Http;
using Chronos.MesosSimulator.Masters;
using Chronos.MesosSimulator.Wire;
using Microsoft.AspNetCore.Http;
using Reason = Chronos.Mesos.Protocol.TaskStatus.Types.Reason;
using Type = Chronos.Mesos.Protocol.Executor.Call.Types.Type;

namespace Chronos.MesosSimulator.Agents;

/// <summary>The executor API of the agents that share a port.</summary>
internal sealed class ExecutorEndpoint(ClusterCore core)
{
    private const string Challenge = "Bearer realm=\"mesos-agent-executor\"";

    internal async Task AnswerAsync(HttpContext context, IReadOnlyList<SimulatedAgent> agents)
    {
        var mediaType = context.Request.ContentType ?? "";
        var claims = core.Tokens.Read(context.Request.Headers.Authorization);
        var refusal = core.Options.AreExecutorsAuthenticated && claims is null ? new(401) { Challenge = Challenge }
            : context.Request.Method != "POST" ? new(405)
            : mediaType.Length == 0 ? new Answer(400, "Expecting 'Content-Type' to be present")
            : null;
        if (refusal is not null || MessageCodec.Find(mediaType) is not { } codec)
        {
            await Requests.AnswerAsync(context, refusal ?? new(415));
            return;
        }

        var (call, problem) = SchedulerEndpoint.Decode<Call>(codec, await Requests.ReadBodyAsync(context));
        if (call is not null && FormProblem(call) is { } wrong) problem = "Failed to validate Executor::Call: " + wrong;
        if (call is null || problem is not null) await Requests.AnswerAsync(context, new(400, problem ?? ""));
        else if (call.Type == Type.Heartbeat) await Requests.AnswerAsync(context, Answer.Accepted);
        else if (call.Type == Type.Subscribe) await SubscribeAsync(context, call, claims, agents);
        else await Requests.AnswerAsync(context, Do(call, claims, agents));
    }

    private static string? FormProblem(Call call) => call.HasType ? call.Type switch
    {
        Type.Subscribe => call.Subscribe is null ? "Expecting 'subscribe' to be present" : null,
        Type.Message => call.Message is null ? "Expecting 'message' to be present" : null,
        Type.Update => UpdateProblem(call),
        _ => null,
    }
    : "Expecting 'type' to be present";

    private static string? UpdateProblem(Call call)
    {
        if (call.Update is not { Status: { } status }) return "Expecting 'update' to be present";
        if (!status.HasUuid) return "Expecting 'uuid' to be present";
        if (CallCheck.UuidProblem(status.Uuid) is { } problem) return problem;
        if (status.ExecutorId is { } id && id.Value != call.ExecutorId.Value)
            return "ExecutorID in Call does not match ExecutorID in TaskStatus";
        if (!status.HasSource || status.Source != TaskStatus.Types.Source.Executor)
            return "Received Call from executor with source other than SOURCE_EXECUTOR";
        return status.State == TaskState.TaskStaging ? "Received TASK_STAGING from executor" : null;
    }

    private Answer Do(Call call, ExecutorClaims? claims, IReadOnlyList<SimulatedAgent> agents)
    {
        lock (core.Gate)
        {
            var (executor, refusal) = Find(call, claims, agents);
            if (executor is null) return refusal;
            if (executor.State == ExecutorState.Registering) return new(403, "Executor is not subscribed");
            if (call.Type == Type.Update) Update(executor, call.Update.Status);
            else if (call.Type == Type.Message) executor.Agent.Master?.OnExecutorMessage(executor, call.Message.Data);
            return Answer.Accepted;
        }
    }

    private (ExecutorRecord? Executor, Answer Refusal) Find(
        Call call, ExecutorClaims? claims, IReadOnlyList<SimulatedAgent> agents)
    {
        var (framework, id) = (call.FrameworkId.Value, call.ExecutorId.Value);
        var known = agents.Where(agent => agent.Frameworks.ContainsKey(framework)
            || agent.Executors.Keys.Any(key => key.FrameworkId == framework)).ToList();
        if (known.Count == 0) return (null, new(400, "Framework cannot be found"));
        var executor = known.Select(agent => agent.Executors.GetValueOrDefault((framework, id)))
            .FirstOrDefault(found => found is not null);
        if (executor is null) return (null, new(400, "Executor cannot be found"));
        var own = new ExecutorClaims(framework, id, executor.ContainerId);
        return core.Options.AreExecutorsAuthenticated && claims != own
            ? (null, new(403, "The token is that of another executor"))
            : (executor, Answer.Accepted);
    }

    // Accepted, known or not: the executor may forget the update either way.
    private static void Update(ExecutorRecord executor, TaskStatus status)
    {
        var uuid = status.Uuid;
        if (executor.Tasks.TryGetValue(status.TaskId.Value, out var task)
            && task.ForwardedUuid != uuid && task.Pending.All(update => update.Status?.Uuid != uuid))
            executor.Agent.Report(task, status);
        executor.Stream?.Send(new Event
        {
            Type = Event.Types.Type.Acknowledged,
            Acknowledged = new() { TaskId = status.TaskId, Uuid = uuid },
        });
    }

    private async Task SubscribeAsync(
        HttpContext context, Call call, ExecutorClaims? claims, IReadOnlyList<SimulatedAgent> agents)
    {
        if (Encodings.Negotiate(context.Request.Headers.Accept) is not { } codec)
        {
            await Requests.AnswerAsync(context, new(406));
            return;
        }

        var stream = new RecordStream(codec);
        ExecutorRecord? executor;
        Answer refusal;
        lock (core.Gate)
        {
            (executor, refusal) = Find(call, claims, agents);
            if (executor is not null) Subscribe(executor, call.Subscribe, stream);
        }

        if (executor is null) await Requests.AnswerAsync(context, refusal);
        else await stream.RunAsync(context);
    }

    private static void Subscribe(ExecutorRecord executor, Call.Types.Subscribe subscribe, RecordStream stream)
    {
        var agent = executor.Agent;
        executor.Stream?.Close();
        executor.Stream = stream;
        if (executor.State == ExecutorState.Terminating)
        {
            stream.Send(new Event { Type = Event.Types.Type.Shutdown });
            stream.Close();
            return;
        }

        executor.State = ExecutorState.Running;
        stream.Send(new Event
        {
            Type = Event.Types.Type.Subscribed,
            Subscribed = new()
            {
                ExecutorInfo = executor.Definition ?? new() { ExecutorId = new() { Value = executor.Id } },
                FrameworkInfo = agent.Frameworks.GetValueOrDefault(executor.FrameworkId)
                    ?? new() { User = "", Name = "" },
                AgentInfo = agent.Description,
                ContainerId = executor.Container.ContainerId,
            },
        });
        foreach (var update in subscribe.UnacknowledgedUpdates) Update(executor, update.Status);
        if (executor.Subscriptions++ > 0) DropUnlisted(executor, subscribe);
        ExecutorApiRuntime.Deliver(executor);
    }

    // It was handed over, and the executor that comes back does not know it.
    private static void DropUnlisted(ExecutorRecord executor, Call.Types.Subscribe subscribe)
    {
        var listed = subscribe.UnacknowledgedTasks.Select(task => task.TaskId.Value).ToHashSet();
        foreach (var task in executor.Tasks.Values.ToList())
        {
            if (!task.IsDelivered || task.Latest != TaskState.TaskStaging || listed.Contains(task.Id)) continue;
            executor.Agent.Report(task, new()
            {
                State = executor.Agent.IsPartitionAware(task.FrameworkId) ? TaskState.TaskDropped : TaskState.TaskLost,
                Source = TaskStatus.Types.Source.Agent,
                Reason = Reason.AgentRestarted,
            });
        }
    }
}
