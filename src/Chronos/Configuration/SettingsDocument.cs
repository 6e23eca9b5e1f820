using System.Text;

namespace Chronos.Configuration;

/// <summary>The table of settings in <c>docs/configuration.md</c>, which a test keeps current.</summary>
public static class SettingsDocument
{
    /// <summary>Markdown with a section for each subject.</summary>
    public static string Write()
    {
        var text = new StringBuilder();
        foreach (var group in SettingTable.Groups)
        {
            text.Append("## ").Append(group.Title).Append("\n\n");
            text.Append("| name | value | default | meaning |\n|---|---|---|---|\n");
            foreach (var setting in group.Settings) Write(text, setting);
            text.Append('\n');
        }
        return text.ToString().TrimEnd('\n') + "\n";
    }

    private static void Write(StringBuilder text, Setting setting)
    {
        var notes = setting.Description;
        if (setting.Aliases.Count > 0) notes += $" Also `{string.Join("`, `", setting.Aliases)}`.";
        if (setting.ForeignVariables.Count > 0) notes += $" Also `{string.Join("`, `", setting.ForeignVariables)}`.";
        if (setting.IsSecret) notes += " Secret.";
        var otherwise = setting.DefaultText.Length == 0 ? "" : $"`{setting.DefaultText}`";
        var kind = setting.KindName.Replace("|", ", ", StringComparison.Ordinal);
        text.Append($"| `{setting.Name}` | {kind} | {otherwise} | {notes} |\n");
    }
}
