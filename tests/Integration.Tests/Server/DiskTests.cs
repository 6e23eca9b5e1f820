using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Chronos.Testing;
using Xunit;

namespace Chronos.Integration.Tests.Server;

/// <summary>Real servers whose data folder cannot be written.</summary>
public sealed class DiskTests
{
    private const int DiskMiB = 24;

    [Fact]
    public async Task Serve_EmptyReadOnlyFolder_SaysSoAndEnds()
    {
        using var disk = DataDisk.Mount(DiskMiB);
        disk.MakeReadOnly();

        await using var server = await ServerProcess.RunToEndAsync(disk.Path);

        Assert.Equal(1, server.ExitCode);
        Assert.Contains($"'{disk.Path}' is on a read-only file system", server.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_FolderThatCannotBeMade_NamesItAndTheRemedy()
    {
        using var disk = DataDisk.Mount(DiskMiB);
        disk.MakeReadOnly();
        var missing = System.IO.Path.Combine(disk.Path, "new");

        await using var server = await ServerProcess.RunToEndAsync(missing);

        Assert.Equal(1, server.ExitCode);
        Assert.Contains(
            $"The data folder '{missing}' cannot be made: it would be on a read-only file system. Mount it writable, "
            + "or choose another folder with --data-dir.",
            server.Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_FolderBecameReadOnly_EndsAndNothingIsLost()
    {
        using var disk = DataDisk.Mount(DiskMiB);
        await using (var first = await ServerProcess.StartAsync(disk.Path))
        {
            await PutAsync(first, "kept");
            await first.TerminateAsync();
        }

        await Wait.UntilAsync(() => TryMakeReadOnly(disk)); // the executor ends a moment after the server
        await using (var refused = await ServerProcess.RunToEndAsync(disk.Path))
        {
            Assert.Equal(1, refused.ExitCode);
            Assert.Contains("read-only file system", refused.Output, StringComparison.Ordinal);
        }

        disk.MakeWritable();
        await using var next = await ServerProcess.StartAsync(disk.Path);
        Assert.Equal(["kept"], await NamesAsync(next));
    }

    [Fact]
    public async Task Serve_DiskFillsMeanwhile_RefusesWritesSaysSoAndRecovers()
    {
        using var disk = DataDisk.Mount(DiskMiB);
        var server = await ServerProcess.StartAsync(disk.Path);
        await PutAsync(server, "before");
        await server.SendAsync(
            HttpMethod.Put, "/v1/jobs/ticks", new { name = "ticks", command = "true", schedule = "*/2 * * * * *" });

        disk.Fill();
        using var enough = new CancellationTokenSource();
        var waiting = PutUntilAsync(server, enough.Token);
        await Wait.UntilAsync(
            async () => (await HealthAsync(server)).Contains("disk is full", StringComparison.Ordinal));

        await AssertRefusesWritesAsync(server, "late");
        Assert.Equal(
            HttpStatusCode.ServiceUnavailable, (await server.Client.GetAsync("/health/ready")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await server.Client.GetAsync("/health/live")).StatusCode);
        Assert.Contains("before", await NamesAsync(server));

        await Task.Delay(TimeSpan.FromSeconds(3)); // some occurrences of the job fall due without a disk
        disk.MakeSpace();
        await Wait.UntilAsync(
            async () => (await server.Client.GetAsync("/health/ready")).IsSuccessStatusCode);
        await enough.CancelAsync();
        var kept = await waiting;
        await PutAsync(server, "after");
        await AssertEveryTickOnceAsync(server);

        await server.KillAsync();
        await server.DisposeAsync();
        await using var next = await ServerProcess.StartAsync(disk.Path);
        var names = await NamesAsync(next);
        Assert.Superset(kept.Concat(["before", "after", "ticks"]).ToHashSet(), names.ToHashSet());
        Assert.DoesNotContain("late", names);
    }

    private static async Task AssertRefusesWritesAsync(ServerProcess server, string name)
    {
        using var refused = await server.Client.PutAsJsonAsync($"/v1/jobs/{name}", new { name, command = "true" });
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        var problem = JsonDocument.Parse(await refused.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal("urn:chronos:problem:unavailable", problem.GetProperty("type").GetString());
        Assert.Contains("disk is full", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    /// <summary>Puts jobs, of which one has to wait for space.</summary>
    /// <returns>All that were answered as created, the last of them once there was space again.</returns>
    private static async Task<List<string>> PutUntilAsync(ServerProcess server, CancellationToken enough)
    {
        var kept = new List<string>();
        var padding = new string('x', 4000);
        for (var i = 0; i < 900 && !enough.IsCancellationRequested; i++)
        {
            using var response = await server.Client.PutAsJsonAsync(
                $"/v1/jobs/fill-{i}",
                new { name = $"fill-{i}", command = "true", description = padding },
                CancellationToken.None); // what is asked for is waited for
            if (response.StatusCode == HttpStatusCode.ServiceUnavailable) break;
            Assert.Equal(HttpStatusCode.Created, response.StatusCode);
            kept.Add($"fill-{i}");
        }

        return kept;
    }

    /// <summary>Every due time from the first to the last one recorded has exactly one run.</summary>
    private static async Task AssertEveryTickOnceAsync(ServerProcess server)
    {
        List<DateTimeOffset> due = [];
        await Wait.UntilAsync(async () =>
        {
            var runs = await server.GetAsync("/v1/runs?job=ticks&limit=500");
            due = [.. runs.GetProperty("items").EnumerateArray()
                .Select(run => run.GetProperty("nominal").GetDateTimeOffset()).Order()];
            return due.Count > 3;
        });
        for (var i = 1; i < due.Count; i++) Assert.Equal(TimeSpan.FromSeconds(2), due[i] - due[i - 1]);
    }

    private static bool TryMakeReadOnly(DataDisk disk)
    {
        try
        {
            disk.MakeReadOnly();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static async Task PutAsync(ServerProcess server, string name) =>
        await server.SendAsync(HttpMethod.Put, $"/v1/jobs/{name}", new { name, command = "true" });

    private static async Task<string> HealthAsync(ServerProcess server) =>
        await (await server.Client.GetAsync("/v1/health")).Content.ReadAsStringAsync();

    private static async Task<List<string>> NamesAsync(ServerProcess server) =>
        [.. (await server.GetAsync("/v1/jobs?limit=1000")).GetProperty("items").EnumerateArray()
            .Select(job => job.GetProperty("name").GetString() ?? "")];
}
