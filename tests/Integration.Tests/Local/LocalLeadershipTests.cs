using Chronos.Core.Runs;
using Chronos.Runtime.Leadership;
using Xunit;

namespace Integration.Tests.Local;

/// <summary>A server whose lead is over starts nothing.</summary>
public class LocalLeadershipTests
{
    [Fact]
    public async Task Launch_AfterTheLeadIsOver_IsNotSent()
    {
        var over = new LeadershipTerm(1, () => TimeSpan.Zero);
        await using var harness = await LocalHarness.CreateAsync(term: over);

        await AssertNothingStartsAsync(harness, () => over.TrustUntil(TimeSpan.MaxValue));
    }

    [Fact]
    public async Task Launch_ThatWasWrittenBeforeAndReadAfter_IsRefusedByTheExecutor()
    {
        // For the server the time stands still, as for one that was stopped right after it looked.
        var over = new LeadershipTerm(1, () => TimeSpan.Zero);
        over.TrustUntil(TimeSpan.FromSeconds(1)); // after the start of the machine
        await using var harness = await LocalHarness.CreateAsync(term: over);

        await AssertNothingStartsAsync(harness, () => over.TrustUntil(TimeSpan.MaxValue));
    }

    // A second attempt, whose frame comes after the first one's, shows that the first has been read and dropped.
    private static async Task AssertNothingStartsAsync(LocalHarness harness, Action leadAgain)
    {
        var first = await harness.LaunchAsync(LocalHarness.Shell("true", "first"));
        leadAgain();

        var second = await harness.RunAsync(LocalHarness.Shell("true", "second"));

        Assert.Equal(AttemptPhase.Finished, second.Phase);
        Assert.False(Directory.Exists(harness.Sandbox(first)));
    }
}
