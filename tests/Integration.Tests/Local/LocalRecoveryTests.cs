using Chronos.Core.Runs;
using Chronos.Runtime.Ports;
using Chronos.Testing;
using Chronos.Testing.Engines;
using NodaTime;
using Xunit;

namespace Chronos.Integration.Tests.Local;

/// <summary>Servers and executors that go away while tasks run.</summary>
public sealed class LocalRecoveryTests
{
    [Fact]
    public async Task ServerAway_TaskEnds_NewServerLearnsIt()
    {
        await using var harness = await LocalHarness.CreateAsync();
        var id = await harness.LaunchAsync(harness.HeldJob("left"));
        await harness.WaitAsync(id, AttemptPhase.Running);
        await harness.Engine.DisposeAsync();

        await harness.ExitAsync(id, 6);
        await Wait.UntilAsync(() => harness.FindTasks().Count == 0, "end of the task");
        await Wait.UntilAsync(() => harness.FindExecutor() is null, "end of the idle executor");
        await harness.ConnectAsync();

        var end = await harness.WaitForEndAsync(id);
        Assert.Equal((AttemptPhase.Failed, 6), (end.Phase, end.ExitCode));
        Assert.Equal("left", end.JobName);
    }

    [Fact]
    public async Task ServerAway_TaskRuns_CountsForTheNewServer()
    {
        await using var harness = await LocalHarness.CreateAsync();
        var job = harness.HeldJob("counted") with { Resources = new(3.5, 256, 1) };
        var id = await harness.LaunchAsync(job);
        await harness.WaitAsync(id, AttemptPhase.Running);

        await harness.ReconnectAsync();
        var second = await harness.LaunchAsync(job);

        Assert.Equal(3.5, harness.Engine.Describe().Used.Cpus);
        await harness.WaitAsync(second, AttemptPhase.Waiting);
        var seen = await harness.Engine.InspectAsync(CancellationToken.None);
        Assert.Equal(3.5, Assert.Single(seen.Machines).Used.Cpus);
        Assert.Equal("counted", Assert.Single(seen.Waiting).JobName);
        Assert.StartsWith("Needs 3.5 cpus; ", seen.Waiting[0].Reason, StringComparison.Ordinal);
        await harness.ExitAsync(id, 0);
        await harness.WaitAsync(second, AttemptPhase.Running);
        await harness.ExitAsync(second, 0);
        await harness.WaitForEndAsync(second);
    }

    [Fact]
    public async Task ServerAway_SameAttemptLaunchedAgain_IsNotStartedTwice()
    {
        await using var harness = await LocalHarness.CreateAsync();
        var mark = Path.Join(harness.Folder, "starts");
        var request = LaunchRequests.For(LocalHarness.Shell($"echo x >> {mark}; exit 3"));
        await harness.Engine.LaunchAsync([request], CancellationToken.None);
        await harness.WaitForEndAsync(request.Id);
        await harness.ReconnectAsync();
        harness.ClearStatuses();

        await harness.Engine.LaunchAsync([request], CancellationToken.None);

        Assert.Equal(3, (await harness.WaitForEndAsync(request.Id)).ExitCode);
        Assert.Equal("x\n", await File.ReadAllTextAsync(mark));
    }

    // The executor dies, the task does not notice; its successor finds the task by number and start time, and where the
    // kernel tells (since 6.15, or while init has not reaped it) knows even its exit code.
    [Fact]
    public async Task ExecutorKilled_TaskRuns_IsAdopted()
    {
        await using var harness = await LocalHarness.CreateAsync();
        var id = await harness.LaunchAsync(harness.HeldJob("adopted"));
        var first = await harness.WaitAsync(id, AttemptPhase.Running);
        var tasks = harness.FindTasks().Min();
        harness.ClearStatuses();

        await harness.KillExecutorAsync();

        var again = await harness.WaitAsync(id, AttemptPhase.Running);
        Assert.Equal(first.StartedAt, again.StartedAt);
        Assert.Equal(tasks, harness.FindTasks().Min());
        await harness.WriteAsync(id, "still here");
        await harness.ExitAsync(id, 9);
        var end = await harness.WaitForEndAsync(id);
        Assert.Equal("still here", await harness.ReadAsync(id));
        if (end.ExitCode is not null || Environment.OSVersion.Version >= new Version(6, 15))
            Assert.Equal((AttemptPhase.Failed, 9), (end.Phase, end.ExitCode));
        else
            Assert.Equal((AttemptPhase.Doubtful, null), (end.Phase, end.ExitCode));
    }

    [Fact]
    public async Task ExecutorKilled_AdoptedTask_CanBeKilled()
    {
        await using var harness = await LocalHarness.CreateAsync();
        var id = await harness.LaunchAsync(harness.HeldJob("adopted"));
        await harness.WaitAsync(id, AttemptPhase.Running);
        harness.ClearStatuses();
        await harness.KillExecutorAsync();
        await harness.WaitAsync(id, AttemptPhase.Running);

        await harness.Engine.KillAsync(id, "adopted", Duration.FromSeconds(5), CancellationToken.None);

        Assert.Equal(AttemptPhase.Killed, (await harness.WaitForEndAsync(id)).Phase);
        Assert.Empty(harness.FindTasks());
    }

