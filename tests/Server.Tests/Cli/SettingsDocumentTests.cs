using System.Runtime.CompilerServices;
using Chronos.Configuration;
using Xunit;

namespace Chronos.Server.Tests.Cli;

public sealed class SettingsDocumentTests
{
    private static string DocumentPath([CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "../../../docs/configuration.md");

    /// <summary>With CHRONOS_TESTS_WRITE_DOCS set, the table is written instead of compared.</summary>
    [Fact]
    public void ConfigurationPage_ListsTheSettingsAsTheyAre()
    {
        const string firstSection = "## Server\n";
        var page = File.ReadAllText(DocumentPath());
        var head = page[..page.IndexOf(firstSection, StringComparison.Ordinal)];

        var current = head + SettingsDocument.Write();
        if (Environment.GetEnvironmentVariable("CHRONOS_TESTS_WRITE_DOCS") is not null)
            File.WriteAllText(DocumentPath(), current);

        Assert.Equal(current, File.ReadAllText(DocumentPath()));
    }
}
