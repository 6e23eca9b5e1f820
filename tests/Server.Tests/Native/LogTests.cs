using System.Text;
using Chronos.Api;
using Chronos.Server.Tests.Hosting;
using Xunit;
using LogStream = Chronos.Runtime.Ports.LogStream;

namespace Chronos.Server.Tests.Native;

public sealed class LogTests
{
    [Fact]
    public async Task Read_WhileRunningAndAfter_GivesBytesAndOffsets()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a");
        var run = await server.RunAsync("a");
        server.Engine.Write(run.AttemptId, LogStream.Stdout, "hello\n"u8.ToArray());

        var during = await server.GetAsync($"/v1/runs/{run.Id}/logs/stdout");
        server.Engine.Write(run.AttemptId, LogStream.Stdout, 0xff, 0x00, (byte)'x');
        await server.ExitAsync(run);
        var after = await server.Client.ReadLogAsync(run.Id.ToString(), new() { Offset = 6 }, default);

        Assert.Equal("hello\n", during.Body);
        Assert.Equal("text/plain; charset=utf-8", during.Header("Content-Type"));
        Assert.Equal("0", during.Header(ApiHeaders.LogOffset));
        Assert.Equal("6", during.Header(ApiHeaders.LogNext));
        Assert.Equal("6", during.Header(ApiHeaders.LogSize));
        Assert.Equal("false", during.Header(ApiHeaders.LogComplete));
        Assert.Equal([0xff, 0x00, (byte)'x'], after.Bytes);
        Assert.Equal((6L, 9L, 9L, true), (after.Offset, after.Next, after.Size, after.IsComplete));
    }

    [Theory]
    [InlineData("tail=99", "0123456789", 0)]
    [InlineData("offset=2&limit=3", "234", 2)]
    [InlineData("offset=99", "", 10)]
    [InlineData("tail=0", "", 10)]
    [InlineData("attempt=1", "0123456789", 0)]
    public async Task Read_Part_IsThatPart(string query, string text, long offset)
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a");
        var run = await server.RunAsync("a");
        server.Engine.Write(run.AttemptId, LogStream.Stderr, "0123456789"u8.ToArray());

        var answer = await server.GetAsync($"/v1/runs/{run.Id}/logs/stderr?{query}");

        Assert.Equal(text, answer.Body);
        Assert.Equal($"{offset}", answer.Header(ApiHeaders.LogOffset));
    }

    [Theory]
    [InlineData("a\nb\nc\n", 1, "c\n")]
    [InlineData("a\nb\nc\n", 2, "b\nc\n")]
    [InlineData("a\nb\nc", 2, "b\nc")]
    [InlineData("a\nb\nc\n", 3, "a\nb\nc\n")]
    [InlineData("a\nb\nc\n", 4, "a\nb\nc\n")]
    [InlineData("\n\n\n", 2, "\n\n")]
    [InlineData("", 2, "")]
    public async Task Read_Tail_CountsLines(string log, int lines, string expected)
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a");
        var run = await server.RunAsync("a");
        server.Engine.Write(run.AttemptId, LogStream.Stdout, Encoding.UTF8.GetBytes(log));

        var answer = await server.GetAsync($"/v1/runs/{run.Id}/logs/stdout?tail={lines}");

        Assert.Equal(expected, answer.Body);
    }

    [Fact]
    public async Task Read_TailOfLongLog_ReadsBackAsFarAsNeeded()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a");
        var run = await server.RunAsync("a");
        var lines = Enumerable.Range(0, 30_000).Select(i => $"line {i}\n").ToList();
        server.Engine.Write(run.AttemptId, LogStream.Stdout, Encoding.UTF8.GetBytes(string.Concat(lines)));

        var answer = await server.GetAsync($"/v1/runs/{run.Id}/logs/stdout?tail=20000");

        Assert.Equal(string.Concat(lines[^20_000..]), answer.Body);
    }

    [Fact]
    public async Task Read_MiddleWasDropped_IsToldInEveryForm()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a");
        var run = await server.RunAsync("a");
        server.Engine.Write(run.AttemptId, LogStream.Stdout, "head\n......\ntail\n"u8.ToArray());
        server.Engine.Drop(5, 12);
        await server.ExitAsync(run);
        var path = $"/v1/runs/{run.Id}/logs/stdout";

        var head = await server.GetAsync(path);
        Assert.Equal(("head\n", "5"), (head.Body, head.Header(ApiHeaders.LogNext)));
        Assert.Null(head.Header(ApiHeaders.LogDropped));
        var rest = await server.GetAsync(path + "?offset=5");
        Assert.Equal(("tail\n", "5-12"), (rest.Body, rest.Header(ApiHeaders.LogDropped)));
        var whole = await server.GetAsync(path + "?whole=true");
        Assert.Equal(
            "head\n[chronos: 7 bytes were dropped here, offsets 5 to 12: the output is too large]\ntail\n", whole.Body);
        var events = await server.GetAsync(path + "?follow=true");
        Assert.Contains(
            """{"offset":12,"next":17,"text":"tail\n","dropped":7}""", events.Body, StringComparison.Ordinal);
        Assert.Equal("tail\n", (await server.GetAsync(path + "?tail=9")).Body);
    }

    [Theory]
    [InlineData("logs/stdout?offset=-1", 400)]
    [InlineData("logs/stdout?tail=-1", 400)]
    [InlineData("logs/stdout?limit=1048577", 400)]
    [InlineData("logs/stdout?offset=1&tail=1", 400)]
    [InlineData("logs/stdout?attempt=0", 400)]
    [InlineData("logs/stdlog", 404)]
    [InlineData("logs/..%2Fstdout", 404)]
    public async Task Read_BadRequest_IsRefused(string path, int status)
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a");
        var run = await server.RunAsync("a");

        Assert.Equal(status, (await server.GetAsync($"/v1/runs/{run.Id}/{path}")).Code);
    }

    [Fact]
    public async Task Read_AttemptThatNeverWas_Is404()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a");
        var run = await server.CompleteAsync("a");

        (await server.GetAsync($"/v1/runs/{run.Id}/logs/stdout?attempt=2")).Problem(404, ProblemTypes.NotFound);
    }

    [Fact]
    public async Task Follow_OutputThatGrows_GivesAllAndEnds()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a");
        var run = await server.RunAsync("a");
        server.Engine.Write(run.AttemptId, LogStream.Stdout, "one\r\n"u8.ToArray());

        var text = new StringBuilder();
        var parts = 0;
        await foreach (var part in server.Client.FollowLogAsync(run.Id.ToString(), new(), default))
        {
            text.Append(part.Text);
            if (++parts == 1) server.Engine.Write(run.AttemptId, LogStream.Stdout, "data: two\n\n"u8.ToArray());
            if (parts == 2) await server.ExitAsync(run);
        }

        Assert.Equal("one\r\ndata: two\n\n", text.ToString());
    }

    [Fact]
    public async Task Follow_CharacterInTwoWrites_IsNotTorn()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a");
        var run = await server.RunAsync("a");
        var euro = "€"u8.ToArray();
        server.Engine.Write(run.AttemptId, LogStream.Stdout, [(byte)'a', euro[0], euro[1]]);

        var parts = new List<LogEvent>();
        await foreach (var part in server.Client.FollowLogAsync(run.Id.ToString(), new(), default))
        {
            parts.Add(part);
            if (parts.Count == 1) server.Engine.Write(run.AttemptId, LogStream.Stdout, [euro[2], 0xff, 0xe2]);
            if (parts.Count == 2) await server.ExitAsync(run);
        }

        Assert.Equal("a€\uFFFD\uFFFD", string.Concat(parts.Select(p => p.Text)));
        Assert.Equal((0L, 1L), (parts[0].Offset, parts[0].Next));
        Assert.Equal(6, parts[^1].Next);
    }

    [Fact]
    public async Task Follow_WithLastEventId_GoesOnThere()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a");
        var run = await server.RunAsync("a");
        server.Engine.Write(run.AttemptId, LogStream.Stdout, "0123456789"u8.ToArray());
        await server.ExitAsync(run);

        var answer = await server.GetAsync(
            $"/v1/runs/{run.Id}/logs/stdout", ("Accept", "text/event-stream"), ("Last-Event-ID", "4"));

        Assert.Equal("text/event-stream", answer.Header("Content-Type"));
        Assert.Equal(
            "id: 10\nevent: log\ndata: {\"offset\":4,\"next\":10,\"text\":\"456789\"}\n\n"
            + "event: end\ndata: {\"size\":10}\n\n",
            answer.Body);
    }

    [Fact]
    public async Task Follow_RunThatWaits_WaitsWithIt()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a", ",\"concurrency\":\"queue\"");
        var first = await server.RunAsync("a");
        var waiting = await server.Client.StartRunAsync("a", new(), null, default);
        Assert.Equal("queued", waiting.Run.State);

        var following = server.GetAsync($"/v1/runs/{waiting.Run.Id}/logs/stdout?follow=true");
        var peek = await server.GetAsync($"/v1/runs/{waiting.Run.Id}/logs/stdout");
        await server.ExitAsync(first);
        await server.WhenAsync(() => server.Node.Jobs.Find("a")!.State.ActiveRuns
            is [{ State: Core.Runs.RunState.Running }]);
        var run = server.Node.Jobs.Find("a")!.State.ActiveRuns[0];
        server.Engine.Write(run.AttemptId, LogStream.Stdout, "mine"u8.ToArray());
        await server.ExitAsync(run);

        Assert.Equal(("", "false"), (peek.Body, peek.Header(ApiHeaders.LogComplete)));
        Assert.Contains("\"text\":\"mine\"", (await following).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Follow_ServerStops_EndsTheStream()
    {
        var server = await TestServer.StartAsync();
        await server.CreateAsync("a");
        var run = await server.RunAsync("a");
        server.Engine.Write(run.AttemptId, LogStream.Stdout, "x"u8.ToArray());

        var parts = 0;
        Task? stopping = null;
        await foreach (var part in server.Client.FollowLogAsync(run.Id.ToString(), new(), default))
        {
            parts++;
            stopping ??= server.App.StopAsync();
        }

        await stopping!.WaitAsync(TestServer.Patience);
        await server.DisposeAsync();
        Assert.Equal(1, parts);
    }
}
