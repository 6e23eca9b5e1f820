using System.Text;
using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Runtime.Ports;
using NodaTime;
using Xunit;

namespace Chronos.Testing.Engines;

/// <summary>What every <see cref="IEngine"/> promises; inherited by the tests of each, the simulated too.</summary>
public abstract class EngineConformance
{
    /// <summary>A connected engine with room for at least two held jobs.</summary>
    protected abstract Task<EngineHarness> CreateAsync();

    [Fact]
    public async Task Launch_ExitZero_RunsThenFinishes()
    {
        await using var harness = await CreateAsync();
        var id = await harness.LaunchAsync(harness.HeldJob("good"));
        var running = await harness.WaitAsync(id, AttemptPhase.Running);

        await harness.ExitAsync(id, 0);

        var end = await harness.WaitForEndAsync(id);
        Assert.Equal(AttemptPhase.Finished, end.Phase);
        Assert.Equal(0, end.ExitCode);
        Assert.Equal("good", end.JobName);
        Assert.NotNull(running.StartedAt);
        Assert.True(end.EndedAt >= end.StartedAt);
        Assert.NotEmpty(end.Agent);
    }

    [Fact]
    public async Task Launch_ExitThree_FailsWithItsCode()
    {
        await using var harness = await CreateAsync();
        var id = await harness.LaunchAsync(harness.HeldJob("bad"));
        await harness.WaitAsync(id, AttemptPhase.Running);

        await harness.ExitAsync(id, 3);

        var end = await harness.WaitForEndAsync(id);
        Assert.Equal((AttemptPhase.Failed, 3), (end.Phase, end.ExitCode));
    }

    [Fact]
    public async Task Launch_SameAttemptTwice_ReportsInsteadOfStarting()
    {
        await using var harness = await CreateAsync();
        var request = LaunchRequests.For(harness.HeldJob("twice"));
        await harness.Engine.LaunchAsync([request], CancellationToken.None);
        var first = await harness.WaitAsync(request.Id, AttemptPhase.Running);
        harness.ClearStatuses();

        await harness.Engine.LaunchAsync([request], CancellationToken.None);

        var again = await harness.WaitAsync(request.Id, AttemptPhase.Running);
        Assert.Equal(first.StartedAt, again.StartedAt);
        await harness.ExitAsync(request.Id, 0);
        await harness.WaitForEndAsync(request.Id);
    }

    [Fact]
    public async Task Launch_AttemptThatHasEnded_ReportsItsEnd()
    {
        await using var harness = await CreateAsync();
        var request = LaunchRequests.For(harness.HeldJob("ended"));
        await harness.Engine.LaunchAsync([request], CancellationToken.None);
        await harness.WaitAsync(request.Id, AttemptPhase.Running);
        await harness.ExitAsync(request.Id, 4);
        await harness.WaitForEndAsync(request.Id);
        harness.ClearStatuses();

        await harness.Engine.LaunchAsync([request], CancellationToken.None);

        Assert.Equal(4, (await harness.WaitForEndAsync(request.Id)).ExitCode);
        Assert.DoesNotContain(harness.Statuses, status => status.Phase == AttemptPhase.Running);
    }

    [Fact]
    public async Task Kill_Running_IsKilled()
    {
        await using var harness = await CreateAsync();
        var id = await harness.LaunchAsync(harness.HeldJob("victim"));
        await harness.WaitAsync(id, AttemptPhase.Running);

        await harness.Engine.KillAsync(id, "victim", Duration.FromSeconds(5), CancellationToken.None);

        var end = await harness.WaitForEndAsync(id);
        Assert.Equal(AttemptPhase.Killed, end.Phase);
        Assert.NotNull(end.EndedAt);
    }

    [Fact]
    public async Task Kill_AttemptThatHasEnded_ReportsItsEndAgain()
    {
        await using var harness = await CreateAsync();
        var id = await harness.LaunchAsync(harness.HeldJob("late"));
        await harness.WaitAsync(id, AttemptPhase.Running);
        await harness.ExitAsync(id, 0);
        await harness.WaitForEndAsync(id);
        harness.ClearStatuses();

        await harness.Engine.KillAsync(id, "late", null, CancellationToken.None);

        Assert.Equal(AttemptPhase.Finished, (await harness.WaitForEndAsync(id)).Phase);
    }

