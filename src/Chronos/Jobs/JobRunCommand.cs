using System.CommandLine;
using System.Text.Json;
using Chronos.Api;
using Chronos.Client;
using Chronos.CommandLine;
using Chronos.Runs;

namespace Chronos.Jobs;

/// <summary><c>chronos job run</c></summary>
public sealed class JobRunCommand
{
    private readonly Argument<string> name = new("name") { Description = "Name of the job." };

    private readonly Option<string?> arguments = new("--arguments", "-a")
    {
        Description = "Arguments of this run, as one text, in place of the job's own.",
    };

    private readonly Option<string[]> environment = new("--env", "-e")
    {
        HelpName = "name=value",
        Description = "A variable of this run only; may be given several times.",
    };

    private readonly Option<string?> key = new("--idempotency-key")
    {
        Description = "The same key gives the same run, so that a script may repeat the command.",
    };

    private readonly Option<bool> wait = new("--wait", "-w")
    {
        Description = "Waits for the end of the run, and ends with the exit code of its task.",
    };

    private readonly Option<bool> follow = new("--follow", "-f")
    {
        Description = "Like --wait, and shows the output meanwhile.",
    };

    /// <summary>The command.</summary>
    public static Command Create(ClientCommand client, CommandExamples examples)
    {
        var parts = new JobRunCommand();
        var command = new Command("run", "Starts a run of a job by hand.")
        {
            parts.name, parts.arguments, parts.environment, parts.key, parts.wait, parts.follow,
        };
        client.SetAction(command, parts.RunAsync);
        examples.Add(
            command,
            "chronos job run report",
            "chronos job run report --env DAY=2027-01-31 --follow",
            "chronos job run report --wait && echo done");
        return command;
    }

    private async Task<int> RunAsync(ClientCall call)
    {
        var request = new StartRunRequest
        {
            Arguments = call.Get(arguments) is { } text ? JsonSerializer.SerializeToElement(text) : null,
            Environment = call.Get(environment) is { Length: > 0 } pairs ? Variables(pairs) : null,
        };
        var started = await call.Client.StartRunAsync(
            call.Get(name), request, call.Get(key), call.CancellationToken);
        var run = started.Run;
        if (call.Get(follow) && !call.WantsJson) return await new RunWatch(call, run.Id).FollowAsync("both");
        if (call.Get(wait) || call.Get(follow)) run = await new RunWatch(call, run.Id).WaitAsync();
        RunText.Write(call, run);
        return call.Get(wait) || call.Get(follow) ? RunText.ExitCodeOf(run) : ExitCodes.Success;
    }

    private static Dictionary<string, string> Variables(string[] pairs)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in pairs)
        {
            var parts = pair.Split('=', 2);
            if (parts.Length < 2 || parts[0].Length == 0)
                throw new UsageException($"--env '{pair}' must have the form name=value.");
            variables[parts[0]] = parts[1];
        }
        return variables;
    }
}
