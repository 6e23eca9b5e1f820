using System.Text;
using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Node;
using Chronos.Runtime.Ports;
using Chronos.Testing;
using NodaTime;
using Xunit;

namespace Chronos.Core.Tests.Node;

public sealed class SchedulerNodeTests
{
    private const string Readable = """
        {"v":1,"incarnation":1,"revision":1,"createdAt":"2026-01-01T00:00:00Z","updatedAt":"2026-01-01T00:00:00Z",
        "anchor":"2026-01-01T00:00:00Z","cursor":"2026-01-01T00:00:00Z"}
        """;

    private static readonly Job Manual = new() { Name = "manual", Command = "true" };

    [Fact]
    public async Task Submit_PutJob_IsVisibleOnceAnswered()
    {
        await using var f = await NodeFixture.StartAsync();

        Assert.IsType<JobsPut>(await f.PutAsync(Manual));

        Assert.Equal(Manual, f.Node.Jobs.Find("manual")?.Job);
        Assert.Contains(f.Store.Snapshot(), d => d.Key == new DocumentKey(DocumentKind.Definition, "manual"));
    }

    [Fact]
    public async Task Submit_JobNoEngineCanRun_IsRefusedWithTheEnginesWords()
    {
        await using var f = await NodeFixture.StartAsync();

        var refused = Assert.IsType<Refused>(await f.PutAsync(Manual with { Resources = new(1000, 1, 1) }));

        Assert.Equal("cpus", Assert.Single(refused.Violations).Field);
        Assert.Null(f.Node.Jobs.Find("manual"));
    }

    [Fact]
    public async Task Launch_DecisionNotYetDurable_WaitsForTheStore()
    {
        await using var f = await NodeFixture.StartAsync();
        await f.PutAsync(Manual);
        var hold = f.Store.Commits.Hold();

        var starting = f.StartRunAsync("manual");
        await hold.Reached;

        Assert.Empty(f.Engine.Launches);
        Assert.Empty(f.Node.Jobs.Find("manual")!.State.ActiveRuns);
        Assert.False(starting.IsCompleted);

        hold.Release();
        await starting;
        await Wait.UntilAsync(() => f.Engine.Launches.Count == 1);
    }

    [Fact]
    public async Task Launch_LostOnItsWay_IsFoundMissingAndLaunchedAgain()
    {
        await using var f = await NodeFixture.StartAsync(new() { ScanPause = Duration.FromMilliseconds(5) });
        await f.PutAsync(Manual);
        f.Engine.IsReachable = false;
        await f.StartRunAsync("manual");
        await Wait.UntilAsync(() => f.Engine.Launches.Count == 1);

        f.Engine.IsReachable = true;
        var isRunning = Wait.UntilAsync(() =>
            f.Node.Jobs.Find("manual")?.State.ActiveRuns is [{ State: RunState.Running }]);

        await f.ReachAsync(isRunning); // moves the clock until the engine is asked
        Assert.Equal(2, f.Engine.Launches.Count);
    }

    [Fact]
    public async Task Commands_DuringACommit_ShareTheNextBatch()
    {
        await using var f = await NodeFixture.StartAsync();
        var hold = f.Store.Commits.Hold();
        var first = f.PutAsync(Manual with { Name = "first" });
        await hold.Reached;
        var others = Enumerable.Range(0, 20).Select(i => f.PutAsync(Manual with { Name = $"job-{i}" })).ToList();
        await Wait.UntilAsync(() => f.Node.Health.PendingInputs == 0);
        var before = f.Store.CommittedBatches;

        hold.Release();
        await first;
        await Task.WhenAll(others);

        Assert.Equal(before + 2, f.Store.CommittedBatches);
        Assert.Equal(21, f.Node.Jobs.Count);
    }

    [Fact]
    public async Task Commit_FailsWithoutEffect_IsRepeatedAndHealthSaysSo()
    {
        await using var f = await NodeFixture.StartAsync();
        f.Store.Commits.FailBefore(2);
        var hold = f.Store.Commits.Hold();

        var putting = f.PutAsync(Manual);
        await Wait.UntilAsync(() => !f.Node.Health.IsReady);
        Assert.Contains(f.Node.Health.Problems, p => p.Contains("Planned failure", StringComparison.Ordinal));
        await f.ReachAsync(hold);
        hold.Release();
        await putting;

        Assert.NotNull(f.Node.Jobs.Find("manual"));
        Assert.True(f.Node.Health.IsReady);
    }

