using System.CommandLine;
using Chronos.Api;
using Chronos.Client;
using Chronos.CommandLine;

namespace Chronos.Jobs;

/// <summary><c>chronos job list</c></summary>
public sealed class JobListCommand
{
    private readonly Argument<string?> text = new("text")
    {
        Arity = ArgumentArity.ZeroOrOne,
        Description = "Part of the name, command or description.",
    };

    private readonly Option<string[]> labels = new("--label", "-l")
    {
        Description = "key or key=value; all must hold.",
    };

    private readonly Option<string?> owner = new("--owner") { Description = "One of the owners." };
    private readonly Option<string?> parent = new("--parent") { Description = "One of the parents." };
    private readonly Option<string?> state = new("--state") { Description = "What the job does now." };
    private readonly Option<string?> lastRun = new("--last-run") { Description = "How the latest run ended." };
    private readonly Option<bool> disabled = new("--disabled") { Description = "Only disabled jobs." };
    private readonly Option<bool> enabled = new("--enabled") { Description = "Only jobs that are not disabled." };

    private readonly Option<string?> sort = new("--sort")
    {
        Description = "Field to sort by; with - before it: descending.",
    };

    /// <summary>The command.</summary>
    public static Command Create(ClientCommand client, CommandExamples examples)
    {
        var parts = new JobListCommand();
        parts.state.AcceptOnlyFromAmong("idle", "queued", "running");
        parts.lastRun.AcceptOnlyFromAmong("succeeded", "failed", "killed", "skipped", "missed", "lost", "none");
        var command = new Command("list", "Lists jobs.")
        {
            parts.text, parts.labels, parts.owner, parts.parent, parts.state, parts.lastRun, parts.disabled,
            parts.enabled, parts.sort,
        };
        client.SetAction(command, parts.RunAsync);
        examples.Add(
            command,
            "chronos job list",
            "chronos job list --label team=data --last-run failed",
            "chronos job list --sort -errors --json | jq -r '.[0].name'");
        return command;
    }

    private async Task<int> RunAsync(ClientCall call)
    {
        var jobs = call.Client.ListAllJobsAsync(QueryOf(call), call.CancellationToken);
        if (call.WantsJson) await JsonOutput.WriteListAsync(call.Output, jobs);
        else await WriteAsync(call.Output, jobs);
        return ExitCodes.Success;
    }

    private JobQuery QueryOf(ClientCall call) => new()
    {
        Text = call.Arguments.GetValue(text),
        Labels = call.Get(labels) ?? [],
        Owner = call.Get(owner),
        Parent = call.Get(parent),
        State = call.Get(state),
        LastRun = call.Get(lastRun),
        Disabled = call.Get(disabled) ? true : call.Get(enabled) ? false : null,
        Sort = call.Get(sort),
    };

    private static async Task WriteAsync(TextWriter output, IAsyncEnumerable<JobSummary> jobs)
    {
        var table = new TextTable("NAME", "STATE", "LAST RUN", "NEXT", "STARTED BY", "OWNER");
        await foreach (var job in jobs)
            table.Add(
                job.Name,
                job.Disabled ? "disabled" : job.State,
                job.LastRun?.State ?? "-",
                TextTable.Time(job.Next),
                job.Schedule ?? (job.Parents.Count > 0 ? "after " + string.Join(", ", job.Parents) : "hand"),
                job.Owner);
        table.Write(output);
    }
}
