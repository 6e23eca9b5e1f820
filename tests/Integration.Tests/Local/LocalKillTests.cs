using Chronos.Core.Runs;
using Chronos.Executor.Native;
using Chronos.Testing;
using NodaTime;
using Xunit;

namespace Chronos.Integration.Tests.Local;

/// <summary>Ending tasks and all that they started.</summary>
public sealed class LocalKillTests
{
    [Fact]
    public async Task Kill_Tree_LeavesNothing()
    {
        await using var harness = await LocalHarness.CreateAsync();
        var id = await harness.LaunchAsync(LocalHarness.Shell(
            "sleep 1000 & (sleep 1000 & sleep 1000) & setsid sleep 1000 & echo ready; wait"));
        await WaitForOutputAsync(harness, id, "ready");
        await Wait.UntilAsync(() => harness.FindTasks().Count >= 5, "whole tree");

        await harness.Engine.KillAsync(id, "job", Duration.FromSeconds(5), CancellationToken.None);

        Assert.Equal(AttemptPhase.Killed, (await harness.WaitForEndAsync(id)).Phase);
        Assert.Empty(harness.FindTasks());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Kill_DaemonisedChild_IsFound(bool useLimits)
    {
        await using var harness = await LocalHarness.CreateAsync(options => options with { UseLimits = useLimits });
        var id = await harness.LaunchAsync(LocalHarness.Shell(
            "setsid sh -c 'setsid sleep 1000 & exit 0' ; echo ready; sleep 1000"));
        await WaitForOutputAsync(harness, id, "ready");

        await harness.Engine.KillAsync(id, "job", Duration.FromSeconds(5), CancellationToken.None);

        Assert.Equal(AttemptPhase.Killed, (await harness.WaitForEndAsync(id)).Phase);
        Assert.Empty(harness.FindTasks());
    }

    [Fact]
    public async Task Kill_TaskThatIgnoresTheSignal_DiesAfterTheGrace()
    {
        await using var harness = await LocalHarness.CreateAsync();
        var id = await harness.LaunchAsync(LocalHarness.Shell(
            "trap 'echo no' TERM; echo ready; while true; do sleep 0.1; done"));
        await WaitForOutputAsync(harness, id, "ready");
        var began = TimeProvider.System.GetTimestamp();

        await harness.Engine.KillAsync(id, "job", Duration.FromMilliseconds(700), CancellationToken.None);

        var end = await harness.WaitForEndAsync(id);
        Assert.Equal((AttemptPhase.Killed, 9), (end.Phase, end.Signal));
        Assert.InRange(TimeProvider.System.GetElapsedTime(began).TotalMilliseconds, 690, 10_000);
        Assert.Contains("no", await harness.ReadAsync(id), StringComparison.Ordinal);
        Assert.Empty(harness.FindTasks());
    }

    [Fact]
    public async Task Kill_PoliteTask_MayCleanUp()
    {
        await using var harness = await LocalHarness.CreateAsync();
        var id = await harness.LaunchAsync(LocalHarness.Shell(
            "trap 'echo cleaned; exit 0' TERM; echo ready; while true; do sleep 0.1; done"));
        await WaitForOutputAsync(harness, id, "ready");

        await harness.Engine.KillAsync(id, "job", Duration.FromSeconds(10), CancellationToken.None);

        Assert.Equal((AttemptPhase.Killed, 0), Ends(await harness.WaitForEndAsync(id)));
        Assert.Contains("cleaned", await harness.ReadAsync(id), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kill_StoppedTask_IsWoken()
    {
        await using var harness = await LocalHarness.CreateAsync();
        var id = await harness.LaunchAsync(LocalHarness.Shell("echo ready; kill -STOP $$"));
        await WaitForOutputAsync(harness, id, "ready");

        await harness.Engine.KillAsync(id, "job", Duration.FromSeconds(10), CancellationToken.None);

        Assert.Equal(AttemptPhase.Killed, (await harness.WaitForEndAsync(id)).Phase);
    }

    [Fact]
    public async Task End_BackgroundChildren_GoWithTheTask()
    {
        await using var harness = await LocalHarness.CreateAsync();

        var end = await harness.RunAsync(LocalHarness.Shell("sleep 1000 & setsid sleep 1000 & exit 4"));

        Assert.Equal((AttemptPhase.Failed, 4), Ends(end));
        await Wait.UntilAsync(() => harness.FindTasks().Count == 0, "end of the children");
    }

    [Fact]
    public async Task End_LeftoversMayStay_Stay()
    {
        await using var harness = await LocalHarness.CreateAsync(options => options with { KillLeftovers = false });

        var end = await harness.RunAsync(LocalHarness.Shell("sleep 1000 & exit 0"));

        Assert.Equal(AttemptPhase.Finished, end.Phase);
        Assert.Single(harness.FindTasks());
    }

    [Fact]
    public async Task End_ManyOrphans_LeavesNoZombies()
    {
        await using var harness = await LocalHarness.CreateAsync();

        await harness.RunAsync(LocalHarness.Shell(
            "for i in 1 2 3 4 5 6 7 8; do (sh -c 'sleep 0.05 & exit 0' &); done; sleep 0.2"));

        var executor = harness.FindExecutor();
        Assert.NotNull(executor);
        await Wait.UntilAsync(
            () => !ProcessTable.ReadAll().Exists(row => row.Parent == executor && row.IsDead), "end of the zombies");
    }

    internal static Task WaitForOutputAsync(LocalHarness harness, AttemptId id, string text)
    {
        var path = Path.Join(harness.Sandbox(id), "stdout");
        return Wait.UntilAsync(
            () => File.Exists(path) && File.ReadAllText(path).Contains(text, StringComparison.Ordinal), text);
    }

    private static (AttemptPhase Phase, int? ExitCode) Ends(AttemptStatus status) => (status.Phase, status.ExitCode);
}
