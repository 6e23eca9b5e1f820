using System.Text.Json;
using Chronos.Integration.Tests.Server;
using Chronos.MesosSimulator;
using Chronos.Testing;
using Xunit;

namespace Chronos.Integration.Tests.Mesos;

/// <summary>What people see of a real server whose jobs run on a simulated Mesos cluster that starts real processes: in
/// its API, and on the pages of Mesos.</summary>
public sealed class ServerOnMesosTests : IAsyncLifetime
{
    private readonly DataFolder folder = new();
    private readonly DataFolder agents = new();
    private SimulatedCluster cluster = null!; // set by InitializeAsync
    private ServerProcess server = null!;

    private string[] Settings => ["--master", cluster.Masters[0].Address.ToString(), "--webui-url", "http://me:1/"];

    public async ValueTask InitializeAsync()
    {
        cluster = await SimulatedCluster.StartAsync(new()
        {
            Agents = 2,
            Agent = static i => new() { Hostname = $"agent-{i}", Cpus = 2, Mem = 2048 },
            WorkDirectory = agents.Path,
            TimeScale = 20,
        });
        server = await ServerProcess.StartAsync(folder.Path, Settings);
    }

    [Fact]
    public async Task Job_LargerThanEveryOffer_SaysSoInItsDocument()
    {
        await PutAsync("large", "true", cpus: 3);
        await StartAsync("large");

        await Wait.UntilAsync(async () => await ReasonAsync("large")
            == "Needs 3 cpus; the largest offer in 5 min had 2.");
    }

    [Fact]
    public async Task Pages_OfMesos_ShowTheServerAndTheJob()
    {
        await PutAsync("held", "sleep 60", cpus: 0.1);
        await StartAsync("held");
        await Wait.UntilAsync(() => cluster.Tasks.Active == 1);

        using var client = new HttpClient();
        using var state = JsonDocument.Parse(
            await client.GetStringAsync(cluster.Masters[0].Address.At("/master/state")));

        var framework = Assert.Single(state.RootElement.GetProperty("frameworks").EnumerateArray());
        Assert.Equal("chronos", framework.GetProperty("name").GetString());
        Assert.Equal("http://me:1/", framework.GetProperty("webui_url").GetString());
        var task = Assert.Single(framework.GetProperty("tasks").EnumerateArray());
        Assert.Equal("ChronosTask:held", task.GetProperty("name").GetString());
        Assert.Contains(task.GetProperty("labels").EnumerateArray(), label =>
            label.GetProperty("key").GetString() == "chronos_job" && label.GetProperty("value").GetString() == "held");
    }

    [Fact]
    public async Task Output_OfARunningTask_IsFollowedLive()
    {
        await PutAsync("talker", "echo one; while [ ! -e \"$MESOS_SANDBOX/go\" ]; do sleep 0.05; done; echo two", 0.1);
        var run = await StartAsync("talker");
        await Wait.UntilAsync(() => Sandboxes().Any());

        using var events = new StreamReader(
            await server.Client.GetStreamAsync($"/v1/runs/{run}/logs/stdout?follow=true"));
        var seen = await ReadUntilAsync(events, "one");
        Assert.DoesNotContain("two", seen, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(Sandboxes().Single(), "go"), "");

        await ReadUntilAsync(events, "two");
        await ReadUntilAsync(events, "event: end");
    }

    [Fact]
    public async Task Output_AfterAKillOfTheServer_IsFoundAgain()
    {
        await PutAsync("ended", "echo out; echo err >&2", 0.1);
        await PutAsync("running", "echo begun; sleep 60", 0.1);
        var (ended, running) = (await StartAsync("ended"), await StartAsync("running"));
        await Wait.UntilAsync(async () => await StateAsync(ended) == "succeeded"
            && await StateAsync(running) == "running");

        await server.KillAsync();
        await server.DisposeAsync();
        server = await ServerProcess.StartAsync(folder.Path, Settings);

        await Wait.UntilAsync(async () => await LogAsync(ended, "stdout") == (200, "out\n"));
        Assert.Equal((200, "err\n"), await LogAsync(ended, "stderr"));
        await Wait.UntilAsync(async () => await LogAsync(running, "stdout") == (200, "begun\n"));
    }

    [Fact]
    public async Task Output_AgentOrSandboxGone_SaysSo()
    {
        await PutAsync("gone", "echo out", 0.1);
        var run = await StartAsync("gone");
        await Wait.UntilAsync(async () => await StateAsync(run) == "succeeded");
        Assert.Equal((200, "out\n"), await LogAsync(run, "stdout"));

        foreach (var sandbox in Sandboxes().ToList()) Directory.Delete(sandbox, recursive: true);
        var (status, text) = await LogAsync(run, "stdout");
        Assert.Equal(404, status);
        Assert.Contains("made no sandbox, or has removed it", text, StringComparison.Ordinal);

        foreach (var agent in cluster.Agents) agent.LoseMachine();
        await server.KillAsync();
        await server.DisposeAsync();
        server = await ServerProcess.StartAsync(folder.Path, Settings);
        await Wait.UntilAsync(async () =>
            (await LogAsync(run, "stdout")).Text.Contains("is not in the cluster any more", StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        await cluster.DisposeAsync();
        folder.Dispose();
        agents.Dispose();
    }

    private async Task PutAsync(string job, string command, double cpus) => await server.SendAsync(
        HttpMethod.Put, $"/v1/jobs/{job}", new { name = job, command, cpus, mem = 32, disk = 1, retries = 0 });

    private async Task<string> StartAsync(string job)
    {
        var run = await server.SendAsync(HttpMethod.Post, $"/v1/jobs/{job}/runs", new { });
        return run?.GetProperty("id").GetString() ?? throw new InvalidOperationException("No run was told.");
    }

    private async Task<string?> StateAsync(string run) =>
        (await server.GetAsync($"/v1/runs/{run}")).GetProperty("state").GetString();

    private async Task<string?> ReasonAsync(string job)
    {
        var status = (await server.GetAsync($"/v1/jobs/{job}")).GetProperty("status");
        return status.GetProperty("activeRuns")[0].TryGetProperty("reason", out var reason) ? reason.GetString() : null;
    }

    private async Task<(int Status, string Text)> LogAsync(string run, string stream)
    {
        using var answer = await server.Client.GetAsync($"/v1/runs/{run}/logs/{stream}");
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static async Task<string> ReadUntilAsync(StreamReader events, string text)
    {
        var seen = "";
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!seen.Contains(text, StringComparison.Ordinal))
            seen += await events.ReadLineAsync(patience.Token) + "\n";
        return seen;
    }

    // As an agent arranges them: …/executors/ID/runs/RUN, and a link to the latest.
    private IEnumerable<string> Sandboxes() => Directory
        .EnumerateFiles(agents.Path, "stdout", new EnumerationOptions { RecurseSubdirectories = true })
        .Select(file => Path.GetDirectoryName(file)!) // a file has a folder
        .Where(sandbox => Path.GetFileName(sandbox) != "latest");
}
