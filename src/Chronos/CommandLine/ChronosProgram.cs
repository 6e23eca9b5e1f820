using System.CommandLine;
using Chronos.Configuration;
using Chronos.Core.Jobs;
using Chronos.Executor;
using Chronos.Serving;

namespace Chronos.CommandLine;

/// <summary>Decides what the arguments ask for, and does it.</summary>
public sealed class ChronosProgram(CommandContext context)
{
    private const string RequiredCommand = "Required command was not provided.";
    private static readonly string[] HelpFlags = ["--help", "-h", "-?", "/?"];

    /// <summary>Runs the program.</summary>
    /// <returns>The exit code.</returns>
    public Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        var first = arguments.Count > 0 ? arguments[0] : "";
        if (first == CommandTree.Serve) return ServeAsync([.. arguments.Skip(1)]);
        if (first == CommandTree.Executor) return RunExecutorAsync([.. arguments.Skip(1)]);
        return FlagParser.IsServeFlag(first) ? ServeAsync(arguments) : RunCommandAsync(arguments);
    }

    private Task<int> ServeAsync(IReadOnlyList<string> arguments)
    {
        if (!arguments.Any(HelpFlags.Contains)) return new ServeCommand(context).RunAsync(arguments);
        SettingsHelp.Write(context.Output);
        return Task.FromResult(ExitCodes.Success);
    }

    /// <summary>The executor is part of this program, so that one file is all there is to install.</summary>
    private static Task<int> RunExecutorAsync(IReadOnlyList<string> arguments) =>
        ExecutorProgram.RunAsync(arguments, CancellationToken.None);

    private async Task<int> RunCommandAsync(IReadOnlyList<string> arguments)
    {
        var root = CommandTree.Build(context);
        // A name may begin with @, which would otherwise mean a file with arguments.
        var parsing = new ParserConfiguration { ResponseFileTokenReplacer = null };
        var parsed = root.Parse(arguments.Count == 0 ? HelpFlags[..1] : arguments, parsing);
        var invocation = new InvocationConfiguration { Output = context.Output, Error = context.Error };
        var isError = parsed.Errors.Count > 0 && parsed.Action is not { ClearsParseErrors: true };
        return isError ? Refuse(parsed) : await parsed.InvokeAsync(invocation);
    }

    private int Refuse(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var stray = parsed.UnmatchedTokens.Count > 0;
        foreach (var error in parsed.Errors)
            // That a command is missing follows from a word that is none.
            if (!stray || error.Message != RequiredCommand) context.Error.WriteLine("chronos: " + error.Message);
        var known = command.Subcommands.Select(sub => sub.Name).Concat(command.Options.Select(option => option.Name));
        if (command is RootCommand) known = known.Concat(SettingTable.All.Select(setting => setting.Flag));
        foreach (var token in parsed.UnmatchedTokens)
            if (NearestName.Find(token.Split('=')[0].Replace('_', '-'), known) is { } near)
                context.Error.WriteLine(SettingTable.Find(near.TrimStart('-')) is null || command is not RootCommand
                    ? $"Did you mean {near} instead of {token}?"
                    : $"Did you mean chronos serve {near} instead of {token}?");
        context.Error.WriteLine($"See: {PathOf(parsed)} --help");
        return ExitCodes.Usage;
    }

    private static string PathOf(ParseResult parsed)
    {
        var names = new List<string>();
        for (var symbol = (System.CommandLine.Parsing.SymbolResult?)parsed.CommandResult; symbol is not null;
             symbol = symbol.Parent)
            if (symbol is System.CommandLine.Parsing.CommandResult { Command: not RootCommand } result)
                names.Insert(0, result.Command.Name);
        return string.Join(' ', names.Prepend("chronos"));
    }
}
