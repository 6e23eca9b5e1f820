using Chronos.Api;
using Chronos.Server.Hosting;
using Chronos.Server.Tests.Hosting;
using Xunit;

namespace Chronos.Server.Tests.Native;

public sealed class SiteTests
{
    [Theory]
    [InlineData("localhost", 200)]
    [InlineData("localhost:{port}", 200)]
    [InlineData("127.0.0.1:{port}", 200)]
    [InlineData("[::1]:{port}", 200)]
    [InlineData("LOCALHOST", 200)]
    [InlineData("proxy.example", 200)]
    [InlineData("evil.example", 421)]
    [InlineData("localhost.evil.example", 421)]
    [InlineData("10.0.0.1", 421)]
    public async Task Host_OnLoopbackWithoutCredentials_MustBeKnown(string host, int status)
    {
        await using var server = await TestServer.StartAsync(new() { AllowedHosts = ["proxy.example"] });

        var answer = await server.GetAsync(
            "/v1/jobs", ("Host", host.Replace("{port}", Port(server), StringComparison.Ordinal)));

        Assert.Equal(status, answer.Code);
        if (status == 421) answer.Problem(421, ProblemTypes.UnknownHost);
    }

    [Theory]
    [InlineData("Origin", "http://evil.example", 403)]
    [InlineData("Origin", "http://127.0.0.1:1", 403)]
    [InlineData("Origin", "null", 403)]
    [InlineData("Origin", "http://127.0.0.1:{port}", 201)]
    [InlineData("Sec-Fetch-Site", "cross-site", 403)]
    [InlineData("Sec-Fetch-Site", "same-site", 403)]
    [InlineData("Sec-Fetch-Site", "same-origin", 201)]
    public async Task Change_FromAnotherSitesPage_Is403(string header, string value, int status)
    {
        await using var server = await TestServer.StartAsync();

        var answer = await server.PutAsync(
            "/v1/jobs/a", """{"name":"a","command":"x"}""",
            (header, value.Replace("{port}", Port(server), StringComparison.Ordinal)));

        Assert.Equal(status, answer.Code);
        if (status == 403) answer.Problem(403, ProblemTypes.CrossSite);
    }

    [Theory]
    [InlineData("/v1/jobs")]
    [InlineData("/v1/nothing")]
    [InlineData("/docs/index.html")]
    [InlineData("/")]
    public async Task Answers_All_CarryStrictHeaders(string path)
    {
        await using var server = await TestServer.StartAsync();

        var answer = await server.GetAsync(path);

        var policy = answer.Header("Content-Security-Policy")!;
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("script-src 'self' '", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", answer.Header("X-Content-Type-Options"));
        Assert.Equal("no-referrer", answer.Header("Referrer-Policy"));
        Assert.Null(answer.Header("Server"));
    }

    private static string Port(TestServer server) => server.Http.BaseAddress!.Port.ToString();
}