    [Fact]
    public async Task Commit_FailsAndTheClockIsSetBack_IsRepeatedSoon()
    {
        await using var f = await NodeFixture.StartAsync();
        f.Store.Commits.FailBefore(1);

        var putting = f.PutAsync(Manual);
        await Wait.UntilAsync(() => !f.Node.Health.IsReady);
        f.Clock.Move(Duration.FromDays(-1));

        Assert.IsType<JobsPut>(await putting.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task Commit_FailsAfterItsEffect_IsNotWrittenTwice()
    {
        await using var f = await NodeFixture.StartAsync();
        var before = f.Store.CommittedBatches;
        f.Store.Commits.FailAfter();

        var putting = f.PutAsync(Manual);
        await f.ReachAsync(putting);

        Assert.Equal(before + 1, f.Store.CommittedBatches);
        var events = await f.History.ListEventsAsync(new() { JobName = "manual" }, CancellationToken.None);
        Assert.Single(events.Items);
    }

    [Fact]
    public async Task Run_NewerTermTakesTheStore_EndsTheNode()
    {
        await using var f = await NodeFixture.StartAsync();
        f.Store.TakeOver(99);

        var putting = f.PutAsync(Manual);

        await Assert.ThrowsAsync<StoreFencedException>(() => f.Running);
        await Assert.ThrowsAsync<NodeUnavailableException>(() => putting);
        Assert.False(f.Node.Health.IsLive);
    }

    [Fact]
    public async Task Tick_OccurrenceDue_RunsAndEndsInTheHistory()
    {
        await using var f = await NodeFixture.StartAsync();
        await f.PutAsync(Manual with { Name = "a", Schedule = new() { Text = "* * * * *" } });

        await f.MoveClockAsync(Duration.FromMinutes(1));
        await Wait.UntilAsync(() => f.Engine.Starts.Count == 1);
        f.Engine.Exit(f.Engine.Launches[0].Id, 0);
        await Wait.UntilAsync(() => f.Node.Jobs.Find("a")!.State.LastRun is not null);

        var runs = await f.History.ListRunsAsync(new() { JobName = "a" }, CancellationToken.None);
        Assert.Equal(RunState.Succeeded, Assert.Single(runs.Items).Run.State);
        Assert.Equal(Instant.FromUtc(2026, 1, 1, 0, 1), runs.Items[0].Run.Nominal);
    }

    [Fact]
    public async Task Restart_TaskStillRuns_IsNotStartedAgain()
    {
        await using var f = await NodeFixture.StartAsync();
        await f.PutAsync(Manual);
        var run = (await f.StartRunAsync("manual")).Run;
        await Wait.UntilAsync(() => f.Engine.Starts.Count == 1);

        await f.RestartAsync();
        f.Engine.Exit(run.AttemptId, 0);
        await Wait.UntilAsync(() => f.Node.Jobs.Find("manual")!.State.ActiveRuns.IsEmpty);

        Assert.Equal(1, f.Engine.Starts[run.AttemptId]);
        Assert.Equal(RunState.Succeeded, (await f.History.FindRunAsync(run.Id, CancellationToken.None))?.Run.State);
    }

    [Fact]
    public async Task Restart_LaunchWasLost_LaunchesTheSameAttempt()
    {
        await using var f = await NodeFixture.StartAsync();
        await f.PutAsync(Manual);
        f.Engine.IsReachable = false;
        var run = (await f.StartRunAsync("manual")).Run;
        await Wait.UntilAsync(() => f.Engine.Launches.Count == 1);

        f.Engine.IsReachable = true;
        await f.RestartAsync();
        await Wait.UntilAsync(() => f.Engine.Starts.Count == 1);

        Assert.Equal(1, f.Engine.Starts[run.AttemptId]);
    }

    [Theory]
    [InlineData("{\"v\":1,\"name\":7", "{}")]
    [InlineData(
        "{\"v\":1,\"name\":\"bad\",\"schedule\":\"@daily\",\"scheduleTimeZone\":\"Gone/City\"}", Readable)]
    [InlineData("{\"v\":1,\"name\":\"bad\"}", "{\"v\":1,\"incarnation\":1}")]
    [InlineData("{\"v\":1,\"name\":\"bad\"}", null)]
    [InlineData(null, Readable)]
    public async Task Start_DocumentsUnreadable_SetsThatJobAsideAndRunsTheOthers(string? definition, string? state)
    {
        await using var f = NodeFixture.Prepare();
        var documents = new List<DocumentChange>();
        if (definition is not null) documents.Add(Text(DocumentKind.Definition, "bad", definition));
        if (state is not null) documents.Add(Text(DocumentKind.State, "bad", state));
        await f.Store.CommitAsync(new(1, 1, [new([.. documents], [])]), CancellationToken.None);
        await f.RunAsync();

        await f.PutAsync(Manual);

        Assert.Null(f.Node.Jobs.Find("bad"));
        Assert.Contains(f.Node.Health.Problems, p => p.Contains("'bad'", StringComparison.Ordinal));
        Assert.Contains(f.Store.Snapshot(), d => d.Key.Name == "bad");
        Assert.NotNull(f.Node.Jobs.Find("manual"));
    }

    [Fact]
    public async Task Submit_TooManyWait_IsRefusedAsUnavailable()
    {
        await using var f = await NodeFixture.StartAsync(new() { PendingCommandsMax = 3 });
        f.Store.BatchUnits = 1;
        var hold = f.Store.Commits.Hold();
        var waiting = new List<Task<Reply>> { f.PutAsync(Manual) };
        await hold.Reached;

        var error = await Assert.ThrowsAsync<NodeUnavailableException>(async () =>
        {
            for (var i = 0; i < 10; i++) waiting.Add(f.PutAsync(Manual with { Name = $"job-{i}" }));
            await Task.WhenAll(waiting);
        });

        Assert.Contains("waiting", error.Message, StringComparison.Ordinal);
        hold.Release();
        await Task.WhenAll(waiting);
    }

    [Fact]
    public async Task Drain_TaskRuns_WaitsForItAndStartsNothingMore()
    {
        await using var f = await NodeFixture.StartAsync();
        await f.PutAsync(Manual, Manual with { Name = "other" });
        var run = (await f.StartRunAsync("manual")).Run;
        await Wait.UntilAsync(() => f.Engine.Starts.Count == 1);

        var draining = f.Node.DrainAsync(CancellationToken.None);
        Assert.False(draining.IsCompleted);
        await Assert.ThrowsAsync<NodeUnavailableException>(() => f.StartRunAsync("other"));
        f.Engine.Exit(run.AttemptId, 0);

        await draining.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Single(f.Engine.Starts);
    }

    private static DocumentChange Text(DocumentKind kind, string name, string json) =>
        new(new(kind, name), Encoding.UTF8.GetBytes(json));
}
