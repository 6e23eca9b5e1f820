using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Runtime.Ports;
using Chronos.Storage.History;
using Chronos.Storage.Sqlite;
using Chronos.Testing.Storage;
using Xunit;

namespace Chronos.Integration.Tests.Sqlite;

/// <summary>Pages come from ranges of indexes, in order. Only a page of all runs, or of states that have no index, goes
/// through <c>runs</c> itself, which is in the order of listings.</summary>
public sealed class RunListingPlanTests : IDisposable
{
    private static readonly RunQuery[] Filters =
    [
        new(),
        new() { States = [RunState.Failed] },
        new() { States = [RunState.Succeeded] },
        new() { States = [RunState.Failed, RunState.Killed] },
        new() { JobName = "a" },
        new() { JobName = "a", States = [RunState.Failed] },
        new() { JobName = "a", Label = new("k", "v") },
        new() { Label = new("k", "v") },
        new() { Label = new("k", "v"), States = [RunState.Failed] },
    ];

    private readonly DatabaseFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task ListRuns_AnyFilter_ReadsARangeInOrder()
    {
        await using var database = await folder.OpenAsync();
        using var connection = Connection.Open(database.Path, readOnly: true);
        foreach (var filter in Filters)
            foreach (var query in WithBounds(filter))
                foreach (var sql in RunListing.Statements(query))
                {
                    var plan = Plan(connection, sql);
                    var isInOrder = filter is { JobName: null, Label: null } && sql.Contains("NOT INDEXED");
                    var isBounded = query.From is not null || query.Until is not null || query.After is not null;
                    Assert.All(plan, step => Assert.StartsWith(
                        isInOrder && !isBounded ? "SCAN TABLE runs" : "SEARCH TABLE", step));
                    Assert.DoesNotContain(plan, step => step.Contains("TEMP B-TREE"));
                }
    }

    [Theory]
    [InlineData(null, "SEARCH TABLE events USING INTEGER PRIMARY KEY (rowid<?)")]
    [InlineData("a", "SEARCH TABLE events USING INDEX events_by_job (job=? AND seq<?)")]
    public async Task ListEvents_AnyFilter_ReadsARangeInOrder(string? job, string expected)
    {
        await using var database = await folder.OpenAsync();
        using var connection = Connection.Open(database.Path, readOnly: true);

        Assert.Equal([expected], Plan(connection, EventRows.StatementOf(new() { JobName = job })));
    }

    private static IEnumerable<RunQuery> WithBounds(RunQuery query)
    {
        var cursor = RunKey.Of(HistorySamples.Run("a", HistorySamples.Start).Run).ToCursor();
        yield return query;
        yield return query with { After = cursor };
        yield return query with { From = HistorySamples.Start };
        yield return query with { Until = HistorySamples.Start };
        yield return query with { From = HistorySamples.Start, Until = HistorySamples.Start, After = cursor };
    }

    private static List<string> Plan(Connection connection, string sql)
    {
        var rows = connection.Cached($"EXPLAIN QUERY PLAN {sql}");
        var steps = new List<string>();
        while (rows.Step()) steps.Add(rows.Text(3));
        // An EXISTS stands in the plan as a heading and the steps below it.
        return [.. steps.Where(step => !step.StartsWith("CORRELATED", StringComparison.Ordinal))];
    }
}
