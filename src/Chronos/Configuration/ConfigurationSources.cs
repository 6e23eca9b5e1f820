namespace Chronos.Configuration;

/// <summary>A flag of the command line.</summary>
/// <param name="Name">As written, without leading dashes.</param>
/// <param name="Text">Its value; null: it stood alone.</param>
public sealed record GivenFlag(string Name, string? Text);

/// <summary>Where values come from.</summary>
public sealed record ConfigurationSources
{
    /// <summary>Flags in their order; of several with one name the last counts.</summary>
    public IReadOnlyList<GivenFlag> Flags { get; init; } = [];

    /// <summary>The environment of the process.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Reads a file as text.</summary>
    public Func<string, string> ReadFile { get; init; } = File.ReadAllText;
}
