using System.Net;
using System.Net.Sockets;
using System.Text;
using Chronos.Api;
using Chronos.Server.Tests.Hosting;
using Xunit;

namespace Chronos.Server.Tests.Native;

public sealed class ProblemTests
{
    [Theory]
    [InlineData("/v1/nothing")]
    [InlineData("/v1/jobs/a/nothing")]
    [InlineData("/v1/")]
    [InlineData("/nothing")]
    public async Task Path_Unknown_Is404(string path)
    {
        await using var server = await TestServer.StartAsync();

        (await server.GetAsync(path)).Problem(404, ProblemTypes.NotFound);
    }

    [Theory]
    [InlineData("POST", "/v1/jobs", "GET")]
    [InlineData("DELETE", "/v1/runs", "GET")]
    [InlineData("GET", "/v1/jobs:bulk", "POST")]
    [InlineData("PUT", "/v1/info", "GET")]
    public async Task Method_NotThere_Is405WithAllow(string method, string path, string allow)
    {
        await using var server = await TestServer.StartAsync();

        var answer = await server.SendAsync(method, path, method == "GET" ? null : "{}");

        answer.Problem(405, ProblemTypes.MethodNotAllowed);
        Assert.Contains(allow, answer.Header("Allow")!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "Line 1")]
    [InlineData("{\n  \"name\": \"a\",\n  \"command\": }", "Line 3, column 14: ")]
    [InlineData("{\"name\":\"a\"} x", "Line 1, column 14: There is")]
    [InlineData("{\"name\":\"a\",}", "Line 1, column 13: There is a comma before '}'. Remove the comma.")]
    [InlineData("{\"name\":\"ä\",\n \"name\":\"b\"}", "Line 2, column 2: The field 'name' is given more than once")]
    [InlineData("{\"name\":'a'}", "Line 1, column 9: Texts and names are in double quotes.")]
    [InlineData("{\"name\":\"ä\" \"b\":1}", "Line 1, column 13: '\"' is not expected here.")]
    [InlineData("{\"name\":\"a\"", "Line 1, column 12: It ends too early")]
    [InlineData("{\"name\":\"a\nb\"}", "U+000A, which must be escaped")]
    [InlineData("# a", "Comments are no part of JSON")]
    [InlineData("nonsense", "Line 1, column 2: ")]
    [InlineData("{\"name\":\"\\ud800\"}", "")]
    public async Task Body_Malformed_Is400WithThePlace(string body, string place)
    {
        await using var server = await TestServer.StartAsync();

        var answer = await server.PutAsync("/v1/jobs/a", body);

        Assert.Equal(400, answer.Code);
        Assert.Equal("application/problem+json", answer.Header("Content-Type"));
        Assert.Contains(place, answer.Json["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.DoesNotContain("LineNumber", answer.Body, StringComparison.Ordinal);
        var compatible = await server.PostAsync("/v1/scheduler/iso8601", body);
        Assert.Equal(400, compatible.Code);
        Assert.DoesNotContain("LineNumber", compatible.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Body_NoUtf8OrTooDeep_Is400()
    {
        await using var server = await TestServer.StartAsync();
        using var bytes = new HttpRequestMessage(HttpMethod.Put, "/v1/jobs/a")
        {
            Content = new ByteArrayContent([.. "{\""u8, 0xff, 0xfe, .. "\":1}"u8]),
        };
        bytes.Content.Headers.ContentType = new("application/json");

        Assert.Equal(400, (await server.SendAsync(bytes)).Code);
        (await server.PutAsync("/v1/jobs/a", new string('[', 100_000))).Problem(400, ProblemTypes.MalformedJson);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/xml")]
    [InlineData("nonsense")]
    public async Task Body_OtherType_Is415(string type)
    {
        await using var server = await TestServer.StartAsync();

        foreach (var (method, path) in new[]
        {
            ("PUT", "/v1/jobs/a"), ("PATCH", "/v1/jobs/a"), ("POST", "/v1/jobs:bulk"), ("POST", "/v1/jobs:run"),
            ("POST", "/v1/schedule:preview"), ("POST", "/v1/jobs/a/runs"), ("POST", "/v1/jobs/a/disable"),
        })
            (await server.SendAsync(method, path, "{}", ("Content-Type", type)))
                .Problem(415, ProblemTypes.UnsupportedMediaType);
    }

    [Fact]
    public async Task Body_LargerThanTheLimit_Is413()
    {
        await using var server = await TestServer.StartAsync(new() { RequestBodyBytesMax = 4096 });

        var problem = (await server.PutAsync("/v1/jobs/a", $$"""{"name":"{{new string('x', 5000)}}"}"""))
            .Problem(413, ProblemTypes.TooLarge);

        Assert.Contains("4096", problem["detail"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Body_TenMegabyteJob_IsRefusedByItsFields()
    {
        await using var server = await TestServer.StartAsync();

        var answer = await server.PutAsync(
            "/v1/jobs/a", $$"""{"name":"a","command":"{{new string('x', 10_000_000)}}"}""");

        var problem = answer.Problem(400, ProblemTypes.Invalid);
        Assert.Equal("command", problem["violations"]![0]!["field"]!.GetValue<string>());
        Assert.True(answer.Body.Length < 4096);
    }

    [Fact]
    public async Task Node_Stopped_Is503WithRetryAfter()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a");
        await server.StopNodeAsync();

        var answer = await server.PostAsync("/v1/jobs/a/runs");

        answer.Problem(503, ProblemTypes.Unavailable);
        Assert.Equal("2", answer.Header("Retry-After"));
        (await server.GetAsync("/v1/jobs/a")).Problem(503, ProblemTypes.Unavailable); // another may lead, and know more
        Assert.Equal(200, (await server.GetAsync("/v1/health")).Code);
    }

    [Fact]
    public async Task Fault_InTheServer_Is500WithoutItsText()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a");
        server.Engine.Fault = new InvalidOperationException("secret path /etc");
        var run = await server.RunAsync("a");

        var answer = await server.GetAsync($"/v1/runs/{run.Id}/logs/stdout");

        var problem = answer.Problem(500, ProblemTypes.Server);
        Assert.DoesNotContain("/etc", answer.Body, StringComparison.Ordinal);
        Assert.NotEqual("", problem["traceId"]!.GetValue<string>());
        Assert.Equal("nosniff", answer.Header("X-Content-Type-Options"));
    }

    [Theory]
    [InlineData("GET /v1/jobs HTTP/1.1\r\nHost: localhost\r\nX: " + "{long}" + "\r\n\r\n", "431")]
    [InlineData("GARBAGE\r\n\r\n", "400")]
    [InlineData("GET /v1/jobs HTTP/1.1\r\n\r\n", "400")]
    public async Task Request_ThatIsNoHttp_IsRefused(string request, string status)
    {
        await using var server = await TestServer.StartAsync();
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, server.Http.BaseAddress!.Port);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            request.Replace("{long}", new string('x', 40_000), StringComparison.Ordinal)));

        using var reader = new StreamReader(stream);
        var line = await reader.ReadLineAsync().WaitAsync(TestServer.Patience);

        Assert.StartsWith($"HTTP/1.1 {status}", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_Refused_ThrowsTheProblem()
    {
        await using var server = await TestServer.StartAsync();

        var e = await Assert.ThrowsAsync<ChronosApiException>(() => server.Client.GetJobAsync("x", default));

        Assert.Equal(HttpStatusCode.NotFound, e.Status);
        Assert.Equal(ProblemTypes.NotFound, e.Problem.Type);
        Assert.Contains("'x'", e.Message, StringComparison.Ordinal);
    }
}
