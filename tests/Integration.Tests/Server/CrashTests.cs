using System.Globalization;
using System.Text.Json;
using Xunit;

namespace Chronos.Integration.Tests.Server;

/// <summary>
/// Kills the server with SIGKILL at random moments while 200 jobs fire every second or two, starts it again each time,
/// and then holds what the tasks themselves wrote against what the history says. Every occurrence between the first and
/// the last moment must have run exactly once, or be recorded as skipped or missed with a reason; and no attempt may
/// have been started twice.
/// </summary>
public sealed class CrashTests(ITestOutputHelper output)
{
    private const int Jobs = 200;
    private const int Kills = 30;
    private static readonly string[] MissedModes = ["none", "latest", "all"];
    private static readonly string[] Overlaps = ["allow", "skip", "queue"];

    [Fact]
    public async Task Server_KilledAtRandomMoments_DecidesEveryOccurrenceOnce()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"Seed {seed}");
        var random = new Random(seed);
        using var folder = new DataFolder();
        var journal = folder.File("ran.txt");
        var start = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 3);

        var server = await ServerProcess.StartAsync(folder.Path, "--local-cpus", "64");
        await server.SendAsync(HttpMethod.Post, "/v1/jobs:bulk", Definitions(start, journal));
        for (var kill = 0; kill < Kills; kill++)
        {
            await Task.Delay(random.Next(200, 1800)); // the random moment
            await server.KillAsync();
            await server.DisposeAsync();
            server = await ServerProcess.StartAsync(folder.Path, "--local-cpus", "64");
        }

        var end = await StopJobsAsync(server);
        var ran = ReadJournal(journal);
        var history = await ReadHistoryAsync(server);
        await server.TerminateAsync();
        await server.DisposeAsync();

        Check(start, end, ran, history);
    }

    private static object[] Definitions(DateTimeOffset start, string journal) =>
    [
        .. Enumerable.Range(0, Jobs).Select(i => new
        {
            name = Name(i),
            schedule = string.Create(
                CultureInfo.InvariantCulture, $"R/{start:yyyy-MM-ddTHH:mm:ssZ}/PT{PeriodOf(i)}S"),
            command = $"echo \"$CHRONOS_JOB_NAME $CHRONOS_NOMINAL_TIME $CHRONOS_ATTEMPT_ID\" >> {journal}"
                + (i % 10 == 0 ? "; sleep 1" : ""),
            cpus = 0.01,
            mem = 1,
            retries = 0,
            epsilon = "PT2S",
            missed = MissedModes[i % 3],
            concurrency = Overlaps[i / 3 % 3],
        }),
    ];

    private static string Name(int i) => string.Create(CultureInfo.InvariantCulture, $"job-{i:000}");

    private static int PeriodOf(int i) => 1 + (i % 2);

    /// <summary>Disables all jobs, and waits until nothing runs.</summary>
    /// <returns>A moment up to which everything was decided.</returns>
    private static async Task<DateTimeOffset> StopJobsAsync(ServerProcess server)
    {
        await Task.Delay(3000); // time for what was missed last
        var end = DateTimeOffset.UtcNow.AddSeconds(-2.5);
        await server.SendAsync(
            HttpMethod.Post, "/v1/jobs:disable", new { names = Enumerable.Range(0, Jobs).Select(Name) });
        await WaitFor.TrueAsync(async () =>
            (await server.GetAsync("/v1/jobs?state=running&limit=1")).GetProperty("total").GetInt32() == 0 &&
            (await server.GetAsync("/v1/jobs?state=queued&limit=1")).GetProperty("total").GetInt32() == 0);
        return end;
    }

    private static List<string[]> ReadJournal(string journal) =>
        [.. File.ReadAllLines(journal).Select(line => line.Split(' '))];

    private static async Task<Dictionary<string, List<JsonElement>>> ReadHistoryAsync(ServerProcess server)
    {
        var history = new Dictionary<string, List<JsonElement>>();
        for (var i = 0; i < Jobs; i++)
        {
            var runs = history[Name(i)] = [];
            for (string? after = ""; after is not null;)
            {
                var page = await server.GetAsync($"/v1/jobs/{Name(i)}/runs?limit=1000"
                    + (after.Length > 0 ? $"&after={Uri.EscapeDataString(after)}" : ""));
                runs.AddRange(page.GetProperty("items").EnumerateArray());
                after = page.TryGetProperty("next", out var next) ? next.GetString() : null;
            }
        }

        return history;
    }

    private void Check(
        DateTimeOffset start, DateTimeOffset end, List<string[]> ran, Dictionary<string, List<JsonElement>> history)
    {
        Assert.All(ran, line => Assert.Equal(3, line.Length));
        Assert.Empty(ran.GroupBy(line => line[2]).Where(g => g.Count() > 1).Select(g => $"{g.Key} started twice"));
        var counts = new SortedDictionary<string, int>();
        for (var i = 0; i < Jobs; i++)
        {
            var name = Name(i);
            var started = ran.Where(l => l[0] == name)
                .ToLookup(l => DateTimeOffset.Parse(l[1], CultureInfo.InvariantCulture));
            for (var due = start; due <= end; due = due.AddSeconds(PeriodOf(i)))
            {
                var run = Assert.Single(history[name], r => Covers(r, due));
                var state = run.GetProperty("state").GetString() ?? "";
                counts[state] = counts.GetValueOrDefault(state) + 1;
                var expected = state is "skipped" or "missed" ? 0 : 1;
                Assert.True(
                    started[due].Count() == expected, $"{name} {due:O} is {state}, started {started[due].Count()}×");
                if (expected == 0) Assert.NotEqual("", run.GetProperty("reason").GetString());
                else Assert.Equal("succeeded", state);
            }
        }

        output.WriteLine(string.Join(", ", counts.Select(c => $"{c.Value} {c.Key}")));
        Assert.True(counts["succeeded"] > Jobs, "Hardly anything ran; the test has shown nothing.");
    }

    private static bool Covers(JsonElement run, DateTimeOffset due)
    {
        var first = run.GetProperty("nominal").GetDateTimeOffset();
        if (first == due) return true;
        return run.TryGetProperty("missedUntil", out var last) && last.ValueKind == JsonValueKind.String &&
            first < due && due <= last.GetDateTimeOffset();
    }
}
