namespace Chronos.Configuration;

/// <summary>A value somebody gave, as text.</summary>
/// <param name="Setting">For what.</param>
/// <param name="Text">The text.</param>
/// <param name="Origin">Where it stands: a flag, a variable, or file and line.</param>
public sealed record GivenValue(Setting Setting, string Text, string Origin);

/// <summary>The configuration a server runs with.</summary>
public sealed class ServerConfiguration
{
    private const string Mask = "***";

    private readonly Dictionary<Setting, GivenValue> given;

    internal ServerConfiguration(Dictionary<Setting, GivenValue> given, IReadOnlyList<string> warnings)
    {
        this.given = given;
        Warnings = warnings;
    }

    /// <summary>What was accepted without having an effect, as sentences.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>The value of a setting, its default where none was given.</summary>
    public T Get<T>(Setting<T> setting) =>
        given.TryGetValue(setting, out var value) && setting.Read(value.Text).Value is T typed
            ? typed
            : setting.Default;

    /// <summary>Whether a setting was given.</summary>
    public bool IsGiven(Setting setting) => given.ContainsKey(setting);

    /// <summary>All effective settings with their values as text; secrets are masked.</summary>
    public IReadOnlyDictionary<string, string> Describe() => SettingTable.All
        .Where(setting => setting.Standing == Standing.Effective)
        .ToDictionary(setting => setting.Name, Show, StringComparer.Ordinal);

    /// <summary>What differs from the defaults, and where it was set, on one line.</summary>
    public string Summarize()
    {
        var parts = SettingTable.All
            .Where(setting => setting.Standing == Standing.Effective && IsGiven(setting))
            .Select(setting => $"{setting.Name}={Show(setting)} ({given[setting].Origin})");
        var text = string.Join(", ", parts);
        return text.Length == 0 ? "all defaults" : text;
    }

    private string Show(Setting setting)
    {
        if (!given.TryGetValue(setting, out var value)) return setting.DefaultText;
        return setting.IsSecret ? Mask : setting.Show(setting.Read(value.Text).Value);
    }
}

/// <summary>A configuration, or everything that is wrong with it; never both.</summary>
public sealed record ConfigurationResult(ServerConfiguration? Configuration, IReadOnlyList<string> Errors);
