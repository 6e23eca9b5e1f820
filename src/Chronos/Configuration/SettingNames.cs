using Chronos.Core.Jobs;

namespace Chronos.Configuration;

/// <summary>What to tell somebody whose flag or key is not known.</summary>
public static class SettingNames
{
    private const string FileSuffix = "-file";

    /// <summary>The secret whose file a name is for; null: it is for none.</summary>
    public static Setting? FindSecretFile(string name)
    {
        var plain = name.Replace('_', '-');
        if (!plain.EndsWith(FileSuffix, StringComparison.Ordinal) || SettingTable.Find(plain) is not null) return null;
        return SettingTable.Find(plain[..^FileSuffix.Length]) is { IsSecret: true } setting ? setting : null;
    }

    /// <summary>Advice about a flag.</summary>
    public static string FlagLike(string name) =>
        Advise(name, near => "--" + near, "chronos serve --help lists all flags.");

    /// <summary>Advice about a key of the configuration file.</summary>
    public static string KeyLike(string name) =>
        Advise(name, near => near, "A key is the name of a flag of chronos serve, without the dashes.");

    private static string Advise(string name, Func<string, string> show, string otherwise)
    {
        var plain = name.Replace('_', '-');
        var known = SettingTable.All.SelectMany(setting => (string[])[setting.Name, .. setting.Aliases])
            .Append(ConfigurationReader.ConfigFlag);
        return NearestName.Find(plain, known) is { } near ? $"Did you mean {show(near)}?" : otherwise;
    }
}
