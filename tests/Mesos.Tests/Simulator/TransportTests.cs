using System.Net;
using System.Net.Sockets;
using System.Text;
using Chronos.Mesos.Protocol;
using Chronos.Mesos.Protocol.Scheduler;
using Chronos.MesosSimulator;
using Chronos.Testing;
using Google.Protobuf;
using Xunit;

namespace Mesos.Tests.Simulator;

/// <summary>Transport and validation: what a master answers before it looks anything up.</summary>
public sealed class TransportTests : IAsyncLifetime
{
    private const string Subscribe = """
        {"type":"SUBSCRIBE","subscribe":{"framework_info":
        {"user":"root","name":"n","roles":["r"],"capabilities":[{"type":"MULTI_ROLE"}]}}}
        """;

    private SimulatedCluster cluster = null!; // set before each test

    private Uri Scheduler => RawHttp.At(cluster, RawHttp.SchedulerPath);

    public async ValueTask InitializeAsync() => cluster = await SimulatedCluster.StartAsync(new() { TimeScale = 100 });

    public ValueTask DisposeAsync() => cluster.DisposeAsync();

    [Theory]
    [InlineData("/api/v1/scheduler")]
    [InlineData("/master/api/v1/scheduler")]
    [InlineData("/api/v1/scheduler/")]
    public async Task Post_EitherPath_IsTheSameEndpoint(string path)
    {
        var answer = await RawHttp.PostAsync(RawHttp.At(cluster, path), """{"framework_id":{"value":"f"}}""");

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal("Failed to validate scheduler::Call: Expecting 'type' to be present", answer.Body);
    }

