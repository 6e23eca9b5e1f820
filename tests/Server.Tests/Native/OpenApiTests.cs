using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Chronos.Api;
using Chronos.Server.Tests.Hosting;
using Microsoft.AspNetCore.Routing;
using Xunit;

namespace Chronos.Server.Tests.Native;

public sealed partial class OpenApiTests
{
    [Fact]
    public async Task Document_Paths_AreThoseThatAreMapped()
    {
        await using var server = await TestServer.StartAsync();
        var document = (await server.GetAsync("/openapi.json")).Json;

        var described = document["paths"]!.AsObject()
            .SelectMany(path => path.Value!.AsObject().Select(o => $"{o.Key.ToUpperInvariant()} {path.Key}"))
            .ToHashSet();
        var mapped = server.Endpoints
            .Where(e => Described().IsMatch(e.RoutePattern.RawText!))
            .Where(e => e.RoutePattern.RawText != Routes.Replication) // between nodes, and no interface
            .SelectMany(e => e.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
                .Where(m => m is not ("HEAD" or "OPTIONS"))
                .Select(m => $"{m} {Decoration().Replace(e.RoutePattern.RawText!, "{$1}")}"));

        Assert.Equal("3.1.1", document["openapi"]!.GetValue<string>());
        Assert.Empty(mapped.Except(described));
    }

    [Fact]
    public async Task Document_References_LeadSomewhere()
    {
        await using var server = await TestServer.StartAsync();
        var answer = await server.GetAsync("/openapi.json");

        var references = Reference().Matches(answer.Body).Select(m => m.Groups[1].Value).Distinct().ToList();

        Assert.NotEmpty(references);
        Assert.All(references, r => Assert.NotNull(Follow(answer.Json, r)));
    }

    [Fact]
    public async Task Document_Operations_AreWholeAndNamedOnce()
    {
        await using var server = await TestServer.StartAsync();
        var document = (await server.GetAsync("/openapi.json")).Json;

        var operations = document["paths"]!.AsObject()
            .Where(path => path.Key.StartsWith("/v1/", StringComparison.Ordinal)
                && !path.Key.StartsWith("/v1/scheduler", StringComparison.Ordinal))
            .SelectMany(path => path.Value!.AsObject().Select(o => (path.Key, Operation: o.Value!.AsObject())))
            .ToList();

        Assert.All(operations, o => Assert.NotNull(o.Operation["summary"]));
        Assert.All(operations, o => Assert.Contains(
            "Role: ", o.Operation["description"]!.GetValue<string>(), StringComparison.Ordinal));
        Assert.All(operations, o => Assert.Contains(
            o.Operation["responses"]!.AsObject(), r => r.Key[0] == '2'));
        Assert.All(operations, o => Assert.NotNull(o.Operation["responses"]!["401"]));
        var names = operations.Select(o => o.Operation["operationId"]!.GetValue<string>()).ToList();
        Assert.Equal(names.Distinct().Count(), names.Count);
    }

    [Fact]
    public async Task Document_Answers_SayWhatIsAlwaysThere()
    {
        await using var server = await TestServer.StartAsync();
        var schemas = (await server.GetAsync("/openapi.json")).Json["components"]!["schemas"]!;
        string[] Required(string name) =>
            [.. (schemas[name]!["required"]?.AsArray() ?? []).Select(field => field!.GetValue<string>())];

        Assert.Contains("attempts", Required("RunDocument"));
        Assert.DoesNotContain("startedAt", Required("RunDocument"));
        Assert.DoesNotContain("exitCode", Required("AttemptDocument"));
        Assert.Contains("items", Required("RunPage"));
        Assert.DoesNotContain("next", Required("RunPage"));
        Assert.Empty(Required("BulkActionRequest"));
        Assert.Empty(Required("BulkFilter"));
    }

    [Fact]
    public async Task Document_PathParameters_AreDeclared()
    {
        await using var server = await TestServer.StartAsync();
        var document = (await server.GetAsync("/openapi.json")).Json;

        foreach (var (path, item) in document["paths"]!.AsObject())
            foreach (var (_, operation) in item!.AsObject())
            {
                var declared = (operation!["parameters"]?.AsArray() ?? [])
                    .Where(p => p!["in"]?.GetValue<string>() == "path")
                    .Select(p => p!["name"]!.GetValue<string>());
                Assert.Equal(
                    Placeholder().Matches(path).Select(m => m.Groups[1].Value).Order(), declared.Order());
            }
    }

    [Fact]
    public async Task Document_Types_AreThoseOnTheWire()
    {
        await using var server = await TestServer.StartAsync();
        var answer = await server.GetAsync("/openapi.json");
        var run = answer.Json["components"]!["schemas"]!["RunDocument"]!["properties"]!;

        Assert.Equal("string", run["nominal"]!["type"]!.GetValue<string>());
        Assert.Equal("date-time", run["endedAt"]!["format"]!.GetValue<string>());
        Assert.Equal("integer", run["attempt"]!["type"]!.GetValue<string>());
        Assert.Equal("The due time.", run["nominal"]!["description"]!.GetValue<string>());
        Assert.InRange(answer.Body.Length, 50_000, 400_000);
    }

    [Fact]
    public async Task Document_Job_TellsItsFieldsAndTheStatesOfRuns()
    {
        await using var server = await TestServer.StartAsync();
        var schemas = (await server.GetAsync("/openapi.json")).Json["components"]!["schemas"]!;

        Assert.NotNull(schemas["JobDefinition"]!["properties"]!["schedule"]);
        Assert.NotNull(schemas["JobStatusEnvelope"]!["properties"]!["status"]);
        Assert.Contains(
            "succeeded", schemas["RunDocument"]!["properties"]!["state"]!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Docs_Page_NeedsNothingThatThePolicyForbids()
    {
        await using var server = await TestServer.StartAsync();

        var redirect = await server.GetAsync("/docs");
        var page = await server.GetAsync("/docs/index.html");
        var bundle = await server.GetAsync("/docs/swagger-ui-bundle.js");

        Assert.Contains(redirect.Code, new[] { 200, 301, 302, 307 });
        Assert.Equal(200, page.Code);
        Assert.DoesNotMatch(InlineScript(), page.Body);
        Assert.DoesNotMatch(ForeignAddress(), page.Body);
        Assert.Equal(200, bundle.Code);
        Assert.Contains("/openapi.json", (await server.GetAsync("/docs/index.js")).Body, StringComparison.Ordinal);
    }

    private static JsonNode? Follow(JsonNode document, string reference)
    {
        JsonNode? node = document;
        foreach (var part in reference.TrimStart('/').Split('/'))
        {
            var name = part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            node = node?[name];
        }

        return node;
    }

    [GeneratedRegex("\"\\$ref\":\\s*\"#([^\"]+)\"")]
    private static partial Regex Reference();

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"<script(?![^>]*\bsrc=)[^>]*>\s*\S|\son\w+\s*=")]
    private static partial Regex InlineScript();

    [GeneratedRegex("^/(v1|scheduler|api/jobs|ping|metrics|logging|leader)(/|:|$)")]
    private static partial Regex Described();

    [GeneratedRegex(@"\{\**(\w+)(?::[^}]*)?\}")]
    private static partial Regex Decoration();

    [GeneratedRegex("(?:src|href)=\"(?:https?:)?//")]
    private static partial Regex ForeignAddress();
}
