using System.Net;
using System.Net.Http.Json;
using Chronos.Cluster.Tests.Jobs;
using Chronos.Cluster.Tests.Nodes;
using Xunit;

namespace Chronos.Cluster.Tests;

/// <summary>A leader that stands still until another leads, with requests and due jobs waiting for it, and then wakes
/// up: it neither writes, nor launches, nor answers from what it knew.</summary>
public sealed class PausedLeaderTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(3);

    [Theory]
    [InlineData("etcd")]
    [InlineData("zookeeper")]
    [InlineData("postgresql")]
    public async Task PausedLeader_WakesUp_NeitherWritesNorLaunchesNorAnswers(string store)
    {
        if (NodeCluster.ObstacleOf(store) is { } obstacle) Assert.Skip(obstacle);
        await using var cluster = await NodeCluster.StartAsync(new() { Store = store, Lease = Lease, Nodes = 2 });
        var journal = Path.Combine(cluster.Folder, "journal");
        File.WriteAllText(journal, "");
        var old = await cluster.LeaderAsync();
        var start = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 1);
        var tick = new PlannedJob("tick", 0, 1, "all", "allow", RunsInDoubt: false, Seconds: 0);
        await old.SendAsync(HttpMethod.Put, "/v1/jobs/tick", tick.Definition(start, journal));
        await PutAsync(old, "known-to-both");
        await StartedAsync(2);

        await old.Process.PauseAsync();
        // The kernel takes them for it; it reads them when it wakes up.
        var read = old.Client.GetAsync("/v1/jobs/known-to-both");
        var write = old.Client.PutAsJsonAsync("/v1/jobs/written-late", Definition("written-late"));
        var launch = old.Client.PostAsJsonAsync("/v1/jobs/known-to-both/runs", new { });
        await cluster.TakesChangesAsync(other: old);
        var next = await cluster.LeaderAsync(other: old);
        await next.SendAsync(HttpMethod.Delete, "/v1/jobs/known-to-both", new { });
        var before = Journal.Read(journal).Count;
        await old.Process.ResumeAsync();

        // It passes them on to the new leader, or says that it does not lead; both is right.
        Assert.NotEqual(HttpStatusCode.OK, (await read).StatusCode);
        Assert.False((await launch).IsSuccessStatusCode);
        var hasWritten = (await write).IsSuccessStatusCode;
        Assert.Equal(hasWritten, (await next.Client.GetAsync("/v1/jobs/written-late")).IsSuccessStatusCode);
        await cluster.AgreesAsync();
        Assert.Equal("following", (await old.LookAsync())?.State);
        await StartedAsync(before + 3);
        var runs = Journal.Read(journal);
        Assert.Equal(runs.Count, runs.DistinctBy(run => run.Nominal).Count());
        Assert.Equal(HttpStatusCode.NotFound, (await next.Client.GetAsync("/v1/jobs/known-to-both")).StatusCode);

        Task StartedAsync(int count) => cluster.UntilAsync(
            $"fewer than {count} runs have started", () => Task.FromResult(Journal.Read(journal).Count >= count));
    }

    private static async Task PutAsync(ChronosNode node, string name) =>
        await node.SendAsync(HttpMethod.Put, $"/v1/jobs/{name}", Definition(name));

    private static object Definition(string name) => new { name, command = "true" };
}
