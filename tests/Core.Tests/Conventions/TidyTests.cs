using System.Text.RegularExpressions;
using Xunit;

namespace Chronos.Core.Tests.Conventions;

/// <summary>House rules that a compiler does not know. Each message says what to do.</summary>
public sealed partial class TidyTests
{
    private const int ColumnsMax = 120;
    private const int FileLinesMax = 600;
    private const int MethodLinesMax = 60;

    [Fact]
    public void CSharpFiles_Lines_FitIn120Columns() => AssertNone(
        from file in Repository.Files(".cs")
        from line in Repository.Lines(file).Index()
        where line.Item.Length > ColumnsMax
        select $"{file}:{line.Index + 1} has {line.Item.Length} columns; wrap it at {ColumnsMax}.");

    [Fact]
    public void CSharpFiles_Length_IsBounded() => AssertNone(
        from file in Repository.Files(".cs")
        let count = Repository.Lines(file).Length
        where count > FileLinesMax
        select $"{file} has {count} lines; split it by concept, the limit is {FileLinesMax}.");

    [Fact]
    public void Methods_Length_IsBounded() => AssertNone(
        from file in Repository.Files(".cs")
        where !file.StartsWith("tests/", StringComparison.Ordinal)
        from method in MethodsOf(Repository.Lines(file))
        where method.Lines > MethodLinesMax
        select $"{file}:{method.Start} is a method of {method.Lines} lines; the limit is {MethodLinesMax}.");

    [Fact]
    public void TypeNames_Suffixes_SayARole() => AssertNone(
        from file in Repository.Files(".cs")
        from line in Repository.Lines(file).Index()
        let match = VagueTypeName().Match(line.Item)
        where match.Success
        select $"{file}:{line.Index + 1} '{match.Groups[1].Value}' names nothing; say what it does.");

    [Fact]
    public void Files_UnfinishedWork_IsNotLeftBehind() => AssertNone(
        from file in Repository.Files(".cs").Concat(Repository.Files(".md")).Concat(Repository.Files(".sh"))
        where !file.EndsWith("TidyTests.cs", StringComparison.Ordinal)
        from line in Repository.Lines(file).Index()
        where UnfinishedWork().IsMatch(line.Item)
        select $"{file}:{line.Index + 1} leaves work behind; do it, or open an issue and drop the note.");

    [Fact]
    public void MarkdownFiles_Titles_AreOneEach() => AssertNone(
        from file in Repository.Files(".md")
        let titles = Repository.Lines(file).Aggregate((Count: 0, IsCode: false), (seen, line) =>
            line.StartsWith("```", StringComparison.Ordinal) ? (seen.Count, !seen.IsCode)
            : !seen.IsCode && line.StartsWith("# ", StringComparison.Ordinal) ? (seen.Count + 1, seen.IsCode)
            : seen).Count
        where titles != 1
        select $"{file} has {titles} lines that begin with '# '; a page has one title.");

    [Fact]
    public void MarkdownFiles_RelativeLinks_LeadSomewhere() => AssertNone(
        from file in Repository.Files(".md")
        let folder = Path.GetDirectoryName(Path.Combine(Repository.Root, file)) ?? Repository.Root
        from line in Repository.Lines(file).Index()
        from Match link in MarkdownLink().Matches(line.Item)
        let target = link.Groups[1].Value.Split('#')[0]
        where target.Length > 0 && !target.Contains("://", StringComparison.Ordinal)
            && !target.StartsWith("mailto:", StringComparison.Ordinal)
        where !Path.Exists(Path.Combine(folder, target))
        select $"{file}:{line.Index + 1} links to '{target}', which does not exist.");

    private static void AssertNone(IEnumerable<string> findings) =>
        Assert.True(!findings.Any(), string.Join('\n', findings.Take(50)));

    // A method is a line at member depth that ends an argument list, and the block below it up to the brace in its own
    // column; good to a line or two, which is enough for a limit.
    private static IEnumerable<(int Start, int Lines)> MethodsOf(string[] lines)
    {
        for (var i = 0; i + 1 < lines.Length; i++)
        {
            var indent = lines[i].Length - lines[i].TrimStart().Length;
            if (lines[i].Trim() != "{" || i == 0 || !lines[i - 1].TrimEnd().EndsWith(')')) continue;
            if (indent is 0 or > 8) continue;
            var close = new string(' ', indent) + "}";
            var end = Array.FindIndex(lines, i, l => l.StartsWith(close, StringComparison.Ordinal));
            if (end > i) yield return (i, end - i);
        }
    }

    [GeneratedRegex(@"\b(?:class|record|struct|interface|enum)\s+"
        + @"(\w+(?:Impl|Std|Base|Helper|Helpers|Util|Utils|Manager|Common|Data|Info))\b")]
    private static partial Regex VagueTypeName();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b|NotImplementedException")]
    private static partial Regex UnfinishedWork();

    [GeneratedRegex(@"(?<!\!)\[[^\]]*\]\(([^)\s]+)\)")]
    private static partial Regex MarkdownLink();
}
