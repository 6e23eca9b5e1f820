using System.Text.RegularExpressions;
using Chronos.Core.Jobs;

namespace Chronos.Configuration;

/// <summary>Tells our environment variables from those that merely begin alike.</summary>
public static partial class EnvironmentNames
{
    /// <summary>Variables of the client commands, and those of a task, for a server started by a job.</summary>
    private static readonly HashSet<string> Others = new(StringComparer.Ordinal)
    {
        "CHRONOS_CONFIG", "CHRONOS_URL", "CHRONOS_TOKEN",
        "CHRONOS_JOB_NAME", "CHRONOS_JOB_OWNER", "CHRONOS_JOB_RUN_TIME", "CHRONOS_JOB_RUN_ATTEMPT",
        "CHRONOS_RESOURCE_CPU", "CHRONOS_RESOURCE_MEM", "CHRONOS_RESOURCE_DISK",
        "CHRONOS_RUN_ID", "CHRONOS_NOMINAL_TIME", "CHRONOS_ATTEMPT_ID", "CHRONOS_CAUSE",
    };

    /// <summary>Whether a variable is not for the server. Kubernetes gives each pod variables for each service of its
    /// namespace, so a service called chronos makes <c>CHRONOS_SERVICE_HOST</c>, <c>CHRONOS_PORT</c> and more.
    /// </summary>
    public static bool IsForeign(string variable, string text) =>
        Others.Contains(variable)
        || OfKubernetes().IsMatch(variable)
        || text.StartsWith("tcp://", StringComparison.Ordinal)
        || text.StartsWith("udp://", StringComparison.Ordinal);

    /// <summary>Advice about an unknown variable.</summary>
    public static string Like(string name)
    {
        var known = SettingTable.All.Select(setting => setting.Name);
        return NearestName.Find(name, known) is { } near && SettingTable.Find(near) is { } setting
            ? $"Did you mean {setting.Variable}?"
            : "Variables that begin with CHRONOS_ are settings of chronos serve; its --help lists them.";
    }

    [GeneratedRegex("_SERVICE_HOST$|_SERVICE_PORT(_.+)?$|_PORT_[0-9]+_(TCP|UDP)(_.+)?$|^CHRONOS_PORT$")]
    private static partial Regex OfKubernetes();
}
