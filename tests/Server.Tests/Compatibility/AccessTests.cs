using Chronos.Server.Auth;
using Xunit;

namespace Chronos.Server.Tests.Compatibility;

public sealed class AccessTests
{
    [Fact]
    public async Task Endpoints_All_SayWhichRoleTheyNeed()
    {
        await using var server = await CompatibleServer.StartAsync();

        Assert.NotEmpty(server.Endpoints);
        Assert.All(server.Endpoints, e => Assert.NotNull(e.Metadata.GetMetadata<RequiredRole>()));
    }

    [Theory]
    [InlineData("/v1/scheduler/jobs", "GET", Role.Viewer)]
    [InlineData("/v1/scheduler/job/{job}", "PUT", Role.Operator)]
    [InlineData("/scheduler/task/kill/{job}", "DELETE", Role.Operator)]
    [InlineData("/scheduler/task/{**task}", "PUT", Role.Operator)]
    [InlineData("/scheduler/job/{job}", "DELETE", Role.Admin)]
    [InlineData("/scheduler/iso8601", "POST", Role.Admin)]
    [InlineData("/scheduler/dependency", "PUT", Role.Admin)]
    [InlineData("/api/jobs/forcerun", "POST", Role.Admin)]
    [InlineData("/logging", "POST", Role.Admin)]
    public async Task Endpoint_ThatDoesThis_NeedsTheRole(string pattern, string method, Role role)
    {
        await using var server = await CompatibleServer.StartAsync();

        var endpoint = server.Endpoints.Single(e => e.RoutePattern.RawText == pattern
            && e.Metadata.GetMetadata<Microsoft.AspNetCore.Routing.HttpMethodMetadata>()!.HttpMethods.Contains(method));

        Assert.Equal(role, endpoint.Metadata.GetMetadata<RequiredRole>()!.Role);
    }

    [Fact]
    public async Task Node_ThatDoesNotDecide_Is503InTheFormOfTheApi()
    {
        await using var server = await CompatibleServer.StartAsync();
        await server.CreateAsync("a");
        await server.StopNodeAsync();

        var start = await server.SendAsync("PUT", "/scheduler/job/a");
        var read = await server.GetAsync("/scheduler/job/a");

        Assert.Equal(503, start.Status);
        Assert.Contains("\"status\":\"Service Unavailable\"", start.Body, StringComparison.Ordinal);
        Assert.NotNull(start.Header("Retry-After"));
        Assert.Equal(200, read.Status);
    }
}
