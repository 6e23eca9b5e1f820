using System.Globalization;
using Chronos.Api;
using Chronos.Core.Runs;
using Chronos.Runtime.Node;
using Chronos.Runtime.Ports;
using Chronos.Server.Auth;
using Chronos.Server.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using LogPart = Chronos.Runtime.Ports.LogPart;

namespace Chronos.Server.Endpoints.Native;

/// <summary>Shows the output of runs, while they run and after.</summary>
internal static class LogEndpoints
{
    private const int BytesMax = 1_048_576;
    private static readonly LogPart NothingYet = new(0, ReadOnlyMemory<byte>.Empty, 0, false);

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet(Routes.RunLog, GetAsync)
            .Describe(
                "readLog",
                "Read output of a run",
                "The bytes as the task wrote them, as text/plain. `Chronos-Log-Next` says where to read on, "
                + "`Chronos-Log-Complete` whether anything will follow, `Chronos-Log-Dropped: 1048576-5242880` that "
                + "what lay between these offsets, right before this part, was dropped for its size. With "
                + "`whole=true` all of it, with a line where some was dropped. With `follow=true`, or where the client "
                + "accepts text/event-stream, server-sent events: their id is the next offset, so a client that comes "
                + "back with `Last-Event-ID` goes on where it stopped; the event `end` is the last.",
                Role.Viewer)
            .Query(
                new("attempt", "From 1; default the current or last one.") { Type = QueryParameterType.Integer },
                new("offset", "First byte; default 0.") { Type = QueryParameterType.Integer },
                new("limit", "At most this many bytes, 1 to 1048576; default 1048576.")
                {
                    Type = QueryParameterType.Integer,
                },
                new("tail", "Instead of an offset: begin so many lines before the end.")
                {
                    Type = QueryParameterType.Integer,
                },
                new("whole", "To the end, without limit; a line says where output was dropped. For people.")
                {
                    Type = QueryParameterType.Boolean,
                },
                new("follow", "Server-sent events until the attempt has ended.") { Type = QueryParameterType.Boolean })
            .Header("Last-Event-ID", "Goes on after this event.")
            .Produces<string>(200, "text/plain", "text/event-stream")
            .Fails(400, 404);
    }

    private static async Task<IResult> GetAsync(
        string id, string stream, HttpContext http, SchedulerNode node, LogFollower follower)
    {
        var query = new QueryReader(http);
        var which = stream switch
        {
            "stdout" => LogStream.Stdout,
            "stderr" => LogStream.Stderr,
            _ => throw new ProblemException(ProblemFactory.NotFound("The outputs are called stdout and stderr.")),
        };
        var number = (int?)query.Integer("attempt", 1, int.MaxValue);
        var (asked, tail, limit) = ReadRange(query);
        var whole = query.Boolean("whole") ?? false;
        var follow = query.Boolean("follow") ?? AcceptsEvents(http.Request);
        query.ThrowIfRefused();

        var run = await node.RunAsync(id, http.RequestAborted);
        var attempt = new AttemptId(run.Run.Id, number ?? Math.Max(1, run.Run.Attempt));
        var logs = new RunLogs(node);
        Task<LogPart?> Read(long from, int max) =>
            logs.ReadAsync(run, attempt, which, new(from, max), http.RequestAborted);
        var offset = tail is { } lines ? await new LogTail(Read).StartOfAsync(lines) : asked;
        var part = await Read(offset, limit);
        if (part is null && !MayStillCome(run.Run, attempt))
            throw new ProblemException(ProblemFactory.NotFound(
                $"Run {id} has no {stream} of attempt {attempt.Number}, or it is past its retention."));
        if (follow) return new LogFollowResult(follower, run.Run.Id, attempt, which, Start(http, offset));
        return whole ? new WholeLogResult(Read, offset) : new LogResult(part ?? NothingYet, offset);
    }

    /// <summary>Whether the attempt has not ended, so that output may appear.</summary>
    internal static bool MayStillCome(Run run, AttemptId attempt) =>
        !run.State.IsFinal() && attempt.Number >= run.Attempt;

    private static (long Offset, long? TailLines, int Limit) ReadRange(QueryReader query)
    {
        var offset = query.Integer("offset", 0, long.MaxValue);
        var tail = query.Integer("tail", 0, long.MaxValue);
        var limit = (int)(query.Integer("limit", 1, BytesMax) ?? BytesMax);
        if (offset is not null && tail is not null)
            query.Refuse<long>("tail", null, "Either an offset or a tail is given, not both.", "Leave one out.");
        return (offset ?? 0, tail, limit);
    }

    private static long Start(HttpContext http, long offset)
    {
        var last = http.Request.Headers["Last-Event-ID"].ToString();
        if (long.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var resumed)) return resumed;
        return offset;
    }

    private static bool AcceptsEvents(HttpRequest request) => request.GetTypedHeaders().Accept
        .Any(type => type.MediaType.Equals("text/event-stream", StringComparison.OrdinalIgnoreCase));

    private sealed class LogResult(LogPart part, long asked) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            response.ContentType = "text/plain; charset=utf-8";
            var headers = response.Headers;
            headers.CacheControl = "no-store";
            headers[ApiHeaders.LogOffset] = Text(part.Offset);
            headers[ApiHeaders.LogNext] = Text(part.Offset + part.Bytes.Length);
            headers[ApiHeaders.LogSize] = Text(part.Size);
            headers[ApiHeaders.LogComplete] = part.IsComplete ? "true" : "false";
            if (part.Offset > asked) headers[ApiHeaders.LogDropped] = $"{Text(asked)}-{Text(part.Offset)}";
            return response.Body.WriteAsync(part.Bytes, httpContext.RequestAborted).AsTask();
        }

        private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
    }

    private sealed class LogFollowResult(
        LogFollower follower, RunId run, AttemptId attempt, LogStream stream, long offset) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) =>
            follower.FollowAsync(httpContext, run, attempt, stream, offset);
    }
}
