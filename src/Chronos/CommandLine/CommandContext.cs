namespace Chronos.CommandLine;

/// <summary>What a command sees of the process it runs in.</summary>
/// <param name="Output">For results.</param>
/// <param name="Error">For everything said about them.</param>
/// <param name="Input">For files named <c>-</c> and passwords.</param>
/// <param name="Environment">Variables by name.</param>
public sealed record CommandContext(
    TextWriter Output, TextWriter Error, TextReader Input, IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>The real process.</summary>
    public static CommandContext OfProcess() => new(Console.Out, Console.Error, Console.In, ReadEnvironment());

    private static Dictionary<string, string> ReadEnvironment()
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (System.Collections.DictionaryEntry pair in System.Environment.GetEnvironmentVariables())
            variables[(string)pair.Key] = (string?)pair.Value ?? "";
        return variables;
    }
}

/// <summary>What was asked for cannot be done as written; ends with <see cref="ExitCodes.Usage"/>.</summary>
public sealed class UsageException(string message) : Exception(message);
