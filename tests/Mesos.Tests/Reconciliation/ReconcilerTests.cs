using Chronos.Core.Runs;
using Chronos.Mesos.Reconciliation;
using Chronos.Testing.Engines;
using Mesos.Tests.Offers;
using Xunit;

namespace Mesos.Tests.Reconciliation;

public sealed class ReconcilerTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly SettableTime time = new();
    private readonly Reconciler reconciler;

    public ReconcilerTests() => reconciler = new(Second, TimeSpan.FromMinutes(10), time);

    [Fact]
    public void TakeDue_NotAnswered_IsAskedAgainLessAndLessOften()
    {
        var id = Ids(1)[0];
        reconciler.Begin([id]);
        var pauses = new List<int>();

        for (var (asked, second) = (0, 0); pauses.Count < 9; second++)
        {
            if (reconciler.TakeDue() is [var due])
            {
                Assert.Equal(id, due);
                if (second > 0) pauses.Add(second - asked);
                asked = second;
            }

            time.Pass(Second);
        }

        Assert.Equal([1, 2, 4, 8, 16, 32, 60, 60, 60], pauses);
    }

    [Fact]
    public void TakeDue_Many_GoOutInPortionsInOrder()
    {
        var ids = Ids(2 * Reconciler.PortionMax);
        reconciler.Begin(ids);

        Assert.Equal(ids.Take(Reconciler.PortionMax), reconciler.TakeDue());
        Assert.Empty(reconciler.TakeDue());
        foreach (var answered in ids.Take(Reconciler.PortionMax)) reconciler.Close(answered);
        Assert.Equal(ids.Skip(Reconciler.PortionMax), reconciler.TakeDue());
    }

    [Fact]
    public void TakeDue_PortionWithoutAnswers_DoesNotKeepTheNextForLong()
    {
        var ids = Ids(Reconciler.PortionMax + 1);
        reconciler.Begin(ids);
        reconciler.TakeDue();

        time.Pass(Second);

        Assert.Equal([ids[^1]], reconciler.TakeDue());
    }

    [Fact]
    public void Begin_AgainBeforeAllWereAsked_GoesOnWithTheOthers()
    {
        var ids = Ids(Reconciler.PortionMax + 2);
        reconciler.Begin(ids);
        reconciler.TakeDue();

        reconciler.Begin(ids);

        Assert.Equal(ids.TakeLast(2), reconciler.TakeDue().Take(2));
    }

    [Fact]
    public void TakeImplicit_Begun_ComesOnceBehindAllQuestions()
    {
        reconciler.Begin(Ids(Reconciler.PortionMax + 1));
        reconciler.TakeDue();
        Assert.False(reconciler.TakeImplicit());

        time.Pass(Second);
        reconciler.TakeDue();

        Assert.True(reconciler.TakeImplicit());
        Assert.False(reconciler.TakeImplicit());
    }

    [Fact]
    public void Add_WhileOthersWaitLong_IsAskedAtOnce()
    {
        var ids = Ids(2);
        reconciler.Begin([ids[0]]);
        reconciler.TakeDue();

        reconciler.Add(ids[1]);

        Assert.Equal([ids[1]], reconciler.TakeDue());
    }

    [Fact]
    public void Close_Everything_AsksNothing()
    {
        var ids = Ids(3);
        reconciler.Begin(ids);
        foreach (var id in ids) reconciler.Close(id);

        Assert.Empty(reconciler.TakeDue());
        Assert.Equal(0, reconciler.OpenCount);
    }

    private static List<AttemptId> Ids(int count)
    {
        var job = OfferSamples.Job("j");
        return [.. Enumerable.Range(0, count).Select(_ => LaunchRequests.For(job).Id)];
    }

    private sealed class SettableTime : TimeProvider
    {
        private long ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => ticks;

        internal void Pass(TimeSpan span) => ticks += span.Ticks;
    }
}
