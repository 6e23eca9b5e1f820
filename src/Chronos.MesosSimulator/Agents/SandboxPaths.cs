using System.Text.RegularExpressions;

namespace Chronos.MesosSimulator.Agents;

/// <summary>How sandboxes are named: on disk, and in requests for their files.</summary>
internal static partial class SandboxPaths
{
    private const string PlayedWorkDirectory = "/var/lib/mesos"; // of agents that have nothing on disk

    /// <summary>The directory of a run.</summary>
    internal static string Of(ExecutorRecord executor) =>
        Of(executor.Agent, executor.FrameworkId, executor.Id, executor.ContainerId);

    internal static string Of(SimulatedAgent agent, string frameworkId, string executorId, string containerId) =>
        $"{WorkDirectoryOf(agent)}/slaves/{agent.Id}/frameworks/{frameworkId}/executors/{executorId}/runs/"
        + containerId;

    internal static string WorkDirectoryOf(SimulatedAgent agent) => agent.WorkDirectory ?? PlayedWorkDirectory;

    /// <summary>What a request means, real path or virtual; null: no sandbox.</summary>
    internal static (string FrameworkId, string ExecutorId, string? ContainerId, string File)? Parse(string path)
    {
        if (Pattern().Match(path) is not { Success: true } match) return null;
        var run = match.Groups[3].Value;
        return (match.Groups[1].Value, match.Groups[2].Value, run == "latest" ? null : run,
            match.Groups[4].Value.Trim('/'));
    }

    [GeneratedRegex("/frameworks/([^/]+)/executors/([^/]+)/runs/([^/]+)(/.*)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
