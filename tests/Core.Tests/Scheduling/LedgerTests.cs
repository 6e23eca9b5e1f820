using Chronos.Core.Jobs;
using Chronos.Core.Scheduling;
using NodaTime;
using Xunit;

namespace Chronos.Core.Tests.Scheduling;

public sealed class LedgerTests
{
    private static readonly Instant Now = Instant.FromUtc(2026, 1, 1, 0, 0);
    private readonly Ledger ledger = new(new());

    [Fact]
    public void EndUnit_SlotTouchedOften_IsStoredOnceAsFarAsItChanged()
    {
        var slot = Add("a");
        ledger.Touch(slot, SlotChange.Definition);
        ledger.Touch(slot);

        ledger.EndUnit();
        ledger.EndUnit();

        Assert.IsType<JobPut>(Assert.Single(ledger.Changes));
        Assert.Equal([1], ledger.UnitEnds);
    }

    /// <summary>A state that is stored after its job was deleted would bring the job back.</summary>
    [Fact]
    public void Remove_SlotTouchedBeforeAndAfter_IsNeverStored()
    {
        var slot = Add("a");
        ledger.Touch(slot);
        ledger.Remove(slot);
        ledger.Touch(slot, SlotChange.Definition);

        ledger.EndUnit();
        ledger.Touch(slot);
        ledger.EndUnit();

        Assert.Equal(new JobDeleted("a"), Assert.Single(ledger.Changes));
        Assert.Equal(DueQueue.Never, ledger.Due.Earliest);
    }

    [Fact]
    public void NewIncarnation_ClockStandsStillOrGoesBack_StillGrows()
    {
        var first = ledger.NewIncarnation(Now);
        var second = ledger.NewIncarnation(Now);
        var third = ledger.NewIncarnation(Now - Duration.FromDays(1));

        Assert.True(first < second && second < third);
    }

    private JobSlot Add(string name) => ledger.Add(new Job { Name = name }, new JobState
    {
        Incarnation = 1, Revision = 1, CreatedAt = Now, UpdatedAt = Now, Anchor = Now, Cursor = Now,
    });
}
