using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using NodaTime;
using Xunit;
using static Chronos.Core.Tests.Scheduling.SchedulerFixture;

namespace Chronos.Core.Tests.Scheduling;

public sealed class JobEditTests
{
    [Fact]
    public void Put_StartInTheFutureReplacedByASoonerSchedule_FiresOnTheNewOne()
    {
        var f = new SchedulerFixture();
        f.Put(Scheduled("a", "R/2030-01-01T00:00:00Z/P1D"));

        f.Put(Scheduled("a", "* * * * *"));

        Assert.Equal(At("2026-01-01T00:01:00Z"), f.NextDue);
    }

    [Fact]
    public void Put_AsManyJobsAsMayExist_CanStillBeReplaced()
    {
        var f = new SchedulerFixture(options: new() { JobsMax = 2 });
        f.Put(Manual("a"), Manual("b"));

        f.Put(Manual("a") with { Description = "edited" });

        Assert.Equal("edited", f.Job("a").Job.Description);
        Assert.Equal(RefusalKind.Invalid, f.PutRefused(Manual("c")).Kind);
        Assert.False(f.Has("c"));
    }

    [Fact]
    public void Delete_LongChainWithChildren_DeletesAllWithoutRecursion()
    {
        const int count = 300_000;
        var f = new SchedulerFixture();
        f.Put([Manual("j0"), .. Enumerable.Range(1, count - 1).Select(i => Child($"j{i}", $"j{i - 1}"))]);

        f.Do(new DeleteJob("j0", ChildPolicy.Delete, Alice));

        Assert.False(f.Has("j0") || f.Has($"j{count - 1}"));
    }

    [Fact]
    public void Delete_DiamondWithChildren_DeletesEachOnce()
    {
        var f = new SchedulerFixture();
        f.Put(Manual("top"), Child("left", "top"), Child("right", "top"), Child("bottom", "left", "right"));

        f.Do(new DeleteJob("top", ChildPolicy.Delete, Alice));

        Assert.Equal(["bottom", "left", "right", "top"], f.Events
            .Where(e => e.Kind == JobEventKind.Deleted).Select(e => e.JobName).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("0001-01-01T00:00:00Z")]
    [InlineData("9999-12-31T23:59:59Z")]
    public void Tick_LongLengthsAtTheEndsOfTheCalendar_DoesNotOverflow(string now)
    {
        var f = new SchedulerFixture("2026-01-01T00:00:00Z");
        f.Put(Scheduled("a", "0 0 1 1 *", s => s with { Epsilon = Duration.FromDays(3_650) }) with
        {
            Policy = new() { Timeout = Duration.FromDays(3_650), RetryDelay = Duration.FromDays(3_650) },
        });
        f.Start("a");

        f.JumpTo(now);
        f.Run("a");
        f.Fail("a");
        f.Do(Tick.Instance);

        Assert.Equal(2, f.Job("a").State.Revision + f.Active("a").Attempts.Count);
    }
}
