using System.Globalization;
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
    private const int Kills = 20;
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

        var audit = new OccurrenceAudit([.. Enumerable.Range(0, Jobs).Select(i => (Name(i), PeriodOf(i)))], start);
        var end = await audit.StopJobsAsync(server);
        var ran = ReadJournal(journal);
        var history = await audit.ReadHistoryAsync(server);
        await server.TerminateAsync();
        await server.DisposeAsync();

        output.WriteLine(audit.Check(end, ran, history));
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

    private static List<TaskStart> ReadJournal(string journal)
    {
        var lines = File.ReadAllLines(journal).Select(line => line.Split(' ')).ToList();
        Assert.All(lines, line => Assert.Equal(3, line.Length));
        return lines.ConvertAll(line => new TaskStart(
            line[0], DateTimeOffset.Parse(line[1], CultureInfo.InvariantCulture), line[2]));
    }
}
