namespace Chronos.Configuration;

/// <summary>One thing that can be configured: the single source of its flag, environment variable, key in the
/// configuration file, help and documentation.</summary>
/// <param name="name">Kebab-case; the flag without <c>--</c>, and the key in the configuration file.</param>
public abstract class Setting(string name)
{
    /// <summary>Kebab-case name.</summary>
    public string Name { get; } = name;

    /// <summary>Further names, of other products. The form with underscores is always accepted.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Environment variables of other products that mean the same.</summary>
    public IReadOnlyList<string> ForeignVariables { get; init; } = [];

    /// <summary>What it does, as sentences.</summary>
    public required string Description { get; init; }

    /// <summary>Whether its value is never shown. Such a setting can be read from a file, see
    /// <see cref="FileVariable"/> and <see cref="FileName"/>.</summary>
    public bool IsSecret { get; init; }

    /// <summary>What it can do in this version.</summary>
    public Standing Standing { get; init; }

    /// <summary>The environment variable.</summary>
    public string Variable => "CHRONOS_" + Name.Replace('-', '_').ToUpperInvariant();

    /// <summary>The environment variable with the path of a file that holds a secret.</summary>
    public string FileVariable => Variable + "_FILE";

    /// <summary>The flag and key with the path of a file that holds a secret.</summary>
    public string FileName => Name + "-file";

    /// <summary>The flag.</summary>
    public string Flag => "--" + Name;

    /// <summary>Name of the kind of value, such as <c>port</c>.</summary>
    public abstract string KindName { get; }

    /// <summary>Whether the flag may stand without a value.</summary>
    public abstract bool IsSwitch { get; }

    /// <summary>The default as text; empty: none.</summary>
    public abstract string DefaultText { get; }

    /// <summary>Reads a value.</summary>
    /// <returns>The value, or the rule that the text breaks.</returns>
    public abstract (object? Value, string? BrokenRule) Read(string text);

    /// <summary>Values that a mistyped one may have meant, the likeliest first.</summary>
    public abstract IReadOnlyList<string> Nearest(string text);

    /// <summary>The value as people write it.</summary>
    public abstract string Show(object? value);

    /// <summary>All names that a flag or key may have, the main one first.</summary>
    public IEnumerable<string> AllNames()
    {
        foreach (var name in (string[])[Name, .. Aliases])
        {
            yield return name;
            if (name.Contains('-', StringComparison.Ordinal)) yield return name.Replace('-', '_');
        }
    }
}

/// <summary>A setting with a value of a type.</summary>
public sealed class Setting<T>(string name, ValueKind<T> kind, T @default) : Setting(name)
{
    /// <summary>The value where nothing is configured.</summary>
    public T Default { get; } = @default;

    /// <inheritdoc/>
    public override string KindName => kind.Name;

    /// <inheritdoc/>
    public override bool IsSwitch => typeof(T) == typeof(bool);

    /// <inheritdoc/>
    public override string DefaultText => kind.Show(Default);

    /// <inheritdoc/>
    public override (object? Value, string? BrokenRule) Read(string text) =>
        kind.TryRead(text, out var value) ? (value, null) : (null, kind.Rule);

    /// <inheritdoc/>
    public override IReadOnlyList<string> Nearest(string text) => kind.Nearest?.Invoke(text) ?? [];

    /// <inheritdoc/>
    public override string Show(object? value) => value is T typed ? kind.Show(typed) : "";
}

/// <summary>What a setting can do in this version.</summary>
public enum Standing
{
    /// <summary>It does what it says.</summary>
    Effective,

    /// <summary>Accepted so that a start script of Mesos Chronos goes on working; a warning says that it does
    /// nothing.</summary>
    NoEffect,
}
