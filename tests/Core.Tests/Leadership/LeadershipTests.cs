using Chronos.Runtime.Leadership;
using Xunit;

namespace Chronos.Core.Tests.Leadership;

public class LeadershipTests
{
    private static readonly LeadershipTimes Times = new(TimeSpan.FromSeconds(10));

    private readonly Runtime.Leadership.Leadership leadership = new(Times);

    [Fact]
    public void Grant_IsTrustedOnlyFromItsFirstRenewalOn()
    {
        Assert.IsType<LeadershipAction.Campaign>(Assert.Single(Step(0, new LeadershipInput.Tick())));

        var onGrant = Step(5, new LeadershipInput.Granted(7));
        Assert.Equal(new LeadershipAction.Renew(7), Assert.Single(onGrant));
        Assert.True(leadership.TrustedUntil <= TimeSpan.Zero);

        var onRenewal = Step(6, new LeadershipInput.Renewed(Seconds(5)));
        Assert.Equal(new LeadershipAction.Lead(7), Assert.Single(onRenewal));
        Assert.Equal(Seconds(5) + Times.Trust, leadership.TrustedUntil);
    }

    [Fact]
    public void Grant_WhoseFirstRenewalIsOldWhenAnswered_IsRenewedAgainBeforeItLeads()
    {
        Step(0, new LeadershipInput.Tick());
        Step(1, new LeadershipInput.Granted(7));

        var late = Step(12, new LeadershipInput.Renewed(Seconds(1)));

        Assert.Equal(new LeadershipAction.Renew(7), Assert.Single(late));
        Assert.Equal(LeadershipPhase.Confirming, leadership.Phase);
    }

    [Fact]
    public void Renewal_FailsUntilTheTrustIsOver_LeavesAndCampaignsAgain()
    {
        Lead();
        Assert.IsType<LeadershipAction.Renew>(Assert.Single(Step(2, new LeadershipInput.Tick())));
        Step(4, new LeadershipInput.RenewalFailed("away"));
        Assert.IsType<LeadershipAction.Renew>(Assert.Single(Step(4.5, new LeadershipInput.Tick())));

        var over = Step(9.5, new LeadershipInput.Tick());
        var leave = Assert.IsType<LeadershipAction.Leave>(Assert.Single(over));
        Assert.False(leave.IsOrderly);

        // The renewal that is still under way comes too late to matter, and nothing is asked before it has ended.
        Assert.Empty(Step(9.6, new LeadershipInput.Left(null, IsFatal: false)));
        var resign = Step(9.7, new LeadershipInput.Renewed(Seconds(9.4)));
        Assert.Equal(new LeadershipAction.Resign(1), Assert.Single(resign));
        Step(9.8, new LeadershipInput.Resigned());
        Assert.IsType<LeadershipAction.Campaign>(Assert.Single(Step(11, new LeadershipInput.Tick())));
    }

    [Fact]
    public void Lost_LeavesAtOnce_AndIsNotTrustedAnyMore()
    {
        Lead();
        Step(2, new LeadershipInput.Tick());

        var lost = Step(2.1, new LeadershipInput.Lost("another leads"));

        Assert.Equal(new LeadershipAction.Leave("another leads", IsOrderly: false), Assert.Single(lost));
        Assert.Equal(TimeSpan.MinValue, leadership.TrustedUntil);
    }

