using System.Globalization;
using System.Text.RegularExpressions;
using Chronos.MesosSimulator.Faults;
using Chronos.MesosSimulator.Http;
using Microsoft.AspNetCore.Http;

namespace Chronos.MesosSimulator.Agents;

/// <summary>The agents' HTTP interface. Those that share a port are told apart by the prefix of the path, or by who
/// has what is asked for.</summary>
internal sealed partial class AgentEndpoint(ClusterCore core)
{
    private readonly ExecutorEndpoint executors = new(core);
    private readonly FilesEndpoint files = new(core);
    private readonly AgentPages pages = new(core);

    internal async Task AnswerAsync(HttpContext context)
    {
        var path = (context.Request.Path.Value ?? "").TrimEnd('/');
        var prefix = Prefix().Match(path).Value;
        List<SimulatedAgent> agents;
        lock (core.Gate)
            agents = [.. core.Agents.Where(agent => agent.Port == context.Connection.LocalPort && agent.IsRunning
                && (prefix.Length == 0 || agent.Path == prefix))];
        if (agents.Count == 0)
        {
            context.Abort();
            return;
        }

        path = path[prefix.Length..];
        var fault = core.Faults.OnAgentRequest(path);
        if (fault != RequestFault.None)
        {
            await FailAsync(context, fault);
            return;
        }

        if (path == "/api/v1/executor") await executors.AnswerAsync(context, agents);
        else if (path.StartsWith("/files/", StringComparison.Ordinal))
            await Requests.AnswerAsync(context, files.Answer(context.Request.Query, path["/files/".Length..], agents));
        else await pages.AnswerAsync(context, path, agents);
    }

    private static async Task FailAsync(HttpContext context, RequestFault fault)
    {
        if (fault == RequestFault.Close) context.Abort();
        else if (fault == RequestFault.Refuse) await Requests.AnswerAsync(context, new(503));
        else await Requests.HangAsync(context);
    }

    /// <summary>A number of a query; null: it is none.</summary>
    internal static long? NumberOf(string? text, long absent) =>
        string.IsNullOrEmpty(text) ? absent
        : long.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number
        : null;

    [GeneratedRegex(@"^/slave\(\d+\)", RegexOptions.CultureInvariant)]
    private static partial Regex Prefix();
}
