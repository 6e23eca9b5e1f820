namespace Chronos.Configuration;

/// <summary>Puts a configuration together: flags win over the environment, which wins over the configuration file,
/// which wins over the defaults. Tells everything that is wrong at once.</summary>
public sealed class ConfigurationReader
{
    /// <summary>Name of the flag with the path of the configuration file.</summary>
    public const string ConfigFlag = "config";

    private const string Prefix = "CHRONOS_";

    private readonly ConfigurationSources sources;
    private readonly Dictionary<Setting, GivenValue> given = [];
    private readonly List<string> errors = [];
    private readonly List<string> warnings = [];

    private ConfigurationReader(ConfigurationSources sources) => this.sources = sources;

    /// <summary>Reads all sources.</summary>
    public static ConfigurationResult Read(ConfigurationSources sources)
    {
        var reader = new ConfigurationReader(sources);
        reader.AddFile();
        reader.AddEnvironment();
        reader.AddFlags();
        reader.Judge();
        return reader.errors.Count == 0
            ? new(new ServerConfiguration(reader.given, reader.warnings), [])
            : new(null, reader.errors);
    }

    private void AddFile()
    {
        var path = sources.Flags.LastOrDefault(flag => flag.Name == ConfigFlag)?.Text
            ?? sources.Environment.GetValueOrDefault(Prefix + "CONFIG");
        if (string.IsNullOrEmpty(path) || ReadText(path, "The configuration file") is not { } text) return;
        var (entries, error) = ConfigurationFile.Parse(text);
        if (error is not null) errors.Add($"{path}:{error}");
        foreach (var entry in entries)
            Add(entry.Key, entry.Text, $"{path}:{entry.Line}: {entry.Key}", SettingNames.KeyLike);
    }

    private void AddEnvironment()
    {
        foreach (var setting in SettingTable.All)
            foreach (var foreign in setting.ForeignVariables)
                if (sources.Environment.TryGetValue(foreign, out var text))
                    given[setting] = new(setting, text, foreign);
        foreach (var (variable, text) in sources.Environment.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (!variable.StartsWith(Prefix, StringComparison.Ordinal)) continue;
            if (EnvironmentNames.IsForeign(variable, text)) continue;
            var name = variable[Prefix.Length..].ToLowerInvariant().Replace('_', '-');
            Add(name, text, variable, EnvironmentNames.Like);
        }
    }

    private void AddFlags()
    {
        foreach (var flag in sources.Flags)
            if (flag.Name != ConfigFlag)
                Add(flag.Name, flag.Text, "--" + flag.Name, SettingNames.FlagLike);
    }

    private void Add(string name, string? text, string origin, Func<string, string> suggest)
    {
        if (SettingNames.FindSecretFile(name) is { } secret)
        {
            if (ReadText(text ?? "", $"{origin}: the file") is { } content)
                Add(secret, content.TrimEnd('\r', '\n'), origin);
        }
        else if (SettingTable.Find(name) is { } setting)
        {
            if (text is not null || setting.IsSwitch) Add(setting, text ?? "true", origin);
            else errors.Add($"{origin} needs a value: {setting.KindName}.");
        }
        else
        {
            errors.Add($"{origin} is not known. {suggest(name)}");
        }
    }

    /// <summary>An empty text takes a value back, so that a variable can undo the file's.</summary>
    private void Add(Setting setting, string text, string origin)
    {
        if (text.Length == 0 && !setting.IsSwitch)
        {
            given.Remove(setting);
            return;
        }
        given[setting] = new(setting, text, origin);
        if (setting.Read(text).BrokenRule is not { } rule) return;
        var shown = setting.IsSecret ? "" : $" '{ValueKinds.WithoutPassword(text)}'";
        errors.Add($"{origin}{shown}: the value must be {rule}.{HintAt(setting, text)}");
    }

    private static string HintAt(Setting setting, string text) => setting.IsSecret
        ? ""
        : string.Concat(setting.Nearest(text).Take(1).Select(near => $" Did you mean {near}?"));

    private void Judge()
    {
        foreach (var value in given.Values.OrderBy(value => value.Setting.Name, StringComparer.Ordinal))
            if (value.Setting.Standing == Standing.NoEffect)
                warnings.Add($"{value.Origin} has no effect in this version.");
    }

    private string? ReadText(string path, string what)
    {
        try
        {
            return sources.ReadFile(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            errors.Add($"{what} '{path}' cannot be read: {e.Message}");
            return null;
        }
    }
}
