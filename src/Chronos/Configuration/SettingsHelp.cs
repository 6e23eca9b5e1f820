namespace Chronos.Configuration;

/// <summary>The help of <c>chronos serve</c>.</summary>
public static class SettingsHelp
{
    private const int TextColumn = 6;
    private const int Width = 100;

    /// <summary>Writes it.</summary>
    public static void Write(TextWriter output)
    {
        output.WriteLine("Usage: chronos serve [flags]");
        output.WriteLine();
        Wrap(output, 0, "Runs a server on this machine. Each flag can also be set by the environment variable in "
            + "brackets, or by its name in a file in YAML or JSON, given with --config FILE or CHRONOS_CONFIG. Flags "
            + "win over variables, variables over the file. Underscores may stand for dashes, as in Mesos Chronos. "
            + "A secret can be read from a file: --NAME-file PATH or the variable with _FILE at its end.");
        foreach (var group in SettingTable.Groups)
        {
            output.WriteLine();
            output.WriteLine(group.Title + ":");
            foreach (var setting in group.Settings) Write(output, setting);
        }
        output.WriteLine();
        output.WriteLine("Examples:");
        output.WriteLine("  chronos serve --demo");
        output.WriteLine("  chronos serve --http-address 0.0.0.0 --http-credentials-file /run/secrets/http");
        output.WriteLine("  CHRONOS_HTTP_PORT=4400 chronos serve --config /etc/chronos.yaml");
        output.WriteLine();
        output.WriteLine("Exit codes: 0 ended, 1 could not start, 2 wrong configuration.");
    }

    private static void Write(TextWriter output, Setting setting)
    {
        var value = setting.IsSwitch ? "" : $" <{setting.KindName}>";
        output.WriteLine($"  {setting.Flag}{value}  [{setting.Variable}]");
        var also = setting.Aliases.Count > 0 ? $" Also --{string.Join(", --", setting.Aliases)}." : "";
        var otherwise = setting.DefaultText.Length > 0 && !setting.IsSwitch ? $" Default: {setting.DefaultText}." : "";
        Wrap(output, TextColumn, setting.Description + also + otherwise);
    }

    private static void Wrap(TextWriter output, int column, string text)
    {
        var line = new string(' ', column);
        foreach (var word in text.Split(' '))
        {
            if (line.Length + word.Length + 1 > Width && line.Length > column)
            {
                output.WriteLine(line.TrimEnd());
                line = new string(' ', column);
            }
            line += word + " ";
        }
        output.WriteLine(line.TrimEnd());
    }
}
