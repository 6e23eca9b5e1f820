using System.Net;
using Chronos.Server.Ui;
using NodaTime;
using Xunit;

namespace Chronos.Server.Tests.Compatibility;

public sealed class JobsPageTests
{
    [Fact]
    public async Task Page_CommandWithMarkup_IsEncoded()
    {
        await using var server = await CompatibleServer.StartAsync();
        await server.PostJsonAsync("/scheduler/iso8601", """
            {"name":"a","command":"<script>alert('x')</script>\"&","schedule":"R/2030-01-01T00:00:00Z/P1D"}
            """);

        var page = await server.GetAsync("/?q=%3Cscript%3E&job=%22%3E%3Cscript%3E");

        Assert.Equal(200, page.Status);
        Assert.StartsWith("text/html", page.Header("Content-Type"), StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", page.Body, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("&lt;script&gt;alert(", page.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_Anything_HasNothingInline()
    {
        await using var server = await CompatibleServer.StartAsync();
        await server.CreateAsync("a");

        var page = await server.GetAsync("/");

        Assert.DoesNotContain("style=", page.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("<style", page.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(" onclick", page.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", page.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_JobThatRan_ShowsItsRunWithLinksToTheOutput()
    {
        await using var server = await CompatibleServer.StartAsync();
        await server.CreateAsync("nightly");
        var launch = await server.LaunchAsync("nightly");
        await server.FinishAsync(launch, Duration.FromSeconds(1));

        var page = await server.GetAsync("/");

        Assert.Contains(
            $"href=\"/v1/runs/{launch.Id.Run}/logs/stdout?whole=true\"", page.Body, StringComparison.Ordinal);
        Assert.Contains("<span class=\"tag succeeded\">succeeded</span>", page.Body, StringComparison.Ordinal);
        Assert.Contains("2030-01-01 00:00:00 UTC", page.Body, StringComparison.Ordinal);
        Assert.Contains("data-url=\"/v1/scheduler/job/nightly\"", page.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_MoreJobsThanFit_AreFoundAndPaged()
    {
        await using var server = await CompatibleServer.StartAsync();
        for (var i = 0; i < JobsPageContent.PageSize + 1; i++) await server.CreateAsync($"job{i:000}");

        var first = await server.GetAsync("/");
        var second = await server.GetAsync("/?page=2");
        var past = await server.GetAsync("/?page=99");
        var found = await server.GetAsync("/?q=JOB050");

        Assert.Contains(">Next</a>", first.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(">job050</a>", first.Body, StringComparison.Ordinal);
        Assert.Contains(">job050</a>", second.Body, StringComparison.Ordinal);
        Assert.Equal(second.Body, past.Body);
        Assert.Contains("1 found, page 1 of 1.", found.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("disabled", "off")]
    [InlineData("running", "busy")]
    [InlineData("idle", "off,quiet")]
    public async Task Page_ShowingOneLabel_ListsOnlyThoseJobs(string label, string names)
    {
        await using var server = await CompatibleServer.StartAsync();
        await server.CreateAsync("off", ",\"disabled\":true");
        await server.CreateAsync("quiet");
        await server.CreateAsync("busy");
        await server.LaunchAsync("busy");

        var page = await server.GetAsync($"/?show={label}");

        var shown = new[] { "busy", "off", "quiet" }
            .Where(n => page.Body.Contains($"#runs\">{n}</a>", StringComparison.Ordinal));
        Assert.Equal(names, string.Join(",", shown));
    }

    [Theory]
    [InlineData("/assets/chronos.css", "text/css")]
    [InlineData("/assets/chronos.js", "text/javascript")]
    [InlineData("/assets/chronos.svg", "image/svg+xml")]
    public async Task Asset_AskedForTwice_IsNotSentAgain(string path, string type)
    {
        await using var server = await CompatibleServer.StartAsync();

        var first = await server.GetAsync(path);
        var second = await server.GetAsync(path, ("If-None-Match", first.Header("ETag")!));

        Assert.StartsWith(type, first.Header("Content-Type"), StringComparison.Ordinal);
        Assert.Equal((int)HttpStatusCode.NotModified, second.Status);
    }

    [Fact]
    public void Html_Holes_AreEncodedUnlessTheyAreHtml()
    {
        var inner = Html.Of($"<b>{"<i>"}</b>");

        Assert.Equal("<p><b>&lt;i&gt;</b> &quot;</p>", Html.Of($"<p>{inner} {"\""}</p>").Text);
    }
}
