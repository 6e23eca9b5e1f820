using Chronos.Api;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Node;
using Chronos.Server.Auth;
using Chronos.Server.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Chronos.Server.Endpoints.Native;

/// <summary>Lists what schedules will start, of all jobs together.</summary>
internal static class UpcomingEndpoints
{
    private const int LimitDefault = 100;
    private const int LimitMax = 5000;
    private static readonly Duration AheadDefault = Duration.FromHours(1);

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet(Routes.Upcoming, List)
            .Describe(
                "listUpcoming", "List the starts ahead",
                "Occurrences of all schedules, or of one job's, in the order of time; those of disabled jobs are none.",
                Role.Viewer)
            .Query(
                new("until", "Starts before this; default an hour ahead.") { Type = QueryParameterType.Instant },
                new("job", "Only of this job."),
                CommonParameters.Limit(LimitDefault, LimitMax))
            .Produces<UpcomingStarts>()
            .Fails(400, 404);

    private static Ok<UpcomingStarts> List(HttpContext http, SchedulerNode node)
    {
        var query = new QueryReader(http);
        var until = query.Instant("until") ?? node.Now + AheadDefault;
        var limit = query.Limit(LimitDefault, LimitMax);
        query.ThrowIfRefused();
        var jobs = query.Text("job") is { } name ? [node.Job(name)] : node.Jobs.InNoOrder();
        return TypedResults.Ok(Walk(Due(jobs, until), until, limit, new(node.DefaultZone)));
    }

    /// <summary>Jobs by their next start; of the same time by name, so that each answer has the same order.</summary>
    private static PriorityQueue<JobSnapshot, (Instant At, string Name)> Due(
        IEnumerable<JobSnapshot> jobs, Instant until)
    {
        var byTime = Comparer<(Instant At, string Name)>.Create((a, b) =>
            a.At == b.At ? string.CompareOrdinal(a.Name, b.Name) : a.At.CompareTo(b.At));
        var due = new PriorityQueue<JobSnapshot, (Instant At, string Name)>(byTime);
        due.EnqueueRange(
            from job in jobs
            let next = Wire.NextOf(job)
            where next < until
            select (job, (next.Value, job.Job.Name)));
        return due;
    }

    private static UpcomingStarts Walk(
        PriorityQueue<JobSnapshot, (Instant At, string Name)> due, Instant until, int limit, ScheduleCache cache)
    {
        var items = new List<UpcomingStart>();
        while (items.Count < limit && due.TryDequeue(out var job, out var place))
        {
            items.Add(new(place.Name, Wire.At(place.At)));
            var next = Timetable.For(job.Job, job.State.Anchor, cache)?.Next(place.At)?.At;
            if (next is { } at && at < until) due.Enqueue(job, (at, place.Name));
        }

        return new(items, IsWhole: due.Count == 0);
    }
}