    [Fact]
    public async Task Kill_Unknown_WasNeverStarted()
    {
        await using var harness = await CreateAsync();
        var id = LaunchRequests.For(harness.HeldJob("unknown")).Id;

        await harness.Engine.KillAsync(id, "unknown", null, CancellationToken.None);

        Assert.Equal(AttemptPhase.NeverStarted, (await harness.WaitForEndAsync(id)).Phase);
    }

    [Fact]
    public async Task Reconcile_RunningEndedAndUnknown_TellsEach()
    {
        await using var harness = await CreateAsync();
        var running = await harness.LaunchAsync(harness.HeldJob("a"));
        var ended = await harness.LaunchAsync(harness.HeldJob("b"));
        var unknown = LaunchRequests.For(harness.HeldJob("c")).Id;
        await harness.WaitAsync(running, AttemptPhase.Running);
        await harness.WaitAsync(ended, AttemptPhase.Running);
        await harness.ExitAsync(ended, 7);
        await harness.WaitForEndAsync(ended);
        harness.ClearStatuses();

        await harness.Engine.ReconcileAsync(
            [new(running, "a"), new(ended, "b"), new(unknown, "c")], CancellationToken.None);

        await harness.WaitAsync(running, AttemptPhase.Running);
        Assert.Equal(7, (await harness.WaitForEndAsync(ended)).ExitCode);
        Assert.Equal(AttemptPhase.NeverStarted, (await harness.WaitForEndAsync(unknown)).Phase);
        await harness.ExitAsync(running, 0);
        await harness.WaitForEndAsync(running);
    }

    [Fact]
    public async Task Reconnect_RunningAttempt_GoesOnAndEnds()
    {
        await using var harness = await CreateAsync();
        var id = await harness.LaunchAsync(harness.HeldJob("survivor"));
        var first = await harness.WaitAsync(id, AttemptPhase.Running);

        await harness.ReconnectAsync();
        harness.ClearStatuses();
        await harness.Engine.ReconcileAsync([new(id, "survivor")], CancellationToken.None);

        // An engine that asks others may not know the time any more; it must not make one up.
        var again = await harness.WaitAsync(id, AttemptPhase.Running);
        Assert.True(again.StartedAt is null || again.StartedAt == first.StartedAt);
        await harness.ExitAsync(id, 5);
        Assert.Equal(5, (await harness.WaitForEndAsync(id)).ExitCode);
    }

    [Fact]
    public async Task Acknowledge_Ended_ForgetsAllButLogs()
    {
        await using var harness = await CreateAsync();
        var id = await harness.LaunchAsync(harness.HeldJob("done"));
        await harness.WaitAsync(id, AttemptPhase.Running);
        await harness.WriteAsync(id, "kept");
        await harness.ExitAsync(id, 0);
        await harness.WaitForEndAsync(id);

        await harness.Engine.AcknowledgeAsync([id], CancellationToken.None);
        await harness.ReconnectAsync();
        var again = await AskAgainAsync(harness, id, "done");
        // An acknowledgement that was still on its way is lost with the connection; the end is told and confirmed anew.
        await Wait.UntilAsync(async () =>
        {
            if (again.Phase != AttemptPhase.Finished) return true;
            await harness.Engine.AcknowledgeAsync([id], CancellationToken.None);
            again = await AskAgainAsync(harness, id, "done");
            return false;
        });

        Assert.Equal(AttemptPhase.NeverStarted, again.Phase);
        var part = await ReadAsync(harness, id, 0);
        Assert.Equal("kept", Encoding.UTF8.GetString(part.Bytes.Span));
        Assert.True(part.IsComplete);
    }

