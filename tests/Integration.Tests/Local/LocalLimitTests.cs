using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Executor.Limits;
using Chronos.Runtime.Ports;
using Chronos.Testing;
using Chronos.Testing.Engines;
using Xunit;

namespace Chronos.Integration.Tests.Local;

/// <summary>Limits on memory, processes and processors, where the machine permits them.</summary>
public sealed class LocalLimitTests
{
    private const string Eater = "python3 -c \"b=bytearray(200*1024*1024); print(len(b))\" 2>/dev/null"
        + " || perl -e '$x=\"a\" x (200*1024*1024); print length($x)'";

    [Fact]
    public async Task Memory_MoreThanReserved_IsKilledAndSaysSo()
    {
        await using var harness = await LocalHarness.CreateAsync();
        RequireLimit(harness, "memory: cgroup");
        var job = LocalHarness.Shell("exec perl -e '$x=\"a\" x (200*1024*1024); print length($x)'") with
        {
            Resources = new(0.1, 64, 1),
        };

        var end = await harness.RunAsync(job);

        Assert.Equal((AttemptPhase.Failed, 9), (end.Phase, end.Signal));
        Assert.Equal("Killed by the memory limit of 64 MiB.", end.Message);
    }

    [Fact]
    public async Task Memory_EnoughReserved_Suffices()
    {
        await using var harness = await LocalHarness.CreateAsync();

        var end = await harness.RunAsync(LocalHarness.Shell(Eater) with { Resources = new(0.1, 1024, 1) });

        Assert.Equal(AttemptPhase.Finished, end.Phase);
        Assert.Contains("209715200", await harness.ReadAsync(end.Id), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Processes_ForkBomb_StaysWithinItsLimit()
    {
        await using var harness = await LocalHarness.CreateAsync(options => options with { ProcessesMax = 50 });
        RequireLimit(harness, "processes: cgroup");
        var bomb = await harness.LaunchAsync(LocalHarness.Shell(
            "exec perl -e 'while (1) { defined(fork()) or select(undef, undef, undef, 0.2) }'"));
        await Wait.UntilAsync(() => harness.FindTasks().Count > 30, "bomb");

        var other = await harness.RunAsync(LocalHarness.Shell("echo fine", "other"));

        Assert.Equal(AttemptPhase.Finished, other.Phase);
        Assert.InRange(harness.FindTasks().Count, 1, 50);
        await harness.Engine.KillAsync(bomb, "job", NodaTime.Duration.Zero, CancellationToken.None);
        Assert.Equal(AttemptPhase.Killed, (await harness.WaitForEndAsync(bomb)).Phase);
        Assert.Empty(harness.FindTasks());
    }

    [Fact]
    public async Task Groups_AfterTheEnd_AreUsedAgainAndRemovedWithTheExecutor()
    {
        await using var harness = await LocalHarness.CreateAsync();
        RequireLimit(harness, "processes: cgroup v1");
        var first = await harness.LaunchAsync(harness.HeldJob("first"));
        await harness.WaitAsync(first, AttemptPhase.Running);
        var group = GroupOf(harness, first);
        Assert.True(Directory.Exists(group));
        await harness.ExitAsync(first, 0);
        await harness.WaitForEndAsync(first);

        var second = await harness.LaunchAsync(harness.HeldJob("second"));
        await harness.WaitAsync(second, AttemptPhase.Running);

        Assert.False(Directory.Exists(GroupOf(harness, second)));
        await Wait.UntilAsync(
            () => harness.FindTasks().Order().SequenceEqual(ControlFile.ReadProcesses(group + "/cgroup.procs").Order()),
            "its processes, and no others, in the group");
        await harness.ExitAsync(second, 0);
        await harness.WaitForEndAsync(second);
        await harness.Engine.DisposeAsync();
        await Wait.UntilAsync(() => !Directory.Exists(group), "removal of the control group");
    }

    [Fact]
    public async Task Groups_OtherLimits_AreNotShared()
    {
        await using var harness = await LocalHarness.CreateAsync();
        RequireLimit(harness, "memory: cgroup v1");
        var small = await harness.RunAsync(LocalHarness.Shell("true") with { Resources = new(0.1, 64, 1) });

        var large = await harness.RunAsync(LocalHarness.Shell(Eater) with { Resources = new(0.1, 1024, 1) });

        Assert.Equal((AttemptPhase.Finished, AttemptPhase.Finished), (small.Phase, large.Phase));
    }

    // What a task leaves in memory counts against its group, and must not count against the next task.
    [Fact]
    public async Task Groups_WithMemoryLeft_AreNotUsedAgain()
    {
        await using var harness = await LocalHarness.CreateAsync();
        RequireLimit(harness, "memory: cgroup v1");
        var left = $"/dev/shm/chronos-{Path.GetFileName(harness.Folder)}";
        Job Limited(string command) => LocalHarness.Shell(command) with { Resources = new(0.1, 64, 1) };
        var first = await harness.RunAsync(Limited($"head -c 40000000 /dev/zero > {left}"));
        Assert.Equal(AttemptPhase.Finished, first.Phase);

        var second = await harness.RunAsync(Limited($"head -c 40000000 /dev/zero > {left}-2; rm {left}*"));

        Assert.Equal(AttemptPhase.Finished, second.Phase);
    }

    // An executor that adopts a task must know its group, which may be named after an earlier attempt.
    [Fact]
    public async Task Groups_AdoptedTask_IsFoundInTheGroupOfAnother()
    {
        await using var harness = await LocalHarness.CreateAsync();
        RequireLimit(harness, "processes: cgroup v1");
        await harness.RunAsync(LocalHarness.Shell("true"));
        var daemon = "setsid env -i /bin/sh -c 'sleep 60' & sleep 60";
        var id = await harness.LaunchAsync(LocalHarness.Shell(daemon));
        await harness.WaitAsync(id, AttemptPhase.Running);
        await Wait.UntilAsync(() => ProcessesBeside(harness) >= 3, "daemon");
        harness.ClearStatuses();
        await harness.KillExecutorAsync();
        await harness.WaitAsync(id, AttemptPhase.Running);

        await harness.Engine.KillAsync(id, "job", NodaTime.Duration.Zero, CancellationToken.None);

        Assert.Equal(AttemptPhase.Killed, (await harness.WaitForEndAsync(id)).Phase);
        Assert.Equal(0, ProcessesBeside(harness));
    }

    [Fact]
    public async Task Cpu_HardCap_SlowsABusyTask()
    {
        await using var harness = await LocalHarness.CreateAsync(options => options with { CapCpu = true });
        RequireLimit(harness, "cpu: cgroup");
        const string Busy = "t0=$(date +%s%N); while [ $(( $(date +%s%N) - t0 )) -lt 1500000000 ]; do :; done; times";

        var end = await harness.RunAsync(LocalHarness.Shell(Busy) with { Resources = new(0.2, 128, 1) });

        Assert.Equal(AttemptPhase.Finished, end.Phase);
        var group = harness.Engine.Describe().Limits;
        Assert.Contains(group, limit => limit.Contains("hard cap", StringComparison.Ordinal));
        Assert.InRange(ReadTimes(await harness.ReadAsync(end.Id)), 0.05, 0.75);
    }

    [Fact]
    public async Task Limits_SwitchedOff_SayThat()
    {
        await using var harness = await LocalHarness.CreateAsync(options => options with { UseLimits = false });

        var job = LocalHarness.Shell(Eater) with { Resources = new(0.1, 16, 1) };

        Assert.Equal(AttemptPhase.Finished, (await harness.RunAsync(job)).Phase);
        var limits = string.Join('\n', harness.Engine.Describe().Limits);
        Assert.Contains("memory: reserved but not limited (switched off)", limits, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Burst_ManyMoreThanFit_AllRunNeverTooMany()
    {
        await using var harness = await LocalHarness.CreateAsync(options => options with { Cpus = 1 });
        var job = LocalHarness.Shell("sleep 0.01") with { Resources = new(0.25, 16, 1) };
        var requests = Enumerable.Range(0, 200).Select(_ => LaunchRequests.For(job)).ToList();

        await harness.Engine.LaunchAsync(requests, CancellationToken.None);

        var running = 0;
        await Wait.UntilAsync(
            () =>
            {
                running = Math.Max(running, harness.Engine.Describe().RunningCount);
                return harness.Statuses.Count(status => status.Phase == AttemptPhase.Finished) == 200;
            },
            "end of all");
        Assert.InRange(running, 1, 4);
        Assert.Equal(new Resources(0, 0, 0), harness.Engine.Describe().Used);
    }

    private static string Root(LocalHarness harness) =>
        Path.Join(CgroupMounts.FindV1("pids"), CgroupMounts.GroupName(harness.ExecutorFolder));

    private static string GroupOf(LocalHarness harness, AttemptId id) => Path.Join(Root(harness), id.ToString());

    private static int ProcessesBeside(LocalHarness harness) => ControlFile.ReadFolders(Root(harness))
        .Sum(group => ControlFile.ReadProcesses(Path.Join(Root(harness), group, "cgroup.procs")).Count);

    private static void RequireLimit(LocalHarness harness, string wanted) => Assert.SkipUnless(
        harness.Engine.Describe().Limits.Any(limit => limit.StartsWith(wanted, StringComparison.Ordinal)),
        $"This machine does not permit '{wanted}'.");

    // The second line of 'times' is the user and system time of the children: 0m0.12s 0m0.05s.
    private static double ReadTimes(string output) => output
        .Split((char[])['\n', ' '], StringSplitOptions.RemoveEmptyEntries)
        .Sum(word => double.Parse(word.Split('m')[1].TrimEnd('s')));
}
