using System.Globalization;
using Chronos.Api;
using Chronos.Runtime.Node;
using Chronos.Runtime.Ports;
using Chronos.Server.Auth;
using Chronos.Server.Hosting;
using Chronos.Server.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace Chronos.Server.Endpoints.Native;

/// <summary>Tells what happens as it happens, and who changed what.</summary>
internal static class EventEndpoints
{
    private const int LimitDefault = 50;

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet(Routes.Events, (HttpContext http, SchedulerNode node, EventStream stream) =>
                new EventResult(stream, node, After(http), new QueryReader(http).Text("job")))
            .Describe(
                "watchEvents",
                "Watch what happens",
                "Server-sent events. With `Last-Event-ID` those that were missed come first, as far as they are kept; "
                + "a gap in the ids says that some are not.",
                Role.Viewer)
            .Query(new QueryParameter("job", "Only of this job."))
            .Header("Last-Event-ID", "Goes on after this event.")
            .Produces<ServerEvent>(200, "text/event-stream");
        app.MapGet(Routes.Audit, AuditAsync)
            .Describe("listAudit", "List who changed what", "Newest first.", Role.Viewer)
            .Query(new("job", "Only of this job."), CommonParameters.Limit(LimitDefault), CommonParameters.After)
            .Produces<AuditPage>()
            .Fails(400);
    }

    private static long? After(HttpContext http) =>
        http.Request.Headers["Last-Event-ID"].ToString() is { Length: > 0 } text
        && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? id
            : null;

    private static async Task<IResult> AuditAsync(HttpContext http, SchedulerNode node)
    {
        const string kind = "audit";
        var query = new QueryReader(http);
        var limit = query.Limit(LimitDefault);
        query.ThrowIfRefused();
        var after = query.Text("after") is { } text ? Cursor.Read(text, kind, 2)[1] : null;
        var page = await node.History.ListEventsAsync(
            new() { JobName = query.Text("job"), Limit = limit, After = after }, http.RequestAborted);
        var next = page.Next is { } rest ? Cursor.Of(kind, rest) : null;
        return TypedResults.Ok(new AuditPage(page.Items.Select(Wire.Audit).ToList(), next));
    }

    private sealed class EventResult(EventStream stream, SchedulerNode node, long? after, string? job) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => stream.SendAsync(httpContext, node, after, job);
    }
}

/// <summary>Sends the node's events to one watcher.</summary>
internal sealed class EventStream(ServerOptions options, TimeProvider time, IHostApplicationLifetime lifetime)
{
    public async Task SendAsync(HttpContext http, SchedulerNode node, long? after, string? job)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(
            http.RequestAborted, lifetime.ApplicationStopping);
        var events = new SseWriter(http);

        // A sequence of the process before this one is ahead of ours; such a watcher gets all that is kept.
        var from = after > node.Events.Latest ? 0 : after;
        await using var feed = node.Events.WatchAsync(from, stop.Token).GetAsyncEnumerator(stop.Token);
        var next = feed.MoveNextAsync().AsTask(); // watches from here on, before the client is told so
        try
        {
            await events.BeginAsync();
            while (true)
            {
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
                var first = await Task.WhenAny(next, Task.Delay(options.HeartbeatInterval, time, patience.Token));
                await patience.CancelAsync();
                if (first != next)
                {
                    stop.Token.ThrowIfCancellationRequested();
                    await events.HeartbeatAsync();
                    continue;
                }

                if (!await next) return;
                var e = feed.Current;
                if (job is null || e.JobName == job)
                    await events.WriteAsync(
                        e.Sequence, Wire.Word(e.Kind), Wire.Event(e), ReadableJson.Context.ServerEvent);
                next = feed.MoveNextAsync().AsTask();
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return; // the client is gone, or the server stops and the client will come back
        }
        finally
        {
            // A feed that still waits for its next event refuses to be disposed.
            await stop.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
