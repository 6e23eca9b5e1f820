using System.Text.Json;
using Xunit;

namespace Chronos.Server.Tests.Compatibility;

public sealed class SearchTests
{
    // Jobs: (name, command) = (alpha, run fast), (beta, RUN slow), (gamma, sleep).
    [Theory]
    [InlineData("", "alpha,beta,gamma")]
    [InlineData("?name=A", "alpha,beta,gamma")]
    [InlineData("?name=AL", "alpha")]
    [InlineData("?command=run", "alpha,beta")]
    [InlineData("?name=beta&command=run", "beta")]
    [InlineData("?name=beta&command=sleep", "")]
    [InlineData("?name=beta&command=sleep&any=gam", "gamma")]
    [InlineData("?name=alpha&any=slow", "alpha,beta")]
    [InlineData("?any=run", "alpha,beta")]
    [InlineData("?any=nothing", "")]
    [InlineData("?limit=1", "alpha")]
    [InlineData("?limit=1&offset=1", "beta")]
    [InlineData("?limit=0", "")]
    [InlineData("?limit=-1", "")]
    [InlineData("?offset=-5", "alpha,beta,gamma")]
    [InlineData("?offset=3", "")]
    [InlineData("?limit=", "alpha,beta,gamma")]
    public async Task Search_Query_ShowsTheMatchingJobs(string query, string names)
    {
        await using var server = await CompatibleServer.StartAsync();
        await CreateAsync(server, "alpha", "run fast");
        await CreateAsync(server, "beta", "RUN slow");
        await CreateAsync(server, "gamma", "sleep");

        foreach (var prefix in JobRoutesTests.Prefixes)
        {
            var answer = await server.GetAsync($"{prefix.Data}/jobs/search{query}");
            Assert.Equal(200, answer.Status);
            using var jobs = JsonDocument.Parse(answer.Body);
            Assert.Equal(names,
                string.Join(",", jobs.RootElement.EnumerateArray().Select(j => j.GetProperty("name").GetString())));
        }
    }

    [Fact]
    public async Task Search_WithoutLimit_ShowsTen()
    {
        await using var server = await CompatibleServer.StartAsync();
        for (var i = 0; i < 12; i++) await server.CreateAsync($"job{i:00}");

        using var jobs = JsonDocument.Parse((await server.GetAsync("/scheduler/jobs/search")).Body);

        Assert.Equal(10, jobs.RootElement.GetArrayLength());
    }

    [Theory]
    [InlineData("limit=ten")]
    [InlineData("offset=1.5")]
    [InlineData("limit=99999999999")]
    public async Task Search_CountThatIsNone_Is400(string query)
    {
        await using var server = await CompatibleServer.StartAsync();

        var answer = await server.GetAsync($"/scheduler/jobs/search?{query}");

        Assert.Equal(400, answer.Status);
        Assert.Contains("whole number", answer.Body, StringComparison.Ordinal);
    }

    private static Task<Answer> CreateAsync(CompatibleServer server, string name, string command) =>
        server.PostJsonAsync("/scheduler/iso8601",
            $$"""{"name":"{{name}}","command":"{{command}}","schedule":"R/2030-01-01T00:00:00Z/P1D"}""");
}
