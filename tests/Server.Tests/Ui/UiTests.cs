using System.Text.RegularExpressions;
using Chronos.Server.Auth;
using Chronos.Server.Hosting;
using Chronos.Server.Tests.Hosting;
using Chronos.Server.Ui;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Chronos.Server.Tests.Ui;

public sealed partial class UiTests
{
    private static readonly ServerOptions Guarded = new()
    {
        Tokens = [new() { Name = "ci", TokenHash = PasswordHash.OfToken("t0ken"), Role = Role.Viewer }],
    };

    [Theory]
    [InlineData("/")]
    [InlineData("/jobs")]
    [InlineData("/jobs/a%23b")]
    [InlineData("/jobs/nightly/edit")]
    [InlineData("/new")]
    [InlineData("/runs/01M7Z2WBP7XDABD4VJZX7BC8WP")]
    [InlineData("/graph")]
    [InlineData("/audit")]
    public async Task Page_ByItsOwnAddress_IsTheDocument(string path)
    {
        await using var server = await TestServer.StartAsync();

        var page = await server.GetAsync(path);

        Assert.Equal(200, page.Code);
        Assert.StartsWith("text/html", page.Header("Content-Type"), StringComparison.Ordinal);
        Assert.Equal("no-store", page.Header("Cache-Control"));
    }

    [Theory]
    [InlineData("/nothing")]
    [InlineData("/v1/nothing")]
    [InlineData("/assets/nothing.js")]
    public async Task Path_OfNoPage_Is404(string path)
    {
        await using var server = await TestServer.StartAsync();

        Assert.Equal(404, (await server.GetAsync(path)).Code);
    }

    [Fact]
    public async Task Page_BuiltWithoutNode_SaysHowToGetPages()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrel();
        builder.Services.AddRouting();
        await using var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.MapUi(new Dictionary<string, UiFile>());
        await app.StartAsync();
        using var http = new HttpClient { BaseAddress = new(app.Urls.First()) };

        var page = await http.GetStringAsync("/jobs");

        Assert.Contains("Node.js", page, StringComparison.Ordinal);
        Assert.Contains("The server works.", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Document_EachTime_HasANonceOfItsOwnAndNoScriptInIt()
    {
        await using var server = await TestServer.StartAsync();

        var (first, second) = (await server.GetAsync("/"), await server.GetAsync("/"));

        Assert.NotEqual(first.Header("Content-Security-Policy"), second.Header("Content-Security-Policy"));
        Assert.DoesNotContain("script-src 'self' '", first.Header("Content-Security-Policy"), StringComparison.Ordinal);
        Assert.DoesNotContain("__NONCE__", first.Body, StringComparison.Ordinal);
        Assert.Empty(InlineScript().Matches(first.Body));
    }

    [Fact]
    public async Task Files_OfThePages_AreKeptForEverAndCompressed()
    {
        Assert.SkipWhen(UiFiles.All.Count == 0, "This build has no pages, because Node.js is missing.");
        await using var server = await TestServer.StartAsync();
        var script = UiFiles.All.Keys.First(path => path.StartsWith("assets/index-", StringComparison.Ordinal)
            && path.EndsWith(".js", StringComparison.Ordinal));

        var plain = await server.GetAsync("/" + script);
        var gzip = await server.GetAsync("/" + script, ("Accept-Encoding", "gzip"));
        var brotli = await server.GetAsync("/" + script, ("Accept-Encoding", "gzip, deflate, br"));
        var refused = await server.GetAsync("/" + script, ("Accept-Encoding", "br;q=0, gzip;q=0"));

        Assert.Equal("text/javascript; charset=utf-8", plain.Header("Content-Type"));
        Assert.Equal("public, max-age=31536000, immutable", plain.Header("Cache-Control"));
        Assert.Equal(
            [null, "gzip", "br", null],
            new[] { plain, gzip, brotli, refused }.Select(answer => answer.Header("Content-Encoding")));
    }

    [Fact]
    public async Task Pages_OfAGuardedServer_AreOpenButItsDataIsNot()
    {
        await using var server = await TestServer.StartAsync(Guarded);

        Assert.Equal(200, (await server.GetAsync("/jobs")).Code);
        var data = await server.GetAsync("/v1/jobs", ("X-Requested-With", "XMLHttpRequest"));

        // Not Basic: the browser would ask in a window of its own, before the page's form could.
        Assert.Equal(401, data.Code);
        Assert.StartsWith("Bearer", data.Header("WWW-Authenticate"), StringComparison.Ordinal);
    }

    [GeneratedRegex("<script(?![^>]* src=)")]
    private static partial Regex InlineScript();
}
