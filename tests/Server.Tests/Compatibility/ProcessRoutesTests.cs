using System.Text.Json;
using NodaTime;
using Xunit;

namespace Chronos.Server.Tests.Compatibility;

public sealed class ProcessRoutesTests
{
    [Fact]
    public async Task Ping_WithAndWithoutOrigin_IsAsTheOriginal()
    {
        await using var server = await CompatibleServer.StartAsync();

        var plain = await server.GetAsync("/ping");
        var cross = await server.GetAsync("/ping", ("Origin", "http://dashboards.example.org"));

        Assert.Equal((200, "pong\n"), (plain.Status, plain.Body));
        Assert.StartsWith("text/plain", plain.Header("Content-Type"), StringComparison.Ordinal);
        Assert.Equal("must-revalidate,no-cache,no-store",
            plain.Header("Cache-Control"));
        Assert.Equal("true", plain.Header("Access-Control-Allow-Credentials"));
        Assert.Null(plain.Header("Access-Control-Allow-Origin"));
        Assert.Equal("http://dashboards.example.org", cross.Header("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Metrics_ByDefault_AreDropwizardJson()
    {
        await using var server = await CompatibleServer.StartAsync();
        await server.CreateAsync("a");
        await server.FinishAsync(await server.LaunchAsync("a"), Duration.FromSeconds(2));

        var flat = await server.GetAsync("/metrics");
        var pretty = await server.GetAsync("/metrics?pretty=true");

        Assert.Equal("application/json", flat.Header("Content-Type"));
        Assert.DoesNotContain('\n', flat.Body);
        Assert.Contains('\n', pretty.Body);
        using var metrics = JsonDocument.Parse(flat.Body);
        var root = metrics.RootElement;
        Assert.Equal(["version", "gauges", "counters", "histograms", "meters", "timers"],
            root.EnumerateObject().Select(p => p.Name));
        const string queueSize = "org.apache.mesos.chronos.scheduler.jobs.TaskManager.queueSize";
        Assert.Equal(0, root.GetProperty("gauges").GetProperty(queueSize).GetProperty("value").GetInt64());
        Assert.Equal(1, root.GetProperty("counters").GetProperty("jobs.run.success.a").GetProperty("count").GetInt64());
        Assert.Equal(0, root.GetProperty("counters").GetProperty("jobs.run.failure.a").GetProperty("count").GetInt64());
        Assert.Equal(2000, root.GetProperty("histograms").GetProperty("jobs.run.time.a").GetProperty("max").GetInt64());
    }

    [Theory]
    [InlineData("text/plain;version=0.0.4;q=0.5,*/*;q=0.1")]
    [InlineData("application/openmetrics-text; version=1.0.0,text/plain;version=0.0.4;q=0.9,*/*;q=0.1")]
    public async Task Metrics_ForPrometheus_AreItsText(string accept)
    {
        await using var server = await CompatibleServer.StartAsync(o => o.MetricsJobLimit = 1);
        foreach (var job in new[] { "a", "b" })
        {
            await server.CreateAsync(job);
            await server.FinishAsync(await server.LaunchAsync(job), Duration.FromSeconds(2));
        }

        var answer = await server.GetAsync("/metrics", ("Accept", accept));

        Assert.StartsWith("text/plain; version=0.0.4", answer.Header("Content-Type"), StringComparison.Ordinal);
        Assert.Contains("\nchronos_jobs 2\n", answer.Body, StringComparison.Ordinal);
        Assert.Contains("chronos_runs_ended_total{outcome=\"success\"} 2\n", answer.Body, StringComparison.Ordinal);
        Assert.Contains("{job=\"a\",outcome=\"success\"} 1\n", answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("job=\"b\"", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logging_LevelSet_IsShown()
    {
        await using var server = await CompatibleServer.StartAsync();

        var set = await server.SendAsync(
            "POST", "/logging", "logger=Chronos.Runtime&level=DEBUG", "application/x-www-form-urlencoded");
        var shown = await server.GetAsync("/logging");

        Assert.Equal(200, set.Status);
        Assert.StartsWith("text/html", shown.Header("Content-Type"), StringComparison.Ordinal);
        Assert.Contains("<td>Chronos.Runtime</td><td>Debug</td>", shown.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("logger=a&level=LOUD", "application/x-www-form-urlencoded")]
    [InlineData("{}", "application/json")]
    public async Task Logging_WrongInput_Is400(string body, string type)
    {
        await using var server = await CompatibleServer.StartAsync();

        Assert.Equal(400, (await server.SendAsync("POST", "/logging", body, type)).Status);
    }

    [Fact]
    public async Task Moroccron_Index_IsAnswered()
    {
        await using var server = await CompatibleServer.StartAsync();

        Assert.Equal("API v1 Index", (await server.GetAsync("/api/v1")).Body);
    }
}
