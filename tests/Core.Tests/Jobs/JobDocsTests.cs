using System.Text.Json;
using System.Text.RegularExpressions;
using Chronos.Core.Jobs;
using Xunit;

namespace Chronos.Core.Tests.Jobs;

/// <summary>The examples of the documentation are read, and its tables name every field.</summary>
public partial class JobDocsTests
{
    private static readonly string Reference = File.ReadAllText(Path.Combine(RepositoryRoot(), "docs", "jobs.md"));

    public static TheoryData<string> Examples =>
        [.. Fenced().Matches(Reference).Select(match => match.Groups[1].Value)];

    [Theory]
    [MemberData(nameof(Examples))]
    public void Reference_Example_IsAValidJob(string json)
    {
        Assert.Empty(JobJson.Read(json, JobJson.Native).Violations);
        Assert.Empty(JobJson.Read(json, JobJson.Chronos).Warnings);
    }

    [Fact]
    public void Reference_Tables_NameEveryField()
    {
        using var full = JsonDocument.Parse(
            JobJson.ToNative(JobJson.Job(JobSamples.FullNative, JobJson.Native) with { Parents = ["p"] }));
        var fields = full.RootElement.EnumerateObject().Select(property => property.Name);

        Assert.All([.. fields, "concurrent", "maxCompletionTime"], field => Assert.Matches(Row(field), Reference));
    }

    private static Regex Row(string field) => new($@"^\| [^|]*`{field}`[^|]*\|", RegexOptions.Multiline);

    [GeneratedRegex("```json\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Fenced();

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Chronos.slnx")))
            folder = folder.Parent ?? throw new InvalidOperationException("The tests run outside the repository.");
        return folder.FullName;
    }
}