    [Fact]
    public async Task ReadLog_WhileRunning_GivesPartsTailAndEnd()
    {
        await using var harness = await CreateAsync();
        var id = await harness.LaunchAsync(harness.HeldJob("talker"));
        await harness.WaitAsync(id, AttemptPhase.Running);
        await harness.WriteAsync(id, "hello world");

        var part = await harness.Engine.ReadLogAsync(id, LogStream.Stdout, 6, 3, CancellationToken.None);
        var tail = await ReadAsync(harness, id, -5);
        var beyond = await ReadAsync(harness, id, 1000);

        Assert.Equal((6, "wor", 11), (part!.Offset, Encoding.UTF8.GetString(part.Bytes.Span), part.Size));
        Assert.Equal((6, "world"), (tail.Offset, Encoding.UTF8.GetString(tail.Bytes.Span)));
        Assert.Equal((11, 0, false), (beyond.Offset, beyond.Bytes.Length, beyond.IsComplete));
        await harness.ExitAsync(id, 0);
        await harness.WaitForEndAsync(id);
        Assert.True((await ReadAsync(harness, id, 11)).IsComplete);
    }

    [Fact]
    public async Task RemoveLogs_Ended_LeavesNone()
    {
        await using var harness = await CreateAsync();
        var id = await harness.LaunchAsync(harness.HeldJob("cleaned"));
        await harness.WaitAsync(id, AttemptPhase.Running);
        await harness.ExitAsync(id, 0);
        await harness.WaitForEndAsync(id);

        await harness.Engine.RemoveLogsAsync([id], CancellationToken.None);

        Assert.Null(await harness.Engine.ReadLogAsync(id, LogStream.Stdout, 0, 10, CancellationToken.None));
    }

    [Fact]
    public async Task Launch_MoreThanFits_WaitsForRoomWithPriority()
    {
        await using var harness = await CreateAsync();
        var all = harness.Engine.Describe().Total;
        var whole = harness.HeldJob("whole") with { Resources = new(all.Cpus, 16, 1) };
        var first = await harness.LaunchAsync(whole);
        await harness.WaitAsync(first, AttemptPhase.Running);
        var second = await harness.LaunchAsync(whole);
        var urgent = await harness.LaunchAsync(whole with { Policy = new() { HighPriority = true } });
        await harness.WaitAsync(second, AttemptPhase.Waiting);
        await harness.WaitAsync(urgent, AttemptPhase.Waiting);
        await Wait.UntilAsync(() => harness.Engine.Describe().WaitingCount == 2, "two that wait");

        await harness.ExitAsync(first, 0);

        await harness.WaitAsync(urgent, AttemptPhase.Running);
        Assert.DoesNotContain(harness.Statuses, s => s.Id == second && s.Phase == AttemptPhase.Running);
        await harness.Engine.KillAsync(second, "whole", null, CancellationToken.None);
        Assert.Equal(AttemptPhase.Killed, (await harness.WaitForEndAsync(second)).Phase);
        await harness.ExitAsync(urgent, 0);
        await harness.WaitForEndAsync(urgent);
    }

    [Fact]
    public async Task Check_LargerThanTheEngine_TellsFields()
    {
        await using var harness = await CreateAsync();
        var all = harness.Engine.Describe().Total;
        var job = harness.HeldJob("huge") with { Resources = new(all.Cpus + 1, all.Mem + 1, 1) };

        Assert.Equal(["cpus", "mem"], harness.Engine.Check(job).Select(violation => violation.Field));
        Assert.Empty(harness.Engine.Check(harness.HeldJob("small")));
    }

    private static async Task<AttemptStatus> AskAgainAsync(EngineHarness harness, AttemptId id, string job)
    {
        harness.ClearStatuses();
        await harness.Engine.ReconcileAsync([new(id, job)], CancellationToken.None);
        return await harness.WaitForEndAsync(id);
    }

    private static async Task<LogPart> ReadAsync(EngineHarness harness, AttemptId id, long offset)
    {
        var part = await harness.Engine.ReadLogAsync(id, LogStream.Stdout, offset, 4096, CancellationToken.None);
        Assert.NotNull(part);
        return part;
    }
}