    [Fact]
    public void Stop_OfALeader_FinishesWhileItRenews_ThenResignsAndEnds()
    {
        Lead();

        var stop = Step(1, new LeadershipInput.Stop());
        Assert.True(Assert.IsType<LeadershipAction.Leave>(Assert.Single(stop)).IsOrderly);
        Assert.Equal(new LeadershipAction.Renew(1), Assert.Single(Step(2, new LeadershipInput.Tick())));
        Step(2.1, new LeadershipInput.Renewed(Seconds(2)));
        Assert.Equal(Seconds(2) + Times.Trust, leadership.TrustedUntil);
        var left = Step(3, new LeadershipInput.Left(null, IsFatal: false));
        Assert.Equal(new LeadershipAction.Resign(1), Assert.Single(left));
        var end = Step(3.1, new LeadershipInput.Resigned());
        Assert.Equal(new LeadershipAction.End(null), Assert.Single(end));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Stop_OfACandidate_WithdrawsAndEnds(bool isGrantedMeanwhile)
    {
        Step(0, new LeadershipInput.Tick());
        Assert.IsType<LeadershipAction.Withdraw>(Assert.Single(Step(1, new LeadershipInput.Stop())));

        if (isGrantedMeanwhile)
        {
            var granted = Step(1.1, new LeadershipInput.Granted(3));
            Assert.Equal(new LeadershipAction.Resign(3), Assert.Single(granted));
        }

        LeadershipInput last = isGrantedMeanwhile
            ? new LeadershipInput.Resigned()
            : new LeadershipInput.CampaignFailed("withdrawn", IsFatal: false);
        Assert.IsType<LeadershipAction.End>(Assert.Single(Step(1.2, last)));
    }

    [Fact]
    public void Left_ForAReasonThatLasts_EndsWithIt()
    {
        Lead();

        Assert.IsType<LeadershipAction.Resign>(Assert.Single(Step(1, new LeadershipInput.Left("damaged", true))));
        var end = Step(1.1, new LeadershipInput.Resigned());

        Assert.Equal(new LeadershipAction.End("damaged"), Assert.Single(end));
    }

    [Fact]
    public void GaveWay_KeepsTheTermUntilItWouldHaveRunOut_AndLeavesTheNextToOthers()
    {
        Lead();

        Assert.Empty(Step(1, new LeadershipInput.GaveWay("the clock was set")));
        Assert.Equal(TimeSpan.MinValue, leadership.TrustedUntil);
        Assert.Empty(Step(10.9, new LeadershipInput.Tick()));
        Assert.Equal(new LeadershipAction.Resign(1), Assert.Single(Step(11, new LeadershipInput.Tick())));
        Assert.Empty(Step(11.1, new LeadershipInput.Resigned()));
        Assert.Empty(Step(21, new LeadershipInput.Tick()));
        Assert.IsType<LeadershipAction.Campaign>(Assert.Single(Step(21.1, new LeadershipInput.Tick())));
    }

    [Fact]
    public void Stop_WhileItGivesWay_ResignsAtOnceAndEnds()
    {
        Lead();
        Step(1, new LeadershipInput.GaveWay("the clock was set"));

        Assert.Equal(new LeadershipAction.Resign(1), Assert.Single(Step(2, new LeadershipInput.Stop())));
        Assert.IsType<LeadershipAction.End>(Assert.Single(Step(2.1, new LeadershipInput.Resigned())));
    }

    /// <summary>Seven nodes with clocks that run up to 2 % apart, calls that take up to several leases or get lost,
    /// and processes that stand still.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Nodes_InABadWorld_NeverTrustTwoLeadersAndAlwaysFindOne(int seed)
    {
        var world = new LeadershipWorld(seed, nodes: 7, TimeSpan.FromSeconds(10));

        world.Run(TimeSpan.FromHours(12), isBad: true);
        Assert.True(world.TermsSoFar > 100, $"Only {world.TermsSoFar} leaderships were tried.");

        for (var i = 0; i < 50; i++)
        {
            world.Run(TimeSpan.FromSeconds(30), isBad: false);
            Assert.NotNull(world.Leader);
        }
    }

    private void Lead()
    {
        Step(0, new LeadershipInput.Tick());
        Step(0, new LeadershipInput.Granted(1));
        Step(0, new LeadershipInput.Renewed(TimeSpan.Zero));
        Assert.Equal(LeadershipPhase.Leading, leadership.Phase);
    }

    private List<LeadershipAction> Step(double now, LeadershipInput input) => [.. leadership.Step(Seconds(now), input)];

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
