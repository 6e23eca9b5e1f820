using System.Net.Http.Headers;
using Chronos.Api;
using Chronos.Server.Hosting;
using Chronos.Server.Tests.Hosting;
using Xunit;

namespace Chronos.Server.Tests.Native;

public sealed class EventTests
{
    [Fact]
    public async Task Watch_FromNow_TellsWhatHappens()
    {
        await using var server = await TestServer.StartAsync();
        await using var watch = server.Client.WatchEventsAsync(null, null, default).GetAsyncEnumerator();
        var next = watch.MoveNextAsync().AsTask();
        await WatchedAsync(server);

        await server.CreateAsync("a");
        Assert.True(await next.WaitAsync(TestServer.Patience));

        Assert.Equal(("jobPut", "a"), (watch.Current.Kind, watch.Current.Job));
    }

    [Fact]
    public async Task Watch_AfterAnEvent_MissesNone()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a");
        await server.CreateAsync("b");
        await server.CompleteAsync("b");

        var events = await TakeAsync(server.Client.WatchEventsAsync(null, 1, default), 3);

        Assert.Equal([2L, 3L, 4L], events.Select(e => e.Sequence));
        Assert.Equal("runChanged", events[1].Kind);
        Assert.NotNull(events[1].Run);
    }

    [Fact]
    public async Task Watch_OneJob_HidesOthers()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a");
        await server.CreateAsync("b");

        var events = await TakeAsync(server.Client.WatchEventsAsync("b", 0, default), 1);

        Assert.Equal("b", events[0].Job);
    }

    [Fact]
    public async Task Watch_SequenceOfAnEarlierProcess_GetsAllThatIsKept()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a");

        var events = await TakeAsync(server.Client.WatchEventsAsync(null, 1_000_000, default), 1);

        Assert.Equal(1, events[0].Sequence);
    }

    [Fact]
    public async Task Watch_Silence_IsFilledWithHeartbeats()
    {
        await using var server = await TestServer.StartAsync(
            new() { HeartbeatInterval = TimeSpan.FromMilliseconds(1) });
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/events");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));

        using var response = await server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.ToString());
        Assert.Equal(": alive", await reader.ReadLineAsync().WaitAsync(TestServer.Patience));
    }

    [Fact]
    public async Task Watch_ClientLeavesOrServerStops_IsNoError()
    {
        var server = await TestServer.StartAsync();
        await server.CreateAsync("a");
        using (var response = await server.Http.GetAsync("/v1/events", HttpCompletionOption.ResponseHeadersRead))
            Assert.Equal(200, (int)response.StatusCode);
        using var open = await server.Http.GetAsync("/v1/events", HttpCompletionOption.ResponseHeadersRead);

        await server.App.StopAsync(); // waits for all requests to end
        await server.DisposeAsync();

        Assert.Empty(server.Errors);
    }

    /// <summary>Returns when the server has taken a watcher in: one more that came later has its headers.</summary>
    private static async Task WatchedAsync(TestServer server)
    {
        using var response = await server.Http.GetAsync("/v1/events", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(200, (int)response.StatusCode);
    }

    private static async Task<List<ServerEvent>> TakeAsync(IAsyncEnumerable<ServerEvent> events, int count)
    {
        var taken = new List<ServerEvent>();
        using var timeout = new CancellationTokenSource(TestServer.Patience);
        await foreach (var e in events.WithCancellation(timeout.Token))
        {
            taken.Add(e);
            if (taken.Count == count) break;
        }

        return taken;
    }
}
