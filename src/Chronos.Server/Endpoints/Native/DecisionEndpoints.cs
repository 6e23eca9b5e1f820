using System.Globalization;
using Chronos.Api;
using Chronos.Runtime.Node;
using Chronos.Runtime.Ports;
using Chronos.Server.Auth;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Chronos.Server.Endpoints.Native;

/// <summary>Answers "why did my job (not) run?": runs and events of a job in one list of sentences.</summary>
internal static class DecisionEndpoints
{
    private const int LimitDefault = 50;
    private const string CursorKind = "decisions";

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet(Routes.JobDecisions, ListAsync)
            .Describe(
                "listDecisions",
                "Tell what was decided about a job, and why",
                "Sentences, newest first: runs that have not ended, then runs and events of the history.",
                Role.Viewer)
            .Query(CommonParameters.Limit(LimitDefault), CommonParameters.After)
            .Produces<DecisionPage>()
            .Fails(400, 404);
    }

    private static async Task<IResult> ListAsync(string name, HttpContext http, SchedulerNode node)
    {
        var query = new QueryReader(http);
        var limit = query.Limit(LimitDefault);
        query.ThrowIfRefused();
        var place = Place.Read(query.Text("after"));
        var items = new List<Decision>();
        if (place.IsFirst && node.Jobs.Find(name) is { } job)
            items.AddRange(job.State.ActiveRuns.Reverse().Select(Sentences.Of));
        var next = await MergeAsync(name, items, limit, place, node.History, http.RequestAborted);
        if (items.Count == 0) node.Job(name); // says that there is none
        return TypedResults.Ok(new DecisionPage(items, next?.ToText()));
    }

    /// <summary>Appends from both listings, always the newer one, until the page is full.</summary>
    /// <returns>Where the next page begins; null: nothing is left.</returns>
    private static async Task<Place?> MergeAsync(
        string name,
        List<Decision> items,
        int limit,
        Place place,
        IRunHistory history,
        CancellationToken cancellationToken)
    {
        var runs = place.Runs.IsOver ? null : await history.ListRunsAsync(
            new() { JobName = name, Limit = place.Runs.Fetch(limit), After = place.Runs.After }, cancellationToken);
        var events = place.Events.IsOver ? null : await history.ListEventsAsync(
            new() { JobName = name, Limit = place.Events.Fetch(limit), After = place.Events.After }, cancellationToken);
        var (nextRun, nextEvent) = (place.Runs.Skip, place.Events.Skip);
        while (items.Count < limit)
        {
            var run = nextRun < runs?.Items.Count ? runs.Items[nextRun].Run : null;
            var e = nextEvent < events?.Items.Count ? events.Items[nextEvent] : null;
            if (run is null && e is null) break;
            if (e is null || (run is not null && run.Nominal >= e.Event.At))
            {
                items.Add(Sentences.Of(runs!.Items[nextRun++].Run)); // not null: run came from it
            }
            else
            {
                items.Add(Sentences.Of(e));
                nextEvent++;
            }
        }

        var rest = new Place(
            place.Runs.Advance(nextRun, runs?.Items.Count, runs?.Next),
            place.Events.Advance(nextEvent, events?.Items.Count, events?.Next));
        return rest is { Runs.IsOver: true, Events.IsOver: true } ? null : rest;
    }

    /// <summary>Where a page of both listings begins.</summary>
    private sealed record Place(ListPlace Runs, ListPlace Events)
    {
        public bool IsFirst => this is { Runs: { After: null, Skip: 0 }, Events: { After: null, Skip: 0 } };

        public static Place Read(string? after)
        {
            if (after is null) return new(ListPlace.Start, ListPlace.Start);
            var parts = Cursor.Read(after, CursorKind, 5);
            if (ListPlace.Read(parts[1], parts[2]) is { } runs && ListPlace.Read(parts[3], parts[4]) is { } events)
                return new(runs, events);
            throw Cursor.Bad(after);
        }

        public string ToText() =>
            Cursor.Of(CursorKind, Runs.After ?? "", Runs.SkipText, Events.After ?? "", Events.SkipText);
    }

    /// <summary>Where to go on in one listing: a cursor of it, and how many items after that were shown.</summary>
    private readonly record struct ListPlace(string? After, int Skip, bool IsOver)
    {
        public static readonly ListPlace Start = new(null, 0, false);

        public string SkipText => IsOver ? "over" : Skip.ToString(CultureInfo.InvariantCulture);

        public static ListPlace? Read(string after, string skip)
        {
            if (skip == "over") return new(null, 0, true);
            return int.TryParse(skip, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
                && count <= QueryReader.LimitMax
                ? new(after.Length == 0 ? null : after, count, false)
                : null;
        }

        public int Fetch(int limit) => Math.Min(QueryReader.LimitMax, Skip + limit);

        public ListPlace Advance(int shown, int? fetched, string? next)
        {
            if (fetched is not { } count) return this;
            if (shown < count) return this with { Skip = shown };
            return next is null ? this with { IsOver = true } : new(next, 0, false);
        }
    }
}
