using Chronos.Api;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Node;
using NodaTime;

namespace Chronos.Server.Endpoints.Native;

/// <summary>How far to look ahead, and how closely.</summary>
/// <param name="Hours">How far.</param>
/// <param name="StepMinutes">How many minutes are counted together.</param>
internal readonly record struct ForecastRange(int Hours, int StepMinutes)
{
    public const int HoursDefault = 24;
    public const int HoursMax = 24 * 42;
    public const int StepMax = 60;
    public const int StepsMax = 3000;

    public int Steps => (Hours * 60 + StepMinutes - 1) / StepMinutes;
}

/// <summary>Counts the starts that schedules have ahead. That is work: so it looks at a sample where jobs are many,
/// takes dense schedules as even, and keeps what it found for a minute.</summary>
internal sealed class LoadForecasts(Func<SchedulerNode> node) : IDisposable
{
    private const int JobsMax = 5_000;
    private const int OccurrencesMax = 300;
    private static readonly Duration Freshness = Duration.FromMinutes(1);
    private readonly SemaphoreSlim counting = new(1, 1);
    private readonly Dictionary<ForecastRange, (SchedulerNode Node, Instant At, LoadForecast Found)> known = [];

    /// <summary>Starts of all jobs from this minute on.</summary>
    public async Task<LoadForecast> AheadAsync(ForecastRange range, CancellationToken cancellationToken)
    {
        await counting.WaitAsync(cancellationToken);
        try
        {
            var now = node();
            if (known.TryGetValue(range, out var old) && old.Node == now && now.Now - old.At < Freshness)
                return old.Found;
            foreach (var (other, (_, at, _)) in known)
                if (now.Now - at >= Freshness) known.Remove(other);
            var found = Count(now, now.Jobs.InNoOrder(), range);
            known[range] = (now, now.Now, found);
            return found;
        }
        finally
        {
            counting.Release();
        }
    }

    /// <summary>Starts of one job from this minute on.</summary>
    public LoadForecast AheadOf(JobSnapshot job, ForecastRange range) => Count(node(), [job], range);

    /// <inheritdoc/>
    public void Dispose() => counting.Dispose();

    private static LoadForecast Count(SchedulerNode node, IEnumerable<JobSnapshot> jobs, ForecastRange range)
    {
        var from = Instant.FromUnixTimeSeconds(node.Now.ToUnixTimeSeconds() / 60 * 60);
        var until = from + Duration.FromHours(range.Hours);
        var due = jobs.Where(job => Wire.NextOf(job) is { } next && next < until).ToList();
        var every = Math.Max(1, (due.Count + JobsMax - 1) / JobsMax);
        var counted = new Counts(from, until, range);
        var cache = new ScheduleCache(node.DefaultZone);
        for (var i = 0; i < due.Count; i += every) counted.Add(due[i], cache);
        return new()
        {
            From = Wire.At(from),
            StepMinutes = range.StepMinutes,
            Starts = counted.Times(every),
            Jobs = due.Count,
            SampledEvery = every,
        };
    }

    /// <summary>Starts by step.</summary>
    private sealed class Counts(Instant from, Instant until, ForecastRange range)
    {
        private const double Tolerance = 1e-9;
        private readonly double[] steps = new double[range.Steps];

        public int[] Times(int factor) => [.. steps.Select(starts => (int)Math.Round(starts * factor))];

        public void Add(JobSnapshot job, ScheduleCache cache)
        {
            if (Timetable.For(job.Job, job.State.Anchor, cache) is not { } timetable) return;
            var first = job.Next;
            var at = first;
            for (var count = 0; at is { } due && due < until; count++)
            {
                if (count == OccurrencesMax && first is { } start)
                {
                    Spread((due - start).TotalMinutes / range.StepMinutes / count, PlaceOf(due));
                    return;
                }

                steps[(int)PlaceOf(due)]++;
                at = timetable.Next(due)?.At;
            }
        }

        /// <summary>Adds evenly what comes from a start on, of the step that has begun only the rest.</summary>
        private void Spread(double interval, double begin)
        {
            var first = (int)begin;
            steps[first] += Math.Ceiling((first + 1 - begin) / interval - Tolerance);
            for (var i = first + 1; i < steps.Length; i++) steps[i] += 1 / interval;
        }

        private double PlaceOf(Instant at) => Math.Max(0, (at - from).TotalMinutes / range.StepMinutes);
    }
}
