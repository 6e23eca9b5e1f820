using Chronos.Core.Runs;
using Chronos.Runtime.Leadership;
using NodaTime;
using Xunit;

namespace Chronos.Integration.Tests.Local;

/// <summary>A server whose lead is over starts nothing.</summary>
public class LocalLeadershipTests
{
    [Fact]
    public async Task Launch_AfterTheLeadIsOver_IsNotSent()
    {
        var term = new LeadershipTerm(1, () => TimeSpan.Zero);
        term.TrustUntil(TimeSpan.MaxValue);
        await using var harness = await LocalHarness.CreateAsync(term: term);
        var before = await harness.LaunchAsync(harness.HeldJob("before"));
        await harness.WaitAsync(before, AttemptPhase.Running);
        term.TrustUntil(TimeSpan.Zero);

        var late = await harness.LaunchAsync(LocalHarness.Shell("true", "late"));
        // It may be killed in any case; that frame comes after one that would start the other.
        await harness.Engine.KillAsync(before, "before", Duration.Zero, CancellationToken.None);
        await harness.WaitForEndAsync(before);

        Assert.False(Directory.Exists(harness.Sandbox(late)));
    }

    [Fact]
    public async Task Launch_ThatWasWrittenBeforeAndReadAfter_IsRefusedByTheExecutor()
    {
        // For the server the time stands still, as for one that was stopped right after it looked.
        var over = new LeadershipTerm(1, () => TimeSpan.Zero);
        over.TrustUntil(TimeSpan.FromSeconds(1)); // after the start of the machine
        await using var harness = await LocalHarness.CreateAsync(term: over);
        var first = await harness.LaunchAsync(LocalHarness.Shell("true", "first"));
        over.TrustUntil(TimeSpan.MaxValue);

        // Its frame comes after the first one's, so that has been read and dropped.
        var second = await harness.RunAsync(LocalHarness.Shell("true", "second"));

        Assert.Equal(AttemptPhase.Finished, second.Phase);
        Assert.False(Directory.Exists(harness.Sandbox(first)));
    }
}
