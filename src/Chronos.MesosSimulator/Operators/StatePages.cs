using Chronos.Mesos.Protocol;
using Chronos.MesosSimulator.Agents;
using Chronos.MesosSimulator.Http;
using Chronos.MesosSimulator.Masters;
using Chronos.MesosSimulator.Resources;
using Microsoft.AspNetCore.Http;

namespace Chronos.MesosSimulator.Operators;

/// <summary>The pages of the older interface, with the fields that clients read. Agents are called slaves there.
/// </summary>
internal sealed class StatePages(ClusterCore core)
{
    internal Answer Show(LeadingTerm term, string path, IQueryCollection query) => path switch
    {
        "/state" or "/state.json" => FilesEndpoint.Of(State(term)),
        "/slaves" => FilesEndpoint.Of(new
        {
            slaves = term.Agents.All.Where(agent => query["slave_id"].Count == 0 || query["slave_id"] == agent.Id)
                .Select(DescribeAgent),
            recovered_slaves = term.Agents.Recovered.Select(id => new { id }),
        }),
        "/frameworks" => FilesEndpoint.Of(new
        {
            frameworks = term.Frameworks.Values.Select(DescribeFramework),
            completed_frameworks = term.Subscriptions.Completed.Select(DescribeFramework),
        }),
        "/tasks" => FilesEndpoint.Of(new
        {
            tasks = term.Frameworks.Values.SelectMany(framework => framework.Tasks.Values).Select(DescribeTask),
        }),
        "/version" => FilesEndpoint.Of(new { version = term.Info.Version }),
        _ => new(404),
    };

    private object State(LeadingTerm term) => new
    {
        version = term.Info.Version,
        id = term.Info.Id,
        pid = term.Info.Pid,
        hostname = term.Info.Hostname,
        leader = term.Info.Pid,
        elected_time = (double)term.ElectedAt.ToUnixTimeSeconds(),
        activated_slaves = core.Agents.Count(agent => agent.Master == term),
        slaves = term.Agents.All.Select(DescribeAgent),
        frameworks = term.Frameworks.Values.Select(DescribeFramework),
        completed_frameworks = term.Subscriptions.Completed.Select(DescribeFramework),
        unreachable_slaves = core.Registry.Unreachable.Keys.Select(id => new { id }),
    };

    private static object DescribeAgent(RegisteredAgent agent) => new
    {
        id = agent.Id,
        hostname = agent.Agent.Options.Hostname,
        port = agent.Agent.Port,
        pid = $"{agent.Agent.Path[1..]}@{LoopbackServer.Host}:{agent.Agent.Port}",
        active = agent.IsConnected,
        version = "1.11.0",
        registered_time = (double)agent.RegisteredAt.ToUnixTimeSeconds(),
        attributes = agent.Agent.Options.Attributes,
        resources = DescribeResources(agent.Agent.Total),
        unreserved_resources = DescribeResources(agent.Agent.Total),
    };

    private static object DescribeFramework(Framework framework) => new
    {
        id = framework.Id,
        name = framework.Info.Name,
        user = framework.Info.User,
        active = framework.State == FrameworkState.Connected,
        connected = framework.State == FrameworkState.Connected,
        recovered = framework.State == FrameworkState.Recovered,
        checkpoint = framework.Info.Checkpoint,
        failover_timeout = framework.Info.FailoverTimeout,
        principal = framework.Info.Principal,
        webui_url = framework.Info.WebuiUrl,
        roles = framework.Roles,
        capabilities = framework.Info.Capabilities.Select(known => NameOf(known.Type)),
        tasks = framework.Tasks.Values.Select(DescribeTask),
        unreachable_tasks = framework.UnreachableTasks.Values.Select(DescribeTask),
        completed_tasks = framework.CompletedTasks.Select(DescribeTask),
        offers = framework.OfferIds.Select(id => new { id }),
    };

    private static object DescribeTask(TaskRecord task) => new
    {
        id = task.Id,
        name = task.Task.Name,
        framework_id = task.FrameworkId,
        executor_id = task.Executor.IsForOneCommand ? "" : task.Executor.Id,
        slave_id = task.AgentId,
        state = NameOf(task.Latest),
        role = task.Role,
        resources = DescribeResources(task.Resources),
        labels = task.Task.Labels?.Labels_.Select(label => new { key = label.Key, value = label.Value }),
    };

    private static Dictionary<string, object> DescribeResources(ResourceBag resources)
    {
        var lines = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach (var (name, amount, text) in resources.Lines)
        {
            if (amount is { } number)
                lines[name] = lines.TryGetValue(name, out var sum) ? (double)sum + number : number;
            else lines[name] = text;
        }

        return lines;
    }

    private static string NameOf(FrameworkInfo.Types.Capability.Types.Type type) => FrameworkInfo.Types.Capability
        .Descriptor.EnumTypes[0].FindValueByNumber((int)type)?.Name ?? "UNKNOWN";

    private static string NameOf(TaskState state) =>
        StatusReflection.Descriptor.EnumTypes[0].FindValueByNumber((int)state)?.Name ?? "UNKNOWN";
}
