using System.Net;
using System.Text.RegularExpressions;
using Chronos.Testing;
using Xunit;

namespace Chronos.Integration.Tests.Server;

/// <summary>What a real server writes to its console.</summary>
public sealed partial class LoggingTests : IDisposable
{
    private readonly DataFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Serve_Text_NamesNoEventNumbers()
    {
        await using var server = await ServerProcess.StartAsync(folder.Path);

        Assert.Matches(ConfigurationLine(), server.Output);
        Assert.DoesNotMatch(EventNumber(), server.Output);
    }

    [Fact]
    public async Task Logging_Post_ChangesWhatIsWritten()
    {
        await using var server = await ServerProcess.StartAsync(folder.Path, "--log-level", "error");
        Assert.DoesNotContain("info:", server.Output, StringComparison.Ordinal);

        await SetLevelAsync(server, "Microsoft", "DEBUG");
        await server.GetAsync("/v1/info");
        await Wait.UntilAsync(() => server.Output.Contains(" dbug: Microsoft.", StringComparison.Ordinal));

        await SetLevelAsync(server, "Microsoft", "OFF");
        var length = server.Output.Length;
        await server.GetAsync("/v1/info");
        await Task.Delay(200);
        Assert.DoesNotContain("dbug:", server.Output[length..].Split('\n', 2)[^1], StringComparison.Ordinal);
    }

    private static async Task SetLevelAsync(ServerProcess server, string logger, string level)
    {
        using var form = new FormUrlEncodedContent([new("logger", logger), new("level", level)]);
        using var response = await server.Client.PostAsync("/logging", form);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await Task.Delay(200); // what was under way may still write
    }

    [GeneratedRegex(
        @"(?m)^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z info: Chronos\.Serving\.ServerProcess Configuration: ")]
    private static partial Regex ConfigurationLine();

    [GeneratedRegex(@"\[\d+\]")]
    private static partial Regex EventNumber();
}
