using Chronos.Core.Scheduling;
using NodaTime;
using Xunit;

namespace Chronos.Core.Tests.Scheduling;

public sealed class DueQueueTests
{
    [Fact]
    public void Set_RandomTimesAndRemovals_KeepsTheEarliestFirstAsAModelDoes()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            var queue = new DueQueue();
            var slots = Enumerable.Range(0, 150).Select(NewSlot).ToArray();
            var model = new SortedSet<(long Time, int Index)>();
            var times = Enumerable.Repeat(DueQueue.Never, slots.Length).ToArray();
            for (var step = 0; step < 3_000; step++)
            {
                var index = random.Next(slots.Length);
                var time = random.Next(4) == 0 ? DueQueue.Never : random.Next(50);
                model.Remove((times[index], index));
                if (time != DueQueue.Never) model.Add((time, index));
                times[index] = time;

                queue.Set(slots[index], time);

                Assert.True(queue.Earliest == (model.Count == 0 ? DueQueue.Never : model.Min.Time), $"Seed {seed}");
                if (model.Count > 0) Assert.Equal(queue.Earliest, times[Array.IndexOf(slots, queue.First)]);
                Assert.Equal(time == DueQueue.Never, slots[index].QueueIndex < 0);
            }
        }
    }

    private static JobSlot NewSlot(int number)
    {
        var start = Instant.FromUnixTimeSeconds(0);
        return new(SchedulerFixture.Manual($"j{number}"), new()
        {
            Incarnation = number,
            Revision = 1,
            CreatedAt = start,
            UpdatedAt = start,
            Anchor = start,
            Cursor = start,
        });
    }
}
