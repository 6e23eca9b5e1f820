using System.CommandLine;
using Chronos.Api;
using Chronos.Client;
using Chronos.CommandLine;

namespace Chronos.Runs;

/// <summary><c>chronos run …</c></summary>
public static class RunCommands
{
    /// <summary>The command with everything below it.</summary>
    public static Command Create(ClientCommand client, CommandExamples examples) => new("run", "Works with runs.")
    {
        List(client, examples),
        Get(client, examples),
        RunLogsCommand.Create(client, examples),
        Retry(client, examples),
        Kill(client, examples),
    };

    /// <summary>The argument that names a run.</summary>
    public static Argument<string> Id() => new("id") { Description = "Id of the run, from chronos run list." };

    private static Command List(ClientCommand client, CommandExamples examples)
    {
        var job = new Option<string?>("--job") { Description = "Only of this job." };
        var states = new Option<string[]>("--state") { Description = "Only in this state; may be given repeatedly." };
        var label = new Option<string?>("--label", "-l") { Description = "Only of jobs with this label, key=value." };
        var from = new Option<DateTimeOffset?>("--from") { Description = "Only due at or after this instant." };
        var until = new Option<DateTimeOffset?>("--until") { Description = "Only due before this instant." };
        var limit = new Option<int>("--limit", "-n")
        {
            DefaultValueFactory = _ => 50,
            Description = "At most this many, the newest; 1 to 1000.",
        };
        var command = new Command("list", "Lists runs, the newest first.") { job, states, label, from, until, limit };
        client.SetAction(command, async call =>
        {
            var query = new RunListQuery
            {
                Job = call.Get(job),
                States = call.Get(states) ?? [],
                Label = call.Get(label),
                From = call.Get(from),
                Until = call.Get(until),
                Limit = call.Get(limit),
            };
            var page = await call.Client.ListRunsAsync(query, call.CancellationToken);
            if (call.WantsJson) await JsonOutput.WriteListAsync(call.Output, page.Items.ToAsyncEnumerable());
            else Write(call.Output, page.Items);
            return ExitCodes.Success;
        });
        examples.Add(command, "chronos run list --job report -n 5", "chronos run list --state failed --state lost");
        return command;
    }

    private static Command Get(ClientCommand client, CommandExamples examples)
    {
        var id = Id();
        var command = new Command("get", "Shows a run and its attempts.") { id };
        client.SetAction(command, async call =>
        {
            RunText.Write(call, await call.Client.GetRunAsync(call.Get(id), call.CancellationToken));
            return ExitCodes.Success;
        });
        examples.Add(command, "chronos run get $ID");
        return command;
    }

    private static Command Retry(ClientCommand client, CommandExamples examples)
    {
        var id = Id();
        var wait = new Option<bool>("--wait", "-w")
        {
            Description = "Waits for the end of the new run, and ends with the exit code of its task.",
        };
        var command = new Command("retry", "Repeats a run that has ended, as a new run for the same due time.")
        {
            id, wait,
        };
        client.SetAction(command, async call =>
        {
            var run = (await call.Client.RetryRunAsync(call.Get(id), idempotencyKey: null, call.CancellationToken)).Run;
            if (call.Get(wait)) run = await new RunWatch(call, run.Id).WaitAsync();
            RunText.Write(call, run);
            return call.Get(wait) ? RunText.ExitCodeOf(run) : ExitCodes.Success;
        });
        examples.Add(command, "chronos run retry $ID --wait");
        return command;
    }

    private static Command Kill(ClientCommand client, CommandExamples examples)
    {
        var id = Id();
        var command = new Command("kill", "Ends a run: politely, and after its grace period by force.") { id };
        client.SetAction(command, async call =>
        {
            await call.Client.KillRunAsync(call.Get(id), call.CancellationToken);
            if (!call.WantsJson) call.Output.WriteLine($"{call.Get(id)}: kill requested");
            return ExitCodes.Success;
        });
        examples.Add(command, "chronos run kill $ID");
        return command;
    }

    private static void Write(TextWriter output, IReadOnlyList<RunDocument> runs)
    {
        var table = new TextTable("ID", "JOB", "STATE", "CAUSE", "DUE", "TOOK", "ATTEMPT", "REASON");
        foreach (var run in runs)
            table.Add(
                run.Id,
                run.Job,
                run.State,
                run.Cause.Kind,
                TextTable.Time(run.Nominal),
                TextTable.Length(run.StartedAt, run.EndedAt),
                run.Attempt.ToString(),
                run.Reason);
        table.Write(output);
    }
}
