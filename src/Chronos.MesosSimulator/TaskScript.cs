using System.Globalization;
using System.Text.RegularExpressions;
using Chronos.Mesos.Protocol;

namespace Chronos.MesosSimulator;

/// <summary>What a scripted task does. All times are real times, not scaled.</summary>
public sealed partial record TaskScript
{
    /// <summary>Before the executor says TASK_STARTING; default none.</summary>
    public TimeSpan Staging { get; init; }

    /// <summary>Between TASK_STARTING and TASK_RUNNING; default none.</summary>
    public TimeSpan Starting { get; init; }

    /// <summary>Between TASK_RUNNING and the end; null: until it is killed. Default: none.</summary>
    public TimeSpan? Duration { get; init; } = TimeSpan.Zero;

    /// <summary>Decides between TASK_FINISHED and TASK_FAILED; default 0.</summary>
    public int ExitCode { get; init; }

    /// <summary>Another end than the exit code says, such as TASK_LOST; default null.</summary>
    public TaskState? EndsAs { get; init; }

    /// <summary>The reason told with the end; default null.</summary>
    public TaskStatus.Types.Reason? Reason { get; init; }

    /// <summary>Whether TASK_STARTING and TASK_RUNNING are said; default true. Without them a task costs one update.
    /// </summary>
    public bool IsTalkative { get; init; } = true;

    /// <summary>Between a kill and the end; default none.</summary>
    public TimeSpan KillTime { get; init; }

    /// <summary>What its check says, of a task that has one; default 0.</summary>
    public int CheckExitCode { get; init; }

    /// <summary>What its health check says, of a task that has one; default true.</summary>
    public bool IsHealthy { get; init; } = true;

    /// <summary>Written to stdout when it runs; default nothing.</summary>
    public string Output { get; init; } = "";

    /// <summary>Written to stderr when it runs; default nothing.</summary>
    public string ErrorOutput { get; init; } = "";

    /// <summary>Reads <c>sleep</c>, <c>exit</c>, <c>echo</c>, <c>true</c> and <c>false</c> out of a task's command and
    /// takes all else for done at once.</summary>
    public static TaskScript OfCommand(TaskInfo task)
    {
        ArgumentNullException.ThrowIfNull(task);
        var script = new TaskScript();
        foreach (var step in Separators().Split(task.Command?.Value ?? "").Select(part => part.Trim()))
        {
            var words = step.Split(' ', 2, StringSplitOptions.TrimEntries);
            var rest = words.Length > 1 ? words[1] : "";
            script = (words[0], rest) switch
            {
                ("sleep", "infinity") => script with { Duration = null },
                ("sleep", _) when double.TryParse(rest, CultureInfo.InvariantCulture, out var seconds) =>
                    script with { Duration = script.Duration + TimeSpan.FromSeconds(seconds) },
                ("exit", _) when int.TryParse(rest, CultureInfo.InvariantCulture, out var code) =>
                    script with { ExitCode = code },
                ("false", _) => script with { ExitCode = 1 },
                ("true", _) => script with { ExitCode = 0 },
                ("echo", _) when rest.EndsWith(">&2", StringComparison.Ordinal) =>
                    script with { ErrorOutput = script.ErrorOutput + rest[..^3].Trim() + "\n" },
                ("echo", _) => script with { Output = script.Output + rest + "\n" },
                _ => script,
            };
        }

        return task.Check?.Command is { } check
            ? script with { CheckExitCode = OfCommand(new() { Command = check.Command_ }).ExitCode }
            : script;
    }

    [GeneratedRegex("&&|;|\n", RegexOptions.CultureInvariant)]
    private static partial Regex Separators();
}
