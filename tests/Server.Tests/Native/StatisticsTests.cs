using Chronos.Api;
using Chronos.Server.Endpoints.Native;
using Chronos.Server.Tests.Hosting;
using Xunit;

namespace Chronos.Server.Tests.Native;

public sealed class StatisticsTests
{
    [Fact]
    public async Task Overview_JobsOfAllSorts_AreCounted()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("never");
        await server.CreateAsync("off", ",\"disabled\":true");
        await server.CreateAsync("good");
        await server.CompleteAsync("good");
        await server.CreateAsync("busy");
        await server.RunAsync("busy");

        var overview = (await server.GetAsync("/v1/overview")).Json;

        Assert.Equal(4, overview["jobs"]!.GetValue<int>());
        Assert.Equal(1, overview["disabled"]!.GetValue<int>());
        Assert.Equal(3, overview["lastRuns"]!["none"]!.GetValue<int>());
        Assert.Equal(1, overview["lastRuns"]!["succeeded"]!.GetValue<int>());
        Assert.Equal(1, overview["runningRuns"]!.GetValue<int>() + overview["queuedRuns"]!.GetValue<int>());
        Assert.Equal(1, overview["recent"]!["runs"]!.GetValue<int>());
        Assert.Equal(1, overview["recent"]!["successRate"]!.GetValue<double>());
    }

    [Fact]
    public async Task Statistics_OfAJob_TellOutcomesAndSpread()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a", ",\"retries\":0");
        for (var i = 0; i < 3; i++) await server.CompleteAsync("a");
        await server.ExitAsync(await server.RunAsync("a"), 1);
        await server.WhenAsync(() => server.Node.Jobs.Find("a")!.State.Counters.ErrorCount == 1);

        var statistics = (await server.GetAsync("/v1/jobs/a/statistics")).Json;

        Assert.Equal(4, statistics["runs"]!.GetValue<int>());
        Assert.Equal(3, statistics["outcomes"]!["succeeded"]!.GetValue<int>());
        Assert.Equal(0.75, statistics["successRate"]!.GetValue<double>());
        var duration = statistics["duration"]!;
        Assert.True(duration["p50"]!.GetValue<double>() <= duration["p99"]!.GetValue<double>());
        Assert.Equal(duration["p99"]!.GetValue<double>(), duration["max"]!.GetValue<double>());
    }

    [Fact]
    public async Task Statistics_JobThatNeverRan_AreEmptyAndUnknownJobIs404()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a");

        Assert.Equal("""{"runs":0,"outcomes":{}}""", (await server.GetAsync("/v1/jobs/a/statistics")).Body);
        (await server.GetAsync("/v1/jobs/b/statistics")).Problem(404, ProblemTypes.NotFound);
    }

    [Fact]
    public async Task RecentRuns_OfSeveralJobs_AreNewestFirstAndInTheOrderAskedFor()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a");
        await server.CreateAsync("b");
        await server.CompleteAsync("a");
        var latest = await server.CompleteAsync("a");

        var list = (await server.PostAsync("/v1/runs:recent", """{"jobs":["b","a"],"count":1}""")).Json["items"]!;

        Assert.Equal("b", list[0]!["job"]!.GetValue<string>());
        Assert.Empty(list[0]!["runs"]!.AsArray());
        Assert.Equal(latest.Id.ToString(), Assert.Single(list[1]!["runs"]!.AsArray())!["id"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"jobs":[]}""")]
    [InlineData("""{"jobs":["a"],"count":0}""")]
    [InlineData("""{"jobs":["a"],"count":51}""")]
    public async Task RecentRuns_OutOfBounds_AreRefused(string body)
    {
        await using var server = await TestServer.StartAsync();

        (await server.PostAsync("/v1/runs:recent", body)).Problem(400, ProblemTypes.Invalid);
    }

    [Fact]
    public async Task Load_Schedules_AreCountedMinuteByMinute()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("hourly", ",\"schedule\":\"30 * * * *\"");
        await server.CreateAsync("off", ",\"schedule\":\"30 * * * *\",\"disabled\":true");
        await server.CreateAsync("midnight", ",\"schedule\":\"0 0 * * *\"");

        var load = (await server.GetAsync("/v1/load?hours=2")).Json;

        var minutes = load["starts"]!.AsArray().Select(m => m!.GetValue<int>()).ToList();
        Assert.Equal("2026-01-01T00:00:00Z", load["from"]!.GetValue<string>());
        Assert.Equal(120, minutes.Count);
        Assert.Equal((1, 1), (minutes[30], minutes[90]));
        Assert.Equal(2, minutes.Sum());
        Assert.Equal((1, 1), (load["jobs"]!.GetValue<int>(), load["sampledEvery"]!.GetValue<int>()));
    }

    [Fact]
    public async Task Load_DenseSchedule_IsTakenAsEven()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("dense", ",\"schedule\":\"*/10 * * * * *\"");

        var minutes = (await server.GetAsync("/v1/load?hours=3")).Json["starts"]!.AsArray();

        Assert.All(minutes.Skip(1), minute => Assert.Equal(6, minute!.GetValue<int>()));
    }

    [Fact]
    public async Task Load_LongSteps_AreCountedTogether()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("hourly", ",\"schedule\":\"30 * * * *\"");
        await server.CreateAsync("dense", ",\"schedule\":\"*/10 * * * * *\"");

        var all = (await server.GetAsync("/v1/load?hours=672&step=60")).Json;
        var one = (await server.GetAsync("/v1/load?hours=672&step=60&job=hourly")).Json;

        Assert.Equal(60, all["stepMinutes"]!.GetValue<int>());
        Assert.Equal(672, all["starts"]!.AsArray().Count);
        Assert.All(all["starts"]!.AsArray().Skip(1), starts => Assert.Equal(361, starts!.GetValue<int>()));
        Assert.All(one["starts"]!.AsArray(), starts => Assert.Equal(1, starts!.GetValue<int>()));
    }

    [Fact]
    public async Task Load_AfterAnotherLeadership_IsThatOfTheNewOne()
    {
        await using var server = await TestServer.StartAsync();
        var node = server.Node;
        using var forecasts = new LoadForecasts(() => node);
        Assert.Equal(0, (await forecasts.AheadAsync(new(1, 1), default)).Jobs);
        await using var other = await TestServer.StartAsync();
        await other.CreateAsync("hourly", ",\"schedule\":\"30 * * * *\"");

        node = other.Node;

        Assert.Equal(1, (await forecasts.AheadAsync(new(1, 1), default)).Jobs);
    }

    [Theory]
    [InlineData("hours=1009&step=60")]
    [InlineData("hours=51")]
    [InlineData("step=61")]
    public async Task Load_OutOfBounds_IsRefused(string query)
    {
        await using var server = await TestServer.StartAsync();

        (await server.GetAsync($"/v1/load?{query}")).Problem(400, ProblemTypes.Invalid);
        (await server.GetAsync("/v1/load?job=x")).Problem(404, ProblemTypes.NotFound);
    }
}
