using Chronos.Mesos.Protocol;
using Chronos.Mesos.Protocol.Master;
using Chronos.Mesos.Wire;
using Chronos.MesosSimulator.Agents;
using Chronos.MesosSimulator.Http;
using Chronos.MesosSimulator.Masters;
using Chronos.MesosSimulator.Wire;
using Microsoft.AspNetCore.Http;
using Type = Chronos.Mesos.Protocol.Master.Call.Types.Type;

namespace Chronos.MesosSimulator.Operators;

/// <summary>What operators may ask a master: the calls of the newer interface, and the pages of the older one.
/// </summary>
internal sealed class OperatorEndpoint(ClusterCore core, SimulatedMaster master)
{
    private readonly StatePages pages = new(core);

    internal async Task AnswerAsync(HttpContext context, string path)
    {
        if (path == "/health") await Requests.AnswerAsync(context, new(200));
        else if (!master.IsLeading) await Requests.AnswerAsync(context, master.RedirectOr503("/master" + path));
        else if (path == "/api/v1") await OperatorCalls.AnswerAsync<Call>(context, Do);
        else if (path == "/teardown") await TeardownAsync(context);
        else await Requests.AnswerAsync(context, ShowPage(context, path));
    }

    private Answer ShowPage(HttpContext context, string path)
    {
        lock (core.Gate)
            return master.Term is { } term ? pages.Show(term, path, context.Request.Query) : master.RedirectOr503("");
    }

    private async Task TeardownAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var isDone = Teardown(form["frameworkId"].ToString());
        await Requests.AnswerAsync(context, isDone ? new(200) : new(400, "No framework found with specified ID"));
    }

    private bool Teardown(string frameworkId)
    {
        lock (core.Gate)
        {
            if (master.Term is not { } term) return false;
            if (!term.Frameworks.TryGetValue(frameworkId, out var framework)) return false;
            term.Subscriptions.Remove(framework);
            return true;
        }
    }

    private Answer Do(Call call, MessageCodec codec)
    {
        lock (core.Gate)
        {
            if (master.Term is not { } term) return master.RedirectOr503("/master/api/v1");
            switch (call.Type)
            {
                case Type.GetHealth: return new(200);
                case Type.Teardown when call.Teardown is { } teardown:
                    return Teardown(teardown.FrameworkId.Value) ? Answer.Accepted : new(400, "No framework found");
                case Type.MarkAgentGone when call.MarkAgentGone is { } gone:
                    term.Agents.MarkGone(gone.AgentId.Value);
                    return new(200);
                default:
                    return Ask(term, call.Type) is { } response
                        ? new(200, Encodings.Encode(codec, response)) { MediaType = codec.MediaType }
                        : new(501);
            }
        }
    }

    private static Response? Ask(LeadingTerm term, Type type) => type switch
    {
        Type.GetAgents => new() { Type = Response.Types.Type.GetAgents, GetAgents = Agents(term) },
        Type.GetTasks => new() { Type = Response.Types.Type.GetTasks, GetTasks = Tasks(term) },
        Type.GetFrameworks => new() { Type = Response.Types.Type.GetFrameworks, GetFrameworks = Frameworks(term) },
        Type.GetState => new()
        {
            Type = Response.Types.Type.GetState,
            GetState = new() { GetAgents = Agents(term), GetTasks = Tasks(term), GetFrameworks = Frameworks(term) },
        },
        Type.GetMaster => new()
        {
            Type = Response.Types.Type.GetMaster,
            GetMaster = new()
            {
                MasterInfo = term.Info,
                StartTime = term.ElectedAt.ToUnixTimeSeconds(),
                ElectedTime = term.ElectedAt.ToUnixTimeSeconds(),
            },
        },
        _ => null,
    };

    private static Response.Types.GetAgents Agents(LeadingTerm term)
    {
        var message = new Response.Types.GetAgents();
        foreach (var agent in term.Agents.All)
        {
            var info = agent.Agent.Description;
            info.Id = new() { Value = agent.Id };
            message.Agents.Add(new Response.Types.GetAgents.Types.Agent
            {
                AgentInfo = info,
                Active = agent.IsConnected,
                Version = term.Info.Version,
                Pid = $"{agent.Agent.Path[1..]}@{LoopbackServer.Host}:{agent.Agent.Port}",
                RegisteredTime = Statuses.TimeOf(agent.RegisteredAt),
                TotalResources = { agent.Agent.Total.ToMessages(role: null, isRefined: true) },
            });
        }

        foreach (var id in term.Agents.Recovered)
            message.RecoveredAgents.Add(new AgentInfo { Hostname = "", Id = new() { Value = id } });
        return message;
    }

    private static Response.Types.GetTasks Tasks(LeadingTerm term)
    {
        var message = new Response.Types.GetTasks();
        foreach (var framework in term.Frameworks.Values)
        {
            foreach (var task in framework.Tasks.Values) message.Tasks.Add(AgentPages.Describe(task));
            foreach (var task in framework.CompletedTasks) message.CompletedTasks.Add(AgentPages.Describe(task));
            foreach (var task in framework.UnreachableTasks.Values)
                message.UnreachableTasks.Add(AgentPages.Describe(task));
        }

        return message;
    }

    private static Response.Types.GetFrameworks Frameworks(LeadingTerm term)
    {
        var message = new Response.Types.GetFrameworks();
        foreach (var framework in term.Frameworks.Values) message.Frameworks.Add(Describe(framework));
        foreach (var framework in term.Subscriptions.Completed) message.CompletedFrameworks.Add(Describe(framework));
        return message;
    }

    private static Response.Types.GetFrameworks.Types.Framework Describe(Framework framework) => new()
    {
        FrameworkInfo = framework.Info,
        Active = framework.State == FrameworkState.Connected,
        Connected = framework.State == FrameworkState.Connected,
        Recovered = framework.State == FrameworkState.Recovered,
    };
}
