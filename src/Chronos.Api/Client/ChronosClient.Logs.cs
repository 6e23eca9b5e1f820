using System.Globalization;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Chronos.Api;

public sealed partial class ChronosClient
{
    /// <summary>Reads a part of an output.</summary>
    public async Task<LogPart> ReadLogAsync(string run, LogQuery query, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, PathOf(run, query).ToString());
        using var response = await SendAsync(request, cancellationToken);
        var bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        var offset = LongHeader(response, ApiHeaders.LogOffset);
        return new LogPart(
            offset,
            bytes,
            LongHeader(response, ApiHeaders.LogNext),
            LongHeader(response, ApiHeaders.LogSize),
            Header(response, ApiHeaders.LogComplete) == "true")
        {
            Dropped = Header(response, ApiHeaders.LogDropped) is null ? 0 : offset - (query.Offset ?? 0),
        };
    }

    /// <summary>Follows an output from its offset until its attempt has ended. Ends early, without an exception, where
    /// the server closes the stream; read on from the last event's <see cref="LogEvent.Next"/>.</summary>
    public async IAsyncEnumerable<LogEvent> FollowLogAsync(
        string run, LogQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, PathOf(run, query).Add("follow", true).ToString());
        await foreach (var item in StreamAsync(request, cancellationToken))
        {
            if (item.EventType == "end") yield break;
            if (JsonSerializer.Deserialize(item.Data, ApiJson.Default.LogEvent) is { } part) yield return part;
        }
    }

    /// <summary>What happens from now on, or after an event seen before. Ends where the server closes the stream.
    /// </summary>
    /// <param name="job">Only of this job; null: of all.</param>
    /// <param name="after"><see cref="ServerEvent.Sequence"/> of the last event seen; null: from now on.</param>
    /// <param name="cancellationToken">Stops watching.</param>
    public async IAsyncEnumerable<ServerEvent> WatchEventsAsync(
        string? job, long? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get, new QueryText(Routes.Events).Add("job", job).ToString());
        if (after is { } seen)
            request.Headers.Add("Last-Event-ID", seen.ToString(CultureInfo.InvariantCulture));
        await foreach (var item in StreamAsync(request, cancellationToken))
            if (JsonSerializer.Deserialize(item.Data, ApiJson.Default.ServerEvent) is { } happened)
                yield return happened;
    }

    private async IAsyncEnumerable<SseItem<string>> StreamAsync(
        HttpRequestMessage request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        using var response = await SendAsync(request, cancellationToken);
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        await foreach (var item in SseParser.Create(body).EnumerateAsync(cancellationToken)) yield return item;
    }

    private static QueryText PathOf(string run, LogQuery query) =>
        new QueryText(Routes.Fill(Routes.RunLog, run, query.Stream))
            .Add("attempt", query.Attempt).Add("offset", query.Offset).Add("limit", query.Limit)
            .Add("tail", query.Tail);

    private static long LongHeader(HttpResponseMessage response, string name) =>
        long.TryParse(Header(response, name), CultureInfo.InvariantCulture, out var value) ? value : 0;

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}
