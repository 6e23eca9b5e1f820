using System.CommandLine;
using Chronos.CommandLine;

namespace Chronos.Dev;

/// <summary><c>chronos dev …</c>: for trying Chronos out, and for those who work on it.</summary>
public static class DevCommands
{
    /// <summary>The command with everything below it.</summary>
    public static Command Create(CommandContext context, CommandExamples examples) =>
        new("dev", "Helps to try Chronos out.") { new DevMesosCommand(context).Create(examples) };
}
