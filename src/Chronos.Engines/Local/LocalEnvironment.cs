using Chronos.Core.Scheduling;
using Chronos.Executor.Native;

namespace Chronos.Engines.Local;

/// <summary>The environment of a task: what the request says, then what every program expects. Of the server's own
/// environment only search path, language and time zone pass, so that none of its secrets do.</summary>
internal static class LocalEnvironment
{
    private const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private static readonly string[] Inherited = ["LANG", "TZ"];

    /// <summary>All variables, as <c>NAME=value</c>, none twice.</summary>
    /// <param name="request">The attempt.</param>
    /// <param name="sandbox">Its folder.</param>
    /// <param name="user">Whom it runs as.</param>
    /// <param name="host">Name of the machine.</param>
    /// <param name="path">Gets its search path.</param>
    internal static IReadOnlyList<string> Build(
        LaunchRequest request, string sandbox, UserAccount user, string host, out string path)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            // By these the engine and people find a task again, so that nobody may change them.
            [Executor.Supervision.Recovery.Marker] = request.Id.ToString(),
            ["MESOS_SANDBOX"] = sandbox,
            ["HOST"] = host,
        };
        foreach (var variable in request.Environment) variables.TryAdd(variable.Name, variable.Value);
        variables.TryAdd("PATH", Environment.GetEnvironmentVariable("PATH") is { Length: > 0 } own ? own : DefaultPath);
        variables.TryAdd("HOME", user.Home);
        variables.TryAdd("USER", user.Name);
        variables.TryAdd("LOGNAME", user.Name);
        variables.TryAdd("SHELL", "/bin/sh");
        foreach (var name in Inherited)
            if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } value) variables.TryAdd(name, value);
        path = variables["PATH"];
        return [.. variables.Select(variable => $"{variable.Key}={variable.Value}")];
    }
}
