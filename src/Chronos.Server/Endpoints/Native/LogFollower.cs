using System.Text;
using Chronos.Api;
using Chronos.Core.Runs;
using Chronos.Runtime.Node;
using Chronos.Runtime.Ports;
using Chronos.Server.Hosting;
using Chronos.Server.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using LogPart = Chronos.Runtime.Ports.LogPart;

namespace Chronos.Server.Endpoints.Native;

/// <summary>Sends the output of an attempt as it grows.</summary>
internal sealed class LogFollower(
    SchedulerNode node, ServerOptions options, TimeProvider time, IHostApplicationLifetime lifetime)
{
    private const int ChunkBytes = 64 * 1024;

    public async Task FollowAsync(HttpContext http, RunId id, AttemptId attempt, LogStream stream, long offset)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(
            http.RequestAborted, lifetime.ApplicationStopping);
        var events = new SseWriter(http);
        await events.BeginAsync();
        try
        {
            await FollowAsync(events, id, attempt, stream, offset, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return; // the client comes back with the offset it has, to this server or the next
        }
    }

    private async Task FollowAsync(
        SseWriter events,
        RunId id,
        AttemptId attempt,
        LogStream stream,
        long offset,
        CancellationToken cancellationToken)
    {
        var logs = new RunLogs(node);
        var spokeAt = time.GetTimestamp();
        while (true)
        {
            var run = await node.FindRunAsync(id, cancellationToken);
            var part = run is null ? null : await ReadAsync(logs, run, attempt, stream, offset, cancellationToken);
            if (part is { Bytes.Length: > 0 } && await SendAsync(events, part, offset) is var next && next > offset)
            {
                offset = next;
                spokeAt = time.GetTimestamp();
                continue;
            }

            var isOver = part is null
                ? run is null || !LogEndpoints.MayStillCome(run.Run, attempt)
                : part.IsComplete && part.Offset + part.Bytes.Length >= part.Size;
            if (isOver)
            {
                await events.WriteAsync(null, "end", new LogEnd(part?.Size ?? offset), ReadableJson.Context.LogEnd);
                return;
            }

            if (time.GetElapsedTime(spokeAt) >= options.HeartbeatInterval)
            {
                await events.HeartbeatAsync();
                spokeAt = time.GetTimestamp();
            }

            await Task.Delay(options.LogPollInterval, time, cancellationToken);
        }
    }

    // A machine that is away may come back while the task runs.
    private static async Task<LogPart?> ReadAsync(
        RunLogs logs, FoundRun run, AttemptId attempt, LogStream stream, long offset,
        CancellationToken cancellationToken)
    {
        try
        {
            return await logs.ReadAsync(run, attempt, stream, new(offset, ChunkBytes), cancellationToken);
        }
        catch (LogUnavailableException)
        {
            return null;
        }
    }

    /// <summary>Sends what is there, less a character that is not all there yet.</summary>
    /// <returns>Where to read on.</returns>
    private static async Task<long> SendAsync(SseWriter events, LogPart part, long asked)
    {
        var isLast = part.IsComplete && part.Offset + part.Bytes.Length >= part.Size;
        var length = isLast ? part.Bytes.Length : Utf8Boundary.CompleteLength(part.Bytes.Span);
        var next = part.Offset + length;
        if (length == 0) return next;
        var text = Encoding.UTF8.GetString(part.Bytes.Span[..length]);
        var sent = new LogEvent(part.Offset, next, text) { Dropped = part.Offset > asked ? part.Offset - asked : null };
        await events.WriteAsync(next, "log", sent, ReadableJson.Context.LogEvent);
        return next;
    }
}
