using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Chronos.Serving;

/// <summary>Writes a message as one line for people: time, level, who says it, what, and the exception if there is
/// one. The formatter of .NET adds the number of the event, which means nothing to anybody.</summary>
internal sealed class LineFormatter() : ConsoleFormatter(FormatName)
{
    /// <summary>The name by which the console logger finds it.</summary>
    public const string FormatName = "line";

    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
    private const string Reset = "\e[0m";

    private static bool WantsColor { get; } =
        !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is null;

    /// <inheritdoc/>
    public override void Write<TState>(
        in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        textWriter.Write(DateTime.UtcNow.ToString(TimeFormat, CultureInfo.InvariantCulture));
        textWriter.Write(' ');
        var (word, color) = Level(logEntry.LogLevel);
        textWriter.Write(WantsColor ? $"{color}{word}{Reset}" : word);
        textWriter.Write($": {logEntry.Category} ");
        WriteOneLine(textWriter, logEntry.Formatter(logEntry.State, logEntry.Exception));
        if (logEntry.Exception is { } exception)
        {
            textWriter.Write(' ');
            WriteOneLine(textWriter, exception.ToString());
        }

        textWriter.WriteLine();
    }

    private static (string Word, string Color) Level(LogLevel level) => level switch
    {
        LogLevel.Trace => ("trce", "\e[37m"),
        LogLevel.Debug => ("dbug", "\e[37m"),
        LogLevel.Information => ("info", "\e[32m"),
        LogLevel.Warning => ("warn", "\e[33m"),
        LogLevel.Error => ("fail", "\e[31m"),
        _ => ("crit", "\e[41m"),
    };

    /// <summary>A line break in a message could look like a message of its own.</summary>
    private static void WriteOneLine(TextWriter writer, string text) =>
        writer.Write(text.ReplaceLineEndings(" "));
}
