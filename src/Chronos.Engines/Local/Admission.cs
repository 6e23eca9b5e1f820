using System.Globalization;
using Chronos.Core.Jobs;
using Chronos.Runtime.Ports;

namespace Chronos.Engines.Local;

/// <summary>Who may start: those of high priority first, then in order of arrival. Small ones may overtake one that
/// does not fit yet, until it has waited so long that it would starve.</summary>
internal sealed class Admission(Resources total, TimeSpan ageing, TimeProvider time)
{
    private const int PassedOverMax = 100; // bounds the search past attempts that do not fit
    private const int ShownMax = 10_000; // bounds the look of people at a long queue
    private const double Tolerance = 1e-9; // sums of tenths are not exact

    private readonly LinkedList<LocalAttempt> high = [];
    private readonly LinkedList<LocalAttempt> normal = [];
    private int reservedCount;

    /// <summary>What there is altogether.</summary>
    internal Resources Total => total;

    /// <summary>What is reserved.</summary>
    internal Resources Used { get; private set; } = new(0, 0, 0);

    internal int WaitingCount => high.Count + normal.Count;

    internal void Enqueue(LocalAttempt attempt) =>
        attempt.Place = (attempt.IsHighPriority ? high : normal).AddLast(attempt);

    internal static void Remove(LocalAttempt attempt)
    {
        if (attempt.Place is not { } place) return;
        place.List?.Remove(place);
        attempt.Place = null;
    }

    /// <summary>Takes and reserves all that fit.</summary>
    internal List<LocalAttempt> TakeFitting()
    {
        var taken = new List<LocalAttempt>();
        var passedOver = 0;
        foreach (var queue in new[] { high, normal })
        {
            for (var place = queue.First; place is not null;)
            {
                var attempt = place.Value;
                place = place.Next;
                if (Fits(attempt.Resources))
                {
                    Remove(attempt);
                    Reserve(attempt);
                    taken.Add(attempt);
                }
                else if (++passedOver > PassedOverMax || IsAged(attempt) || IsFull())
                {
                    return taken;
                }
            }
        }

        return taken;
    }

    /// <summary>Who waits and why, those that need the same together.</summary>
    internal List<WaitingGroup> WaitingGroups() =>
    [
        .. high.Concat(normal).Take(ShownMax).GroupBy(attempt => attempt.Resources).Select(group => new WaitingGroup(
            ReasonOf(group.Key), group.Key, group.First().JobName, group.Count(),
            time.GetElapsedTime(group.Min(attempt => attempt.WaitingSince)))),
    ];

    internal void Reserve(LocalAttempt attempt)
    {
        if (attempt.IsReserved) return;
        attempt.IsReserved = true;
        reservedCount++;
        Used = new(
            Used.Cpus + attempt.Resources.Cpus, Used.Mem + attempt.Resources.Mem, Used.Disk + attempt.Resources.Disk);
    }

    internal void Release(LocalAttempt attempt)
    {
        if (!attempt.IsReserved) return;
        attempt.IsReserved = false;
        reservedCount--;
        Used = reservedCount == 0
            ? new(0, 0, 0) // forget what rounding has left
            : new(Used.Cpus - attempt.Resources.Cpus, Used.Mem - attempt.Resources.Mem,
                Used.Disk - attempt.Resources.Disk);
    }

    // One that is larger than the machine was let in by other settings; it runs alone rather than never.
    private bool Fits(Resources wanted) =>
        reservedCount == 0
        || (Used.Cpus + wanted.Cpus <= total.Cpus + Tolerance && Used.Mem + wanted.Mem <= total.Mem + Tolerance);

    private string ReasonOf(Resources wanted)
    {
        if (Fits(wanted)) return "Others go first.";
        var (cpus, mem) = (Math.Max(0, total.Cpus - Used.Cpus), Math.Max(0, total.Mem - Used.Mem));
        return wanted.Cpus > cpus + Tolerance
            ? string.Create(CultureInfo.InvariantCulture, $"Needs {wanted.Cpus:0.###} cpus; {cpus:0.###} are free.")
            : string.Create(
                CultureInfo.InvariantCulture, $"Needs {wanted.Mem:0.###} MiB of memory; {mem:0.###} are free.");
    }

    private bool IsFull() => Used.Cpus >= total.Cpus - Tolerance || Used.Mem >= total.Mem - Tolerance;

    private bool IsAged(LocalAttempt attempt) => time.GetElapsedTime(attempt.WaitingSince) >= ageing;
}
