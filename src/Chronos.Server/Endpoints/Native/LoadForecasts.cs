using Chronos.Api;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Node;
using NodaTime;

namespace Chronos.Server.Endpoints.Native;

/// <summary>Counts the starts that schedules have ahead. That is work: so it looks at a sample where jobs are many,
/// takes dense schedules as even, and keeps what it found for a minute.</summary>
internal sealed class LoadForecasts(SchedulerNode node) : IDisposable
{
    public const int HoursDefault = 24;
    public const int HoursMax = 48;
    private const int JobsMax = 5_000;
    private const int OccurrencesMax = 300;
    private static readonly Duration Freshness = Duration.FromMinutes(1);
    private readonly SemaphoreSlim counting = new(1, 1);
    private (int Hours, Instant At, LoadForecast Found)? latest;

    /// <summary>Starts per minute from this minute on.</summary>
    public async Task<LoadForecast> AheadAsync(int hours, CancellationToken cancellationToken)
    {
        await counting.WaitAsync(cancellationToken);
        try
        {
            if (latest is { } known && known.Hours == hours && node.Now - known.At < Freshness) return known.Found;
            var found = Count(hours);
            latest = (hours, node.Now, found);
            return found;
        }
        finally
        {
            counting.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => counting.Dispose();

    private LoadForecast Count(int hours)
    {
        var now = node.Now;
        var from = Instant.FromUnixTimeSeconds(now.ToUnixTimeSeconds() / 60 * 60);
        var until = from + Duration.FromHours(hours);
        var jobs = Due(until);
        var every = (jobs.Count + JobsMax - 1) / JobsMax;
        var minutes = new double[hours * 60];
        var cache = new ScheduleCache(node.DefaultZone);
        for (var i = 0; i < jobs.Count; i += Math.Max(every, 1)) Add(minutes, jobs[i], from, until, cache);
        return new()
        {
            From = Wire.At(from),
            Minutes = [.. minutes.Select(starts => (int)Math.Round(starts * Math.Max(every, 1)))],
            Jobs = jobs.Count,
            SampledEvery = Math.Max(every, 1),
        };
    }

    private List<JobSnapshot> Due(Instant until)
    {
        var due = new List<JobSnapshot>();
        foreach (var entry in node.Jobs.Entries())
            if (entry.Snapshot is { } job && Wire.NextOf(job) is { } next && next < until) due.Add(job);
        return due;
    }

    private static void Add(double[] minutes, JobSnapshot job, Instant from, Instant until, ScheduleCache cache)
    {
        if (Timetable.For(job.Job, job.State.Anchor, cache) is not { } timetable) return;
        var first = job.Next;
        var at = first;
        for (var count = 0; at is { } due && due < until; count++)
        {
            if (count == OccurrencesMax && first is { } start)
            {
                Spread(minutes, (due - start).TotalMinutes / count, (due - from).TotalMinutes);
                return;
            }

            minutes[MinuteOf(due, from)]++;
            at = timetable.Next(due)?.At;
        }
    }

    /// <summary>Adds evenly what comes from then on, of the minute that has begun only the rest.</summary>
    private static void Spread(double[] minutes, double interval, double begin)
    {
        var first = (int)begin;
        minutes[first] += (first + 1 - begin) / interval;
        for (var i = first + 1; i < minutes.Length; i++) minutes[i] += 1 / interval;
    }

    private static int MinuteOf(Instant at, Instant from) => (int)Math.Max(0, (at - from).TotalMinutes);
}
