using System.Buffers;

namespace Chronos.Core.Jobs;

/// <summary>The rule for names of jobs: what any version of Mesos Chronos accepted, less what breaks addresses and
/// line-based output.</summary>
public static class JobNames
{
    /// <summary>The greatest number of characters.</summary>
    public const int LengthMax = 255;

    private static readonly SearchValues<char> Allowed = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.#- \t");

    /// <summary>Whether <paramref name="name"/> may name a job.</summary>
    public static bool IsValid(string name) => Check("name", name) is null;

    /// <summary>The broken rule, told for the given field; null: the name is valid.</summary>
    public static Violation? Check(string field, string name)
    {
        const string remedy = "Use 1 to 255 ASCII letters, digits, blanks and . _ - #, such as 'nightly-report'.";
        if (name.Length == 0) return new(field, name, "A job name must not be empty.", remedy);
        if (name.Length > LengthMax)
            return new(field, ReadLog.Cut(name), $"A job name has at most {LengthMax} characters.", remedy);

        var bad = name.AsSpan().IndexOfAnyExcept(Allowed);
        if (bad >= 0)
            return new(field, name, $"A job name must not contain {Show(name, bad)}.", remedy);
        if (name[0] is ' ' or '\t' || name[^1] is ' ' or '\t')
            return new(field, name, "A job name must not begin or end with a blank.", "Remove the blank.");
        if (name is "." or "..")
            return new(field, name, "A job name must not be '.' or '..', which addresses cannot hold.", remedy);
        return null;
    }

    private static string Show(string name, int index) =>
        char.IsLetterOrDigit(name[index]) || char.IsPunctuation(name[index]) || char.IsSymbol(name[index])
            ? $"'{name[index]}'"
            : $"the character U+{(int)name[index]:X4}";
}
