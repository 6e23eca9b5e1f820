namespace Chronos.Configuration;

/// <summary>Splits the arguments of <c>chronos serve</c> into flags: <c>--name value</c>, <c>--name=value</c>, or with
/// one dash as chronos-go has it. A switch stands alone, or is followed by true or false.</summary>
public static class FlagParser
{
    private static readonly HashSet<string> SwitchWords =
        new(["true", "false", "yes", "no", "on", "off"], StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether an argument is a flag of <c>chronos serve</c>; Mesos Chronos had no other command and its start
    /// scripts name none.</summary>
    public static bool IsServeFlag(string argument) =>
        NameOf(argument) is { } name && (Find(name) is not null || name == ConfigurationReader.ConfigFlag);

    /// <summary>The flags in their order, and words that belong to none.</summary>
    public static (IReadOnlyList<GivenFlag> Flags, IReadOnlyList<string> Stray) Parse(IReadOnlyList<string> arguments)
    {
        var flags = new List<GivenFlag>();
        var stray = new List<string>();
        for (var i = 0; i < arguments.Count; i++)
        {
            if (NameOf(arguments[i]) is not { } name)
            {
                stray.Add(arguments[i]);
                continue;
            }
            var equals = arguments[i].IndexOf('=', StringComparison.Ordinal);
            var next = i + 1 < arguments.Count ? arguments[i + 1] : null;
            if (equals >= 0)
                flags.Add(new(name, arguments[i][(equals + 1)..]));
            else if (next is not null && TakesNext(name, next))
                flags.Add(new(name, arguments[++i]));
            else
                flags.Add(new(name, null));
        }
        return (flags, stray);
    }

    private static bool TakesNext(string name, string next) => Find(name) is { IsSwitch: true }
        ? SwitchWords.Contains(next)
        : NameOf(next) is null;

    private static Setting? Find(string name) => SettingTable.Find(name) ?? SettingNames.FindSecretFile(name);

    private static string? NameOf(string argument)
    {
        var name = argument.TrimStart('-');
        var dashes = argument.Length - name.Length;
        if (dashes is not (1 or 2) || name.Length == 0 || !char.IsAsciiLetter(name[0])) return null;
        var equals = name.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? name : name[..equals];
    }
}
