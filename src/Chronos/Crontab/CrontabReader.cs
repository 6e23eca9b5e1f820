using System.Text;
using System.Text.RegularExpressions;

namespace Chronos.Crontab;

/// <summary>Reads the text of a crontab as Vixie cron and cronie do: comments, environment lines, entries with five
/// fields or a macro, and in a system crontab a column with the user.</summary>
public sealed partial class CrontabReader
{
    private const int FieldCount = 5;
    private const string NotUtf8 =
        "The line has bytes that are not UTF-8. Convert the crontab first, for example: iconv -f latin1 -t utf-8.";

    private const string NotText =
        "The file has NUL characters, as UTF-16 has. Convert it first, for example: iconv -f utf-16 -t utf-8.";

    private readonly bool hasUserColumn;
    private readonly List<CrontabEntry> entries = [];
    private readonly List<CrontabFinding> findings = [];
    private readonly List<KeyValuePair<string, string>> environment = [];
    private readonly List<string> comment = [];

    private CrontabReader(bool hasUserColumn) => this.hasUserColumn = hasUserColumn;

    /// <summary>Reads a crontab.</summary>
    /// <param name="text">The text.</param>
    /// <param name="hasUserColumn">Whether a user stands between the schedule and the command, as in
    /// <c>/etc/crontab</c> and <c>/etc/cron.d</c>.</param>
    public static CrontabContent Read(string text, bool hasUserColumn)
    {
        var reader = new CrontabReader(hasUserColumn);
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            reader.Lose(1, NotText);
            return new([], reader.findings);
        }
        var number = 0;
        foreach (var line in text.Split('\n')) reader.ReadLine(++number, line.TrimEnd('\r').TrimStart(' ', '\t'));
        return new(reader.entries, reader.findings);
    }

    private void ReadLine(int number, string line)
    {
        if (line.Length == 0)
        {
            comment.Clear();
            return;
        }
        if (line.Contains('\uFFFD', StringComparison.Ordinal))
        {
            // What the decoder puts in place of bytes that are no UTF-8: the line as it was is not known any more.
            if (line[0] != '#') Lose(number, NotUtf8);
            comment.Clear();
            return;
        }
        if (line[0] == '#')
        {
            AddComment(line.TrimStart('#').Trim());
            return;
        }
        if (EnvironmentLine().Match(line) is { Success: true } match)
            SetVariable(Unquote(match.Groups["name"].Value), Unquote(match.Groups["value"].Value));
        else
            ReadEntry(number, line);
        comment.Clear();
    }

    /// <summary>Commented-out entries stand above others all the time; they describe nothing.</summary>
    private void AddComment(string text)
    {
        if (text.Length > 0 && !DisabledEntry().IsMatch(text)) comment.Add(text);
    }

    private void SetVariable(string name, string value)
    {
        var index = environment.FindIndex(pair => pair.Key == name);
        if (index < 0) environment.Add(new(name, value));
        else environment[index] = new(name, value);
    }

    private void ReadEntry(int number, string line)
    {
        if (line[0] == '-')
        {
            line = line[1..];
            Note(number, "The leading '-' (do not log the start) has no meaning here; it was dropped.");
        }
        var rest = line.AsSpan();
        var schedule = line[0] == '@' ? TakeWord(ref rest) : TakeFields(ref rest);
        var user = hasUserColumn ? TakeWord(ref rest) : "";
        if (schedule is null || user is null || rest.IsEmpty)
        {
            Lose(number, hasUserColumn
                ? "A schedule (five fields or a macro), a user and a command are needed."
                : "A schedule (five fields or a macro) and a command are needed.");
            return;
        }
        var command = SplitAtPercent(rest.TrimEnd(" \t"), out var input);
        if (input.Length > 0)
            Lose(number, "The text after '%' is input for the command; a job has none. "
                + "Put it into the command, for example: printf '...' | command.");
        else if (schedule.Equals("@reboot", StringComparison.OrdinalIgnoreCase))
            Lose(number, "@reboot runs at the start of a machine; a job has no such schedule.");
        else
            entries.Add(new(number, schedule, user, command, string.Join(' ', comment), [.. environment]));
    }

    private static string? TakeFields(ref ReadOnlySpan<char> rest)
    {
        var fields = new string[FieldCount];
        for (var i = 0; i < FieldCount; i++)
        {
            if (TakeWord(ref rest) is not { } field) return null;
            fields[i] = field;
        }
        return string.Join(' ', fields);
    }

    private static string? TakeWord(ref ReadOnlySpan<char> rest)
    {
        if (rest.IsEmpty) return null;
        var end = rest.IndexOfAny(" \t");
        if (end < 0) end = rest.Length;
        var word = rest[..end].ToString();
        rest = rest[end..].TrimStart(" \t");
        return word;
    }

    /// <summary>The first bare <c>%</c> ends the command; what follows is its standard input.</summary>
    private static string SplitAtPercent(ReadOnlySpan<char> text, out string input)
    {
        var command = new StringBuilder(text.Length);
        input = "";
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length && text[i + 1] == '%')
            {
                command.Append('%');
                i++;
            }
            else if (text[i] == '%')
            {
                input = text[(i + 1)..].ToString();
                break;
            }
            else
            {
                command.Append(text[i]);
            }
        }
        return command.ToString().TrimEnd();
    }

    private static string Unquote(string text)
    {
        text = text.Trim();
        return text.Length >= 2 && text[0] is '"' or '\'' && text[^1] == text[0] ? text[1..^1] : text;
    }

    private void Lose(int line, string reason) => findings.Add(new(line, IsLost: true, reason));

    private void Note(int line, string reason) => findings.Add(new(line, IsLost: false, reason));

    [GeneratedRegex("""^(?<name>[A-Za-z_]\w*|"[^"]+"|'[^']+')\s*=(?<value>.*)$""")]
    private static partial Regex EnvironmentLine();

    [GeneratedRegex(@"^(@\w+\s+\S|([\d*][\d*/,~-]*\s+){3}[\w*/,~?#-]+\s+[\w*/,~?#-]+\s+\S)")]
    private static partial Regex DisabledEntry();
}