    [Fact]
    public async Task ExecutorKilled_TaskEndsMeanwhile_IsDoubtfulUnlessInitStillHasIt()
    {
        await using var harness = await LocalHarness.CreateAsync();
        var id = await harness.LaunchAsync(harness.HeldJob("unseen"));
        await harness.WaitAsync(id, AttemptPhase.Running);
        await harness.Engine.DisposeAsync();
        await harness.KillExecutorAsync();
        await harness.ExitAsync(id, 0);
        await Wait.UntilAsync(() => harness.FindTasks().Count == 0, "end of the task");

        await harness.ConnectAsync();

        var end = await harness.WaitForEndAsync(id);
        if (end.Phase == AttemptPhase.Doubtful)
            Assert.Contains("exit code is unknown", end.Message, StringComparison.Ordinal);
        else
            Assert.Equal((AttemptPhase.Finished, 0), (end.Phase, end.ExitCode));
    }

    [Fact]
    public async Task ExecutorKilled_Repeatedly_NothingIsLostOrStartedTwice()
    {
        await using var harness = await LocalHarness.CreateAsync(options => options with { Cpus = 2 });
        var mark = Path.Join(harness.Folder, "starts");
        var job = LocalHarness.Shell($"echo $CHRONOS_ATTEMPT_ID >> {mark}; sleep 0.1") with
        {
            Resources = new(0.25, 16, 1),
        };
        var requests = Enumerable.Range(0, 150).Select(_ => LaunchRequests.For(job)).ToList();
        await harness.Engine.LaunchAsync(requests, CancellationToken.None);

        for (var i = 0; i < 3; i++)
        {
            var before = Ends(harness);
            await Wait.UntilAsync(
                () => Ends(harness) > before + 10 && harness.FindExecutor() is not null, "progress");
            await harness.KillExecutorAsync();
        }

        await Wait.UntilAsync(() => Ends(harness) == requests.Count, "end of all");
        var starts = await File.ReadAllLinesAsync(mark);
        Assert.Equal(starts.Length, starts.Distinct().Count());
        foreach (var status in harness.Statuses.Where(status => status.Phase == AttemptPhase.Finished))
            Assert.Contains(status.Id.ToString(), starts);
        Assert.DoesNotContain(
            harness.Statuses, status => status.Phase is AttemptPhase.Failed or AttemptPhase.NeverStarted);
    }

    [Fact]
    public async Task Executor_NoServerAndNoTask_Ends()
    {
        await using var harness = await LocalHarness.CreateAsync();
        Assert.NotNull(harness.FindExecutor());

        await harness.Engine.DisposeAsync();

        await Wait.UntilAsync(() => harness.FindExecutor() is null, "end of the executor");
        await harness.ConnectAsync();
    }

    [Fact]
    public async Task Connect_IdentityOfAnotherFolder_MakesUnknownAttemptsDoubtful()
    {
        await using var other = await LocalHarness.CreateAsync();
        await using var harness = await LocalHarness.CreateAsync();
        await harness.Engine.DisposeAsync();
        harness.Identity = other.Identity;
        await harness.ConnectAsync();
        var id = LaunchRequests.For(harness.HeldJob("elsewhere")).Id;

        await harness.Engine.ReconcileAsync([new(id, "elsewhere")], CancellationToken.None);

        Assert.Equal(AttemptPhase.Doubtful, (await harness.WaitForEndAsync(id)).Phase);
    }

    [Fact]
    public async Task Connect_SecondServer_TakesOver()
    {
        await using var harness = await LocalHarness.CreateAsync();
        var first = harness.Engine;
        await harness.ConnectAsync();

        await Wait.UntilAsync(() => !first.Describe().IsHealthy, "end of the first connection");

        Assert.Contains("taken over", first.Describe().Problem, StringComparison.Ordinal);
        Assert.True(harness.Engine.Describe().IsHealthy);
        await first.DisposeAsync();
    }

    [Fact]
    public async Task Connect_FolderWithALongName_Works()
    {
        var parent = Directory.CreateTempSubdirectory("chronos-long-").FullName;
        var folder = Path.Join(parent, new string('a', 120), new string('b', 120));
        Directory.CreateDirectory(folder);
        await using (var harness = await LocalHarness.CreateAsync(folder: folder))
            Assert.Equal(AttemptPhase.Finished, (await harness.RunAsync(LocalHarness.Shell("true"))).Phase);
        Directory.Delete(parent, recursive: true);
    }

    private static int Ends(LocalHarness harness) => harness.Statuses
        .Where(status => status.Phase >= AttemptPhase.Finished).Select(status => status.Id).Distinct().Count();
}
