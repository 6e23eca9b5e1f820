using System.Net.Http.Headers;
using System.Text;
using Chronos.Api;
using Chronos.Server.Auth;
using Chronos.Server.Hosting;
using Chronos.Server.Tests.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Xunit;

namespace Chronos.Server.Tests.Native;

public sealed class AccessTests
{
    private static readonly ServerOptions Guarded = new()
    {
        HttpCredentials = "root:pass:word",
        HttpRealm = "My \"realm\"",
        Users =
        [
            new() { Name = "vera", PasswordHash = PasswordHash.OfPassword("v", 1000), Role = Role.Viewer },
            new() { Name = "otto", PasswordHash = PasswordHash.OfPassword("o", 1000), Role = Role.Operator },
        ],
        Tokens = [new() { Name = "ci", TokenHash = PasswordHash.OfToken("t0ken"), Role = Role.Admin }],
    };

    [Fact]
    public async Task Endpoints_All_SayWhichRoleTheyNeed()
    {
        await using var server = await TestServer.StartAsync();

        var without = server.Endpoints.Where(e => e.Metadata.GetMetadata<RequiredRole>() is null)
            .Select(e => e.RoutePattern.RawText);

        Assert.Empty(without);
    }

    /// <summary>Walks every endpoint with every role. A change must need more than reading, and a definition more than
    /// running; whoever lacks the role is told so before anything else is looked at.</summary>
    [Fact]
    public async Task Endpoints_Each_LetInWhoeverHasTheRole()
    {
        await using var server = await TestServer.StartAsync(Guarded);
        (Role Role, string? Header)[] callers =
        [
            (Role.None, null), (Role.Viewer, Basic("vera", "v")), (Role.Operator, Basic("otto", "o")),
            (Role.Admin, "Bearer t0ken"),
        ];

        var failures = new List<string>();
        foreach (var (method, path, needed) in Requests(server))
            foreach (var (role, header) in callers)
            {
                if (role >= needed && IsStream(path)) continue;
                using var request = new HttpRequestMessage(new(method), path);
                if (header is not null) request.Headers.TryAddWithoutValidation("Authorization", header);
                using var response = await server.Http.SendAsync(request);
                var status = (int)response.StatusCode;
                var expected = role >= needed ? "in" : role == Role.None ? "401" : "403";
                var actual = status is 401 or 403 ? $"{status}" : "in";
                if (actual != expected) failures.Add($"{method} {path} as {role}: {status}, not {expected}");
            }

        Assert.Empty(failures);
    }

    [Theory]
    [InlineData("GET", "/v1/jobs", Role.Viewer)]
    [InlineData("GET", "/v1/runs/{id}/logs/{stream}", Role.Viewer)]
    [InlineData("GET", "/openapi.json", Role.Viewer)]
    [InlineData("POST", "/v1/jobs/{name}/runs", Role.Operator)]
    [InlineData("POST", "/v1/runs/{id}/kill", Role.Operator)]
    [InlineData("POST", "/v1/jobs/{name}/enable", Role.Operator)]
    [InlineData("POST", "/v1/jobs:disable", Role.Operator)]
    [InlineData("PUT", "/v1/jobs/{name}", Role.Admin)]
    [InlineData("PATCH", "/v1/jobs/{name}", Role.Admin)]
    [InlineData("DELETE", "/v1/jobs/{name}", Role.Admin)]
    [InlineData("POST", "/v1/jobs:bulk", Role.Admin)]
    [InlineData("POST", "/v1/jobs:delete", Role.Admin)]
    [InlineData("GET", "/health/live", Role.None)]
    public async Task Endpoint_ThatDoesThis_NeedsTheRole(string method, string pattern, Role role)
    {
        await using var server = await TestServer.StartAsync();

        var endpoint = server.Endpoints.Single(e => e.RoutePattern.RawText == pattern
            && e.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Contains(method));

        Assert.Equal(role, endpoint.Metadata.GetMetadata<RequiredRole>()!.Role);
    }

