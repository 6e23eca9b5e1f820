using System.Diagnostics;
using System.Text.Json.Nodes;
using Xunit;

namespace Chronos.Integration.Tests.Web;

/// <summary>What the build makes of the pages where Node.js is missing: the project's own targets, run by MSBuild.
/// </summary>
public sealed class WebBuildTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private readonly string folder = Directory.CreateTempSubdirectory("chronos-web-").FullName;

    public WebBuildTests()
    {
        Directory.CreateDirectory(Programs);
        Directory.CreateDirectory(Pages);
        File.CreateSymbolicLink(Path.Combine(Programs, "sh"), "/bin/sh");
    }

    private string Programs => Path.Combine(folder, "bin");

    private string Pages => Path.Combine(folder, "web");

    [Fact]
    public async Task Build_WithoutNode_SucceedsWithoutPagesAndSaysSo()
    {
        var build = await EmbedAsync();

        Assert.Contains("warning CHRONOS001", build.Said, StringComparison.Ordinal);
        Assert.Contains("built without its web pages", build.Said, StringComparison.Ordinal);
        Assert.Empty(build.Embedded);
    }

    [Fact]
    public async Task Build_NodeTooOld_IsAsWithoutNode()
    {
        // The build asks Node.js itself whether its version is at least 20; this one always says no.
        File.CreateSymbolicLink(Path.Combine(Programs, "node"), "/bin/false");

        var build = await EmbedAsync();

        Assert.Contains("built without its web pages", build.Said, StringComparison.Ordinal);
        Assert.Empty(build.Embedded);
    }

    [Fact]
    public async Task Build_WithoutNodeAfterOneWithIt_KeepsThosePagesAndSaysSo()
    {
        Directory.CreateDirectory(Path.Combine(Pages, "dist", "assets"));
        await File.WriteAllTextAsync(Path.Combine(Pages, "dist", "index.html"), "<html></html>");
        await File.WriteAllTextAsync(Path.Combine(Pages, "dist", "assets", "a.js"), "");

        var build = await EmbedAsync();

        Assert.Contains("those of an earlier build", build.Said, StringComparison.Ordinal);
        Assert.Equal(["web/assets/a.js", "web/index.html"], build.Embedded.Order());
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private async Task<(string Said, string[] Embedded)> EmbedAsync()
    {
        using var build = Process.Start(new ProcessStartInfo(
            FindDotnet(),
            [
                "msbuild", Path.Combine(Root(), "src/Chronos.Server/Chronos.Server.csproj"), "-nologo", "-t:EmbedWeb",
                "-nodeReuse:false", $"-p:WebRoot={Pages}/", "-getItem:EmbeddedResource",
            ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["PATH"] = Programs },
        })!;
        using var timeout = new CancellationTokenSource(Patience);
        var (output, errors) = (
            build.StandardOutput.ReadToEndAsync(timeout.Token), build.StandardError.ReadToEndAsync(timeout.Token));
        await build.WaitForExitAsync(timeout.Token);
        var said = $"{await output}\n{await errors}";
        Assert.True(build.ExitCode == 0, said);
        var items = JsonNode.Parse((await output)[..((await output).LastIndexOf('}') + 1)])!;
        var embedded = items["Items"]!["EmbeddedResource"]!.AsArray()
            .Select(item => item!["LogicalName"]!.GetValue<string>());
        return (said, [.. embedded]);
    }

    private static string FindDotnet() => Environment.GetEnvironmentVariable("PATH")!.Split(':')
        .Select(place => Path.Combine(place, "dotnet")).First(File.Exists);

    private static string Root()
    {
        var place = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(place.FullName, "Chronos.slnx"))) place = place.Parent!;
        return place.FullName;
    }
}
