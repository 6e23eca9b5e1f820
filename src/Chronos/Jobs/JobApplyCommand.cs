using System.CommandLine;
using Chronos.Client;
using Chronos.CommandLine;
using Chronos.JobFiles;

namespace Chronos.Jobs;

/// <summary><c>chronos job apply</c></summary>
public static class JobApplyCommand
{
    /// <summary>The command.</summary>
    public static Command Create(ClientCommand client, CommandExamples examples)
    {
        var paths = new Argument<string[]>("path")
        {
            Arity = ArgumentArity.OneOrMore,
            Description = "Files and folders with jobs in YAML or JSON; -: standard input.",
        };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only checks, and says what would change." };
        var command = new Command("apply", "Creates or replaces jobs from files: all of them, or none.")
        {
            paths, dryRun,
        };
        client.SetAction(command, async call =>
        {
            var content = new JobFileReader(call.Context.Input).Read(call.Get(paths));
            if (content.Errors.Count > 0) throw new UsageException(string.Join(Environment.NewLine, content.Errors));
            return await new JobApplication(call, content.Jobs).RunAsync(call.Get(dryRun));
        });
        examples.Add(
            command,
            "chronos job apply jobs.yaml",
            "chronos job apply config/ --dry-run",
            "chronos job get report | sed s/02:00/03:00/ | chronos job apply -");
        return command;
    }
}
