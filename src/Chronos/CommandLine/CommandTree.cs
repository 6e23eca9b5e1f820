using System.CommandLine;
using Chronos.Client;
using Chronos.Configuration;
using Chronos.Core.Jobs;
using Chronos.Crontab;
using Chronos.Dev;
using Chronos.Jobs;
using Chronos.Migration;
using Chronos.Runs;

namespace Chronos.CommandLine;

/// <summary>The commands of the program.</summary>
public static class CommandTree
{
    /// <summary>Name of the command that runs a server.</summary>
    public const string Serve = "serve";

    /// <summary>Name of the command with which a server starts the program that minds its tasks; not for people.
    /// </summary>
    public const string Executor = "executor";

    /// <summary>All commands, with their help and actions. <c>serve</c> is among them for its help only: its many flags
    /// come from a table of their own.</summary>
    public static RootCommand Build(CommandContext context)
    {
        var connection = new ConnectionOptions(context);
        var client = new ClientCommand(context, connection);
        var examples = new CommandExamples();
        var root = new RootCommand("Chronos starts jobs at the right time and in the right order.")
        {
            new Command(Serve, "Runs a server."),
            Client(JobCommands.Create(client, examples), connection),
            Client(RunCommands.Create(client, examples), connection),
            Client(ImportCommands.Create(client, examples), connection),
            new MigrateCommand(context).Create(examples),
            HashCommand.Create(context, examples),
            DevCommands.Create(context, examples),
            Client(VersionCommand.Create(client, connection, examples), connection),
        };
        examples.Add(
            root,
            "chronos serve --demo",
            "chronos job apply jobs.yaml",
            "chronos job list",
            "chronos job run report -f");
        examples.AppendToHelp(root);
        RefuseUnknownOptions(root);
        return root;
    }

    /// <summary>A mistyped option would otherwise count as the text of an argument.</summary>
    private static void RefuseUnknownOptions(Command command)
    {
        foreach (var argument in command.Arguments)
            argument.Validators.Add(result =>
            {
                foreach (var token in result.Tokens)
                    if (token.Value.StartsWith('-') && token.Value.Length > 1)
                        result.AddError($"There is no option '{token.Value}'.{Suggest(token.Value, command)}");
            });
        foreach (var below in command.Subcommands) RefuseUnknownOptions(below);
    }

    private static string Suggest(string option, Command command) =>
        NearestName.Find(option, command.Options.Select(known => known.Name)) is { } near
            ? $" Did you mean {near}?"
            : "";

    private static Command Client(Command command, ConnectionOptions connection)
    {
        connection.AddTo(command);
        return command;
    }
}
