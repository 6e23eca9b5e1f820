using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using NodaTime;
using Xunit;
using static Chronos.Core.Tests.Scheduling.SchedulerFixture;

namespace Chronos.Core.Tests.Scheduling;

public sealed class JitterTests
{
    /// <summary>The jitter is up to ten minutes and epsilon one: what starts late on purpose is not missed.</summary>
    [Theory]
    [InlineData(MissedMode.None)]
    [InlineData(MissedMode.Latest)]
    [InlineData(MissedMode.All)]
    public void Tick_JitterLongerThanEpsilon_RunsEachOccurrenceAsOnTime(MissedMode mode)
    {
        var f = new SchedulerFixture();
        f.Put(Jittered(mode));

        f.AdvanceTo("2026-01-02T00:30:00Z");

        Assert.Equal(24, f.Job("a").State.ActiveRuns.Count);
        Assert.All(f.Job("a").State.ActiveRuns, r => Assert.Equal("", r.Reason));
        Assert.Empty(f.Ended);
    }

    [Fact]
    public void Jump_StartOfTheLastOccurrenceIsStillToCome_DecidesThatOneLater()
    {
        for (var hour = 2; hour < 12; hour++)
        {
            var f = new SchedulerFixture();
            f.Put(Jittered(MissedMode.None));
            var nominal = At("2026-01-01T00:00:00Z") + Duration.FromHours(hour);

            f.JumpTo((nominal + Duration.FromMilliseconds(1)).ToString("uuuu-MM-ddTHH:mm:ss.FFF'Z'", null));
            Assert.True(f.Job("a").State.Cursor < nominal);
            f.AdvanceTo((nominal + Duration.FromMinutes(11)).ToString());

            Assert.Equal(nominal, f.Active("a").Nominal);
            var missed = Assert.Single(f.Ended);
            Assert.Equal(hour - 1, missed.Range?.Count ?? 1);
        }
    }

    private static Job Jittered(MissedMode mode) => Scheduled("a", "0 * * * *", s => s with
    {
        Jitter = Duration.FromMinutes(10),
        Missed = MissedPolicy.Default with { Mode = mode },
    }) with { Policy = new() { Concurrency = Concurrency.Allow } };
}
