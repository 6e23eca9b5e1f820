using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Chronos.CommandLine;

/// <summary>Examples for the help of commands.</summary>
public sealed class CommandExamples
{
    private readonly Dictionary<Command, string[]> byCommand = [];

    /// <summary>Sets the examples of a command.</summary>
    public void Add(Command command, params string[] lines) => byCommand[command] = lines;

    /// <summary>The examples of a command; empty: it has none.</summary>
    public IReadOnlyList<string> Of(Command command) => byCommand.GetValueOrDefault(command, []);

    /// <summary>Makes the help of everything below <paramref name="root"/> end with the examples.</summary>
    public void AppendToHelp(RootCommand root)
    {
        foreach (var option in root.Options.OfType<HelpOption>())
            if (option.Action is HelpAction usual)
                option.Action = new HelpWithExamples(usual, this);
    }

    private sealed class HelpWithExamples(HelpAction usual, CommandExamples examples) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            usual.Invoke(parseResult);
            var lines = examples.Of(parseResult.CommandResult.Command);
            if (lines.Count == 0) return ExitCodes.Success;
            var output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Examples:");
            foreach (var line in lines) output.WriteLine("  " + line);
            return ExitCodes.Success;
        }
    }
}
