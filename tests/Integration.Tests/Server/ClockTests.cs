using System.Text.Json;
using Chronos.Testing;
using Chronos.Testing.Clocks;
using Xunit;

namespace Chronos.Integration.Tests.Server;

/// <summary>A real server whose wall clock is stepped while it runs.</summary>
public sealed class ClockTests : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(12);
    private readonly DataFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Serve_ClockStepsByHoursAndDays_DecidesEveryOccurrenceOnceAndGoesOn()
    {
        if (SteppedClock.Obstacle is { } obstacle) Assert.Skip(obstacle);
        var clock = new SteppedClock(folder.File("clock-step"), delay: TimeSpan.Zero);
        await using var server = await ServerProcess.StartAsync(folder.Path, clock.Environment);
        await PutAsync(server, "ticks", "*/2 * * * * *");
        await PutAsync(server, "hourly", "0 0 * * * *");
        await UntilRunAfterAsync(server, "ticks", TimeSpan.Zero);

        clock.Step(TimeSpan.FromHours(1));
        await UntilRunAfterAsync(server, "ticks", TimeSpan.FromHours(1));

        clock.Step(TimeSpan.Zero);
        await AssertGoesOnAsync(server, "first");
        Assert.Contains("set back", await HealthAsync(server), StringComparison.Ordinal);

        clock.Step(TimeSpan.FromDays(1));
        await UntilRunAfterAsync(server, "ticks", TimeSpan.FromDays(1));

        clock.Step(TimeSpan.Zero);
        await AssertGoesOnAsync(server, "second");

        clock.Step(TimeSpan.FromHours(25)); // an hour past all that was decided
        await UntilRunAfterAsync(server, "ticks", TimeSpan.FromHours(25));
        await AssertEachOnceAsync(server, "ticks", Tick);
        await AssertEachOnceAsync(server, "hourly", TimeSpan.FromHours(1));
        Assert.DoesNotContain("set back", await HealthAsync(server), StringComparison.Ordinal);
    }

    /// <summary>Occurrences that the clock brings a second time are not run again, but all else goes on.</summary>
    private static async Task AssertGoesOnAsync(ServerProcess server, string name)
    {
        await PutAsync(server, name, "*/2 * * * * *");
        await UntilRunAfterAsync(server, name, TimeSpan.Zero);
        var run = await RunAsync(server, "hourly");
        await Wait.UntilAsync(
            async () => await StateAsync(server, run) == "succeeded", $"the run of {name} by hand", Soon);
        await server.SendAsync(HttpMethod.Delete, $"/v1/jobs/{name}", null);
    }

    /// <summary>Waits for a run that was due at or after the present time and so many hours.</summary>
    private static async Task UntilRunAfterAsync(ServerProcess server, string job, TimeSpan ahead)
    {
        var from = DateTimeOffset.UtcNow + ahead;
        await Wait.UntilAsync(
            async () => (await RunsAsync(server, job)).Any(
                run => run.GetProperty("state").GetString() == "succeeded" && NominalOf(run) >= from),
            $"a run of {job}", Soon);
    }

    /// <summary>The records of a job follow one upon the other without gap or overlap; what did not run says why.
    /// </summary>
    private static async Task AssertEachOnceAsync(ServerProcess server, string job, TimeSpan interval)
    {
        var runs = (await RunsAsync(server, job))
            .Where(run => run.GetProperty("cause").GetProperty("kind").GetString() == "schedule")
            .OrderBy(NominalOf).ToList();
        Assert.True(runs.Count > 2);
        for (var i = 0; i < runs.Count; i++)
        {
            if (i > 0) Assert.Equal(LastOf(runs[i - 1]) + interval, NominalOf(runs[i]));
            if (runs[i].GetProperty("state").GetString() is "missed" or "skipped")
                Assert.NotEmpty(runs[i].GetProperty("reason").GetString() ?? "");
            if (runs[i].TryGetProperty("missedCount", out var count))
                Assert.Equal(count.GetInt32() - 1, (LastOf(runs[i]) - NominalOf(runs[i])) / interval);
        }
    }

    private static DateTimeOffset NominalOf(JsonElement run) => run.GetProperty("nominal").GetDateTimeOffset();

    private static DateTimeOffset LastOf(JsonElement run) =>
        run.TryGetProperty("missedUntil", out var until) ? until.GetDateTimeOffset() : NominalOf(run);

    private static async Task<List<JsonElement>> RunsAsync(ServerProcess server, string job) =>
        [.. (await server.GetAsync($"/v1/runs?job={job}&limit=1000")).GetProperty("items").EnumerateArray()];

    private static async Task PutAsync(ServerProcess server, string name, string schedule) => await server.SendAsync(
        HttpMethod.Put, $"/v1/jobs/{name}", new { name, command = "true", schedule });

    private static async Task<string> RunAsync(ServerProcess server, string job) =>
        (await server.SendAsync(HttpMethod.Post, $"/v1/jobs/{job}/runs", new { }))?.GetProperty("id").GetString() ?? "";

    private static async Task<string> StateAsync(ServerProcess server, string run) =>
        (await server.GetAsync($"/v1/runs/{run}")).GetProperty("state").GetString() ?? "";

    private static async Task<string> HealthAsync(ServerProcess server) =>
        await (await server.Client.GetAsync("/v1/health")).Content.ReadAsStringAsync();
}
