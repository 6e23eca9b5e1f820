using Chronos.Mesos.Protocol;
using Chronos.MesosSimulator.Http;

namespace Chronos.MesosSimulator.Agents;

/// <summary>The variables that an agent gives to what it starts; nothing of its own is passed on but the path.
/// </summary>
internal static class TaskEnvironment
{
    private const string PathDefault = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    internal static Dictionary<string, string> Of(
        ClusterCore core, ExecutorRecord executor, CommandInfo command, string directory)
    {
        var agent = executor.Agent;
        bool isCheckpointed;
        lock (core.Gate)
            isCheckpointed = agent.Frameworks.GetValueOrDefault(executor.FrameworkId)?.Checkpoint ?? false;
        var endpoint = $"{LoopbackServer.Host}:{agent.Port}";
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PATH"] = System.Environment.GetEnvironmentVariable("PATH") ?? PathDefault,
            ["MESOS_FRAMEWORK_ID"] = executor.FrameworkId,
            ["MESOS_EXECUTOR_ID"] = executor.Id,
            ["MESOS_SLAVE_ID"] = agent.Id,
            ["MESOS_SLAVE_PID"] = $"{agent.Path[1..]}@{endpoint}",
            ["MESOS_AGENT_ENDPOINT"] = endpoint,
            ["MESOS_DIRECTORY"] = directory,
            ["MESOS_SANDBOX"] = directory,
            ["MESOS_CHECKPOINT"] = isCheckpointed ? "1" : "0",
            ["MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD"] = "5secs",
            ["MESOS_HTTP_COMMAND_EXECUTOR"] = "0",
        };
        if (isCheckpointed)
        {
            variables["MESOS_RECOVERY_TIMEOUT"] = "15mins";
            variables["MESOS_SUBSCRIPTION_BACKOFF_MAX"] = "2secs";
        }

        if (core.Options.AreExecutorsAuthenticated)
            variables["MESOS_EXECUTOR_AUTHENTICATION_TOKEN"] = agent.TokenOf(executor.FrameworkId, executor.Id);
        foreach (var variable in command.Environment?.Variables ?? []) variables[variable.Name] = variable.Value;
        return variables;
    }
}
