using System.Text;
using System.Text.RegularExpressions;

namespace Chronos.Crontab;

/// <summary>Finds a short name in a shell line: the program that matters, and its first arguments.</summary>
public static partial class CommandSlug
{
    private const int LengthMax = 48;
    private const int WordsMax = 4;

    /// <summary>Programs that only start another one; the number of their own arguments that follow.</summary>
    private static readonly Dictionary<string, int> Wrappers = new(StringComparer.Ordinal)
    {
        ["sudo"] = 0, ["nice"] = 0, ["ionice"] = 0, ["nohup"] = 0, ["env"] = 0, ["exec"] = 0, ["time"] = 0,
        ["chronic"] = 0, ["setsid"] = 0, ["stdbuf"] = 0, ["timeout"] = 1, ["flock"] = 1, ["chpst"] = 0,
        ["sh"] = 0, ["bash"] = 0, ["dash"] = 0, ["zsh"] = 0, ["ksh"] = 0,
        ["python"] = 0, ["python2"] = 0, ["python3"] = 0, ["perl"] = 0, ["ruby"] = 0, ["php"] = 0, ["node"] = 0,
    };

    /// <summary>Options of wrappers whose value is a word of its own.</summary>
    private static readonly HashSet<string> OptionsWithValue =
        new(["-n", "-u", "-c", "-g", "-w", "-E", "-k", "-s", "-o", "-i"], StringComparer.Ordinal);

    /// <summary>A name of lower-case letters, digits and <c>-</c>; <c>job</c> where nothing is left.</summary>
    public static string Of(string command)
    {
        var words = MainCommand(command).Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        var start = SkipWrappers(words);
        var slug = new StringBuilder();
        for (var i = start; i < words.Length && i < start + WordsMax; i++)
        {
            var part = Clean(i == start ? ProgramName(words[i]) : words[i]);
            if (part.Length == 0 || slug.Length + part.Length >= LengthMax) continue;
            if (slug.Length > 0) slug.Append('-');
            slug.Append(part);
        }
        return slug.Length == 0 ? "job" : slug.ToString();
    }

    /// <summary>Drops guards in front (<c>cd x &amp;&amp;</c>, <c>test -x y &amp;&amp;</c>), and what follows the
    /// program (pipes, redirections, further commands).</summary>
    private static string MainCommand(string command)
    {
        command = command.TrimStart('(', '{', ' ', '\t');
        while (Guard().Match(command) is { Success: true } guard) command = command[guard.Length..];
        var end = EndOfProgram().Match(command);
        return (end.Success ? command[..end.Index] : command).Replace("\"", "", StringComparison.Ordinal)
            .Replace("'", "", StringComparison.Ordinal);
    }

    private static int SkipWrappers(string[] words)
    {
        var i = 0;
        while (i < words.Length - 1)
        {
            if (Assignment().IsMatch(words[i])) i++;
            else if (Wrappers.TryGetValue(Path.GetFileName(words[i]), out var own)) i = SkipWrapper(words, i, own);
            else break;
        }
        return i < words.Length ? i : Math.Max(0, words.Length - 1);
    }

    private static int SkipWrapper(string[] words, int wrapper, int arguments)
    {
        var isShell = words[wrapper].EndsWith("sh", StringComparison.Ordinal);
        var i = wrapper + 1;
        while (i < words.Length && words[i].StartsWith('-'))
            i += !isShell && OptionsWithValue.Contains(words[i]) ? 2 : 1;
        return i + arguments;
    }

    private static string ProgramName(string word)
    {
        var name = word.TrimEnd('/', ')', '}');
        name = name[(name.LastIndexOf('/') + 1)..];
        return KnownExtension().Replace(name, "");
    }

    private static string Clean(string word) => NotInSlug().Replace(word.ToLowerInvariant(), "-").Trim('-');

    [GeneratedRegex(@"^\s*(cd\s+[^&;|]+(&&|;)|(test|command)\s[^&;|]+(&&|;)|\[{1,2}\s[^&;|]+\]{1,2}\s*(&&|;))\s*")]
    private static partial Regex Guard();

    [GeneratedRegex(@"\s*(\d?>|<|\||;|&|\s#)")]
    private static partial Regex EndOfProgram();

    [GeneratedRegex(@"^[A-Za-z_]\w*=")]
    private static partial Regex Assignment();

    [GeneratedRegex(@"\.(sh|bash|py|pl|rb|php|js|jar)$")]
    private static partial Regex KnownExtension();

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex NotInSlug();
}
