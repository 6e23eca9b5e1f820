using System.CommandLine;
using Chronos.Api;
using Chronos.Client;
using Chronos.CommandLine;

namespace Chronos.Jobs;

/// <summary><c>chronos job …</c></summary>
public static class JobCommands
{
    /// <summary>The command with everything below it.</summary>
    public static Command Create(ClientCommand client, CommandExamples examples) => new("job", "Works with jobs.")
    {
        JobListCommand.Create(client, examples),
        JobGetCommand.Create(client, examples),
        JobApplyCommand.Create(client, examples),
        JobRunCommand.Create(client, examples),
        JobNextCommand.Create(client, examples),
        Enable(client, examples),
        Disable(client, examples),
        Kill(client, examples),
        Delete(client, examples),
    };

    private static Command Enable(ClientCommand client, CommandExamples examples)
    {
        var names = Names();
        var command = new Command("enable", "Lets jobs start again.") { names };
        client.SetAction(command, call => ForEachAsync(
            call, names, "enabled", name => call.Client.EnableJobAsync(name, call.CancellationToken)));
        examples.Add(command, "chronos job enable report");
        return command;
    }

    private static Command Disable(ClientCommand client, CommandExamples examples)
    {
        var names = Names();
        var reason = new Option<string?>("--reason") { Description = "Why, for those who find the job disabled." };
        var command = new Command("disable", "Keeps jobs from starting; what runs goes on.") { names, reason };
        client.SetAction(command, call => ForEachAsync(
            call,
            names,
            "disabled",
            name => call.Client.DisableJobAsync(name, call.Get(reason), call.CancellationToken)));
        examples.Add(command, "chronos job disable report --reason \"source moves on Friday\"");
        return command;
    }

    private static Command Kill(ClientCommand client, CommandExamples examples)
    {
        var names = Names();
        var command = new Command("kill", "Ends all active runs of jobs.") { names };
        client.SetAction(command, call => ForEachAsync(
            call, names, "kill requested", name => call.Client.KillJobRunsAsync(name, call.CancellationToken)));
        examples.Add(command, "chronos job kill report");
        return command;
    }

    private static Command Delete(ClientCommand client, CommandExamples examples)
    {
        var names = Names();
        var cascade = new Option<string?>("--cascade")
        {
            Description = "What happens to jobs that the deleted one starts: refuse (default), inherit its parents "
                + "or schedule, detach, or delete them too.",
        };
        cascade.AcceptOnlyFromAmong("refuse", "inherit", "detach", "delete");
        var command = new Command("delete", "Deletes jobs and kills their runs.") { names, cascade };
        client.SetAction(command, call => ForEachAsync(
            call,
            names,
            "deleted",
            name => call.Client.DeleteJobAsync(name, call.Get(cascade), ifMatch: null, call.CancellationToken)));
        examples.Add(command, "chronos job delete report", "chronos job delete extract --cascade delete");
        return command;
    }

    private static Argument<string[]> Names() => new("name")
    {
        Arity = ArgumentArity.OneOrMore,
        Description = "Names of jobs.",
    };

    /// <summary>Stops at the first refusal; what was done before it has been told.</summary>
    private static async Task<int> ForEachAsync(
        ClientCall call, Argument<string[]> names, string done, Func<string, Task> action)
    {
        foreach (var name in call.Get(names))
        {
            await action(name);
            if (!call.WantsJson) call.Output.WriteLine($"{name}: {done}");
        }
        return ExitCodes.Success;
    }
}