    [Fact]
    public async Task Get_IsNotAllowed()
    {
        var answer = await RawHttp.GetAsync(Scheduler);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.Status);
        Assert.Equal("POST", answer.Headers["Allow"]);
    }

    [Theory]
    [InlineData(null, HttpStatusCode.BadRequest)]
    [InlineData("application/json; charset=utf-8", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("text/plain", HttpStatusCode.UnsupportedMediaType)]
    public async Task ContentType_NotExact_IsRefused(string? contentType, HttpStatusCode status) =>
        Assert.Equal(status, (await RawHttp.PostAsync(Scheduler, Subscribe, contentType)).Status);

    [Theory]
    [InlineData("{not json", "application/json", "Failed to parse body into JSON")]
    [InlineData("""{"type":"SUBSCRIBE"} x""", "application/json", "Failed to parse body into JSON")]
    [InlineData("""{"type":"SUBSCRIBE","subscribe":{"framework_info":{"name":"n"}}}""", "application/json",
        "Failed to convert JSON into Call protobuf: Missing required fields: ")]
    [InlineData("\u001a\u0002\n\0", "application/x-protobuf", "Failed to parse body into Call protobuf")]
    [InlineData("""{"type":1}""", "application/json", "Failed to convert JSON")]
    public async Task Body_Broken_IsRefused(string body, string contentType, string text)
    {
        var answer = await RawHttp.PostAsync(Scheduler, body, contentType);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.StartsWith(text, answer.Body);
    }

    [Theory]
    [InlineData("{}", "Expecting 'type' to be present")]
    [InlineData("""{"type":"FROM_THE_FUTURE","framework_id":{"value":"f"}}""", "Expecting 'type' to be present")]
    [InlineData("""{"type":"KILL","kill":{"task_id":{"value":"t"}}}""", "Expecting 'framework_id' to be present")]
    [InlineData("""{"type":"SUBSCRIBE"}""", "Expecting 'subscribe' to be present")]
    public async Task Call_Malformed_IsRefused(string body, string text)
    {
        var answer = await RawHttp.PostAsync(Scheduler, body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal("Failed to validate scheduler::Call: " + text, answer.Body);
    }

    [Theory]
    [InlineData("ACCEPT")]
    [InlineData("DECLINE")]
    [InlineData("KILL")]
    [InlineData("ACKNOWLEDGE")]
    [InlineData("RECONCILE")]
    [InlineData("MESSAGE")]
    [InlineData("SHUTDOWN")]
    [InlineData("REQUEST")]
    public async Task Call_WithoutItsPart_IsRefused(string type)
    {
        var answer = await RawHttp.PostAsync(Scheduler, $$$"""{"type":"{{{type}}}","framework_id":{"value":"f"}}""");

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(
            $"Failed to validate scheduler::Call: Expecting '{type.ToLowerInvariant()}' to be present", answer.Body);
    }

    [Theory]
    [InlineData(Call.Types.Type.Revive)]
    [InlineData(Call.Types.Type.Suppress)]
    [InlineData(Call.Types.Type.Teardown)]
    public async Task Call_ThatNeedsNoPart_IsAccepted(Call.Types.Type type)
    {
        await using var scheduler = await TestScheduler.SubscribeAsync(cluster);

        Assert.Equal((HttpStatusCode.Accepted, ""), await scheduler.TryCallAsync(new() { Type = type }));
    }

    [Fact]
    public async Task Subscribe_IdsDiffer_IsRefused()
    {
        var body = Subscribe.Replace(
            "\"type\":\"SUBSCRIBE\",", "\"type\":\"SUBSCRIBE\",\"framework_id\":{\"value\":\"f\"},");

        Assert.Equal(HttpStatusCode.BadRequest, (await RawHttp.PostAsync(Scheduler, body)).Status);
    }

    [Fact]
    public async Task Acknowledge_UuidOfFifteenBytes_IsRefused()
    {
        await using var scheduler = await TestScheduler.SubscribeAsync(cluster);

        var (status, text) = await scheduler.TryCallAsync(new()
        {
            Type = Call.Types.Type.Acknowledge,
            Acknowledge = new()
            {
                AgentId = new() { Value = "a" },
                TaskId = new() { Value = "t" },
                Uuid = ByteString.CopyFrom(new byte[15]),
            },
        });

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("Not a valid UUID", text);
    }

    [Fact]
    public async Task Json_UnknownFieldsAndWords_AreLeftOut()
    {
        var body = Subscribe.Replace("\"MULTI_ROLE\"", "\"MULTI_ROLE\",\"speed\":9},{\"type\":\"FLYING\"");

        Assert.Equal(HttpStatusCode.OK, (await RawHttp.PostAsync(Scheduler, body)).Status);
    }

    [Fact]
    public async Task Json_UnknownWordWhereOneIsRequired_IsRefused()
    {
        var answer = await RawHttp.PostAsync(Scheduler, """
            {"type":"REQUEST","framework_id":{"value":"f"},"request":{"requests":
            [{"resources":[{"name":"cpus","type":"MANY"}]}]}}
            """);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
    }

    [Theory]
    [InlineData("text/html", null)]
    [InlineData(null, "application/json")]
    [InlineData("*/*", "application/json")]
    [InlineData("application/x-protobuf", "application/x-protobuf")]
    [InlineData("application/x-protobuf, application/json", "application/json")]
    public async Task Accept_IsNegotiated(string? accept, string? mediaType)
    {
        var answer = await RawHttp.PostAsync(Scheduler, Subscribe, accept: accept);

        Assert.Equal(mediaType is null ? HttpStatusCode.NotAcceptable : HttpStatusCode.OK, answer.Status);
        if (mediaType is not null) Assert.Equal(mediaType, answer.Headers["Content-Type"]);
    }

    [Fact]
    public async Task Subscribe_WithStreamId_IsRefused() => Assert.Equal(
        HttpStatusCode.BadRequest,
        (await RawHttp.PostAsync(Scheduler, Subscribe, headers: ("Mesos-Stream-Id", "x"))).Status);

    [Fact]
    public async Task Call_StreamIdMissingOrWrong_IsRefused()
    {
        await using var scheduler = await TestScheduler.SubscribeAsync(cluster);
        var body = $$$"""{"type":"REVIVE","framework_id":{"value":"{{{scheduler.FrameworkId}}}"}}""";

        var missing = await RawHttp.PostAsync(Scheduler, body);
        var wrong = await RawHttp.PostAsync(Scheduler, body, headers: ("Mesos-Stream-Id", "wrong"));

        Assert.Equal(HttpStatusCode.BadRequest, missing.Status);
        Assert.Equal("All non-subscribe calls should include the 'Mesos-Stream-Id' header", missing.Body);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.Status);
        Assert.StartsWith("The stream ID 'wrong' included in this request didn't match the stream ID", wrong.Body);
        Assert.Equal(
            HttpStatusCode.Accepted,
            (await RawHttp.PostAsync(Scheduler, body, headers: ("Mesos-Stream-Id", scheduler.StreamId))).Status);
    }

    [Fact]
    public async Task Call_UnknownFramework_IsRefused()
    {
        var answer = await RawHttp.PostAsync(Scheduler, """{"type":"REVIVE","framework_id":{"value":"never"}}""");

        Assert.Equal((HttpStatusCode.BadRequest, "Framework cannot be found"), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task Call_StreamWasCut_IsForbidden()
    {
        await using var scheduler = await TestScheduler.SubscribeAsync(cluster);
        cluster.Faults.CutStreams();
        await scheduler.Ended;
        await Wait.UntilAsync(() => cluster.Faults.OpenStreams == 0);

        var (status, text) = await scheduler.TryCallAsync(new() { Type = Call.Types.Type.Revive });

        Assert.Equal((HttpStatusCode.Forbidden, "Framework is not subscribed"), (status, text));
    }

    [Fact]
    public async Task Recovering_IsUnavailable()
    {
        cluster.Faults.IsUnavailable = true;

        var answer = await RawHttp.PostAsync(Scheduler, Subscribe);

        Assert.Equal(
            (HttpStatusCode.ServiceUnavailable, "Master has not finished recovery"), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task Pipelined_BehindASubscription_IsNeverAnswered()
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", cluster.Masters[0].Address.Port);
        await using var stream = client.GetStream();
        var body = Subscribe.Trim();
        var request = $"POST /api/v1/scheduler HTTP/1.1\r\nHost: m\r\nContent-Type: application/json\r\n"
            + $"Content-Length: {body.Length}\r\n\r\n{body}";

        await stream.WriteAsync(Encoding.ASCII.GetBytes(request + "GET /health HTTP/1.1\r\nHost: m\r\n\r\n"));

        using var reading = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
        var received = new StringBuilder();
        var bytes = new byte[4096];
        try
        {
            while (true)
            {
                var count = await stream.ReadAsync(bytes, reading.Token);
                received.Append(Encoding.ASCII.GetString(bytes, 0, count));
            }
        }
        catch (OperationCanceledException)
        {
            Assert.Equal(2, received.ToString().Split("HTTP/1.1 ").Length);
        }
    }
}
