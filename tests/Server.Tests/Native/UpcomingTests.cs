using Chronos.Api;
using Chronos.Server.Tests.Hosting;
using Xunit;

namespace Chronos.Server.Tests.Native;

public sealed class UpcomingTests
{
    [Fact]
    public async Task Upcoming_SeveralJobs_AreInTheOrderOfTime()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("half", ",\"schedule\":\"*/30 * * * *\"");
        await server.CreateAsync("hourly", ",\"schedule\":\"0 * * * *\"");
        await server.CreateAsync("off", ",\"schedule\":\"* * * * *\",\"disabled\":true");
        await server.CreateAsync("by-hand");

        var found = await ListAsync(server, "until=2026-01-01T02:00:01Z");

        Assert.True(found.IsWhole);
        Assert.Equal(
            ["half 00:30", "half 01:00", "hourly 01:00", "half 01:30", "half 02:00", "hourly 02:00"],
            found.Items.Select(start => $"{start.Job} {start.At:HH:mm}"));
    }

    [Fact]
    public async Task Upcoming_MoreThanAskedFor_SaysSo()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("dense", ",\"schedule\":\"* * * * * *\"");
        await server.CreateAsync("once", ",\"schedule\":\"R1/2026-01-01T00:10:00Z/P1D\"");

        var cut = await ListAsync(server, "limit=3");
        var ofOne = await ListAsync(server, "job=once&limit=3");

        Assert.False(cut.IsWhole);
        Assert.Equal(3, cut.Items.Count);
        Assert.True(ofOne.IsWhole);
        Assert.Equal("once", Assert.Single(ofOne.Items).Job);
    }

    [Theory]
    [InlineData("until=soon", 400, ProblemTypes.Invalid)]
    [InlineData("limit=5001", 400, ProblemTypes.Invalid)]
    [InlineData("untill=x", 400, ProblemTypes.UnknownParameter)]
    [InlineData("job=x", 404, ProblemTypes.NotFound)]
    public async Task Upcoming_WhatMakesNoSense_IsRefused(string query, int status, string type)
    {
        await using var server = await TestServer.StartAsync();

        (await server.GetAsync($"/v1/upcoming?{query}")).Problem(status, type);
    }

    private static async Task<UpcomingStarts> ListAsync(TestServer server, string query)
    {
        var answer = await server.GetAsync($"/v1/upcoming?{query}");
        return System.Text.Json.JsonSerializer.Deserialize(answer.Body, ApiJson.Default.UpcomingStarts)!;
    }
}