    [Theory]
    [InlineData("Basic", "root", "pass:word", 200)]
    [InlineData("Basic", "root", "pass", 401)]
    [InlineData("Basic", "Root", "pass:word", 401)]
    [InlineData("Basic", "vera", "v", 200)]
    [InlineData("Basic", "vera", "w", 401)]
    [InlineData("Basic", "nobody", "v", 401)]
    [InlineData("Basic", "ci", "t0ken", 401)]
    [InlineData("Digest", "vera", "v", 401)]
    public async Task Password_RightOrWrong_IsTold(string scheme, string user, string password, int status)
    {
        await using var server = await TestServer.StartAsync(Guarded);
        var header = Basic(user, password).Replace("Basic", scheme, StringComparison.Ordinal);

        for (var i = 0; i < 2; i++)
            Assert.Equal(status, (await server.GetAsync("/v1/jobs", ("Authorization", header))).Code);
    }

    [Theory]
    [InlineData("Bearer t0ken", 200)]
    [InlineData("bearer t0ken", 200)]
    [InlineData("Bearer t0ke", 401)]
    [InlineData("Bearer ", 401)]
    [InlineData("Bearer", 401)]
    [InlineData("Basic !!!", 401)]
    [InlineData("Basic bm9jb2xvbg==", 401)]
    [InlineData("nonsense", 401)]
    public async Task Header_OfAnyForm_IsJudged(string header, int status)
    {
        await using var server = await TestServer.StartAsync(Guarded);

        Assert.Equal(status, (await server.GetAsync("/v1/jobs", ("Authorization", header))).Code);
    }

    [Fact]
    public async Task Stranger_Challenge_NamesTheRealmAndNothingElse()
    {
        await using var server = await TestServer.StartAsync(Guarded);

        var answer = await server.GetAsync("/v1/jobs/a");
        var nowhere = await server.GetAsync("/v1/nowhere");
        var method = await server.SendAsync("DELETE", "/v1/info", null);

        answer.Problem(401, ProblemTypes.Unauthenticated);
        Assert.Equal("Basic realm=\"My \\\"realm\\\"\", charset=\"UTF-8\"", answer.Header("WWW-Authenticate"));
        Assert.Equal((401, 401), (nowhere.Code, method.Code));
        Assert.Equal(200, (await server.GetAsync("/health/ready")).Code);
    }

    [Fact]
    public async Task Caller_WithTooLittle_Is403ThatNamesTheRole()
    {
        await using var server = await TestServer.StartAsync(Guarded);

        var problem = (await server.PutAsync("/v1/jobs/a", "{}", ("Authorization", Basic("otto", "o"))))
            .Problem(403, ProblemTypes.Forbidden);

        Assert.Equal("'otto' has the role operator; this needs admin.", problem["detail"]!.GetValue<string>());
    }

    [Fact]
    public async Task Change_ByATokenOrUser_IsInTheAuditLog()
    {
        await using var server = await TestServer.StartAsync(Guarded);
        server.Client.UseToken("t0ken");
        await server.CreateAsync("a");
        server.Client.UseBasic("otto", "o");
        await server.Client.DisableJobAsync("a", null, default);

        var audit = await server.Client.ListAuditAsync(null, null, null, default);

        Assert.Equal(["otto", "ci"], audit.Items.Select(e => e.By));
        Assert.Equal("Disabled by otto.", audit.Items[0].Detail);
    }

    private static IEnumerable<(string Method, string Path, Role Needed)> Requests(TestServer server) =>
        from endpoint in server.Endpoints
        let role = endpoint.Metadata.GetMetadata<RequiredRole>()!.Role
        from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]
        where method is "GET" or "PUT" or "POST" or "DELETE" or "PATCH"
        select (method, PathOf(endpoint), role);

    private static string PathOf(RouteEndpoint endpoint) => "/" + string.Join('/', endpoint.RoutePattern.PathSegments
        .Select(segment => string.Concat(segment.Parts.Select(part => part switch
        {
            RoutePatternLiteralPart literal => literal.Content,
            RoutePatternSeparatorPart separator => separator.Content,
            RoutePatternParameterPart { ParameterPolicies.Count: > 0 } => "1", // a number, or the route does not match
            _ => "x",
        }))));

    // What goes between nodes asks for a key as well; see NodeTests.
    private static bool IsStream(string path) => path is Routes.Events or Routes.Replication;

    private static string Basic(string user, string password) =>
        new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")))
            .ToString();
}
