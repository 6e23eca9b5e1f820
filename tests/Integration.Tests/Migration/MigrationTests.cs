using System.Text;
using Chronos.CommandLine;
using Chronos.Core.Jobs;
using Chronos.Integration.Tests.Etcd;
using Chronos.Integration.Tests.PostgreSql;
using Chronos.Integration.Tests.Server;
using Chronos.Integration.Tests.ZooKeeper;
using Chronos.Runtime.Ports;
using Chronos.Storage.Etcd;
using Chronos.Storage.PostgreSql;
using Chronos.Storage.Sqlite;
using Chronos.Testing.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Chronos.Integration.Tests.Migration;

/// <summary><c>chronos migrate</c> between real stores.</summary>
public sealed class MigrationTests(SharedEtcd etcd, SharedPostgreSql postgres, SharedServer zooKeeper)
    : IClassFixture<SharedEtcd>, IClassFixture<SharedPostgreSql>, IClassFixture<SharedServer>, IDisposable
{
    private const int Jobs = 1_500; // more than a batch
    private const int Runs = 2_500; // more than a page
    private readonly DataFolder first = new();
    private readonly DataFolder last = new();
    private readonly string prefix = SharedEtcd.NewPrefix();
    private readonly string schema = SharedPostgreSql.NewSchema();

    private string Etcd => $"etcd://127.0.0.1:{etcd.Server.Port}{prefix}";

    private string Postgres => $"postgres://chronos@127.0.0.1:{postgres.Server.Port}/postgres?schema={schema}";

    public void Dispose()
    {
        first.Dispose();
        last.Dispose();
    }

    /// <summary>Round through all stores and back: what comes out is what went in, and the terms only grow.</summary>
    [Fact]
    public async Task Migrate_ThroughAllStores_KeepsEverything()
    {
        var address = await zooKeeper.AddressAsync();
        var documents = await FillAsync(first, term: 7);

        Assert.Contains("1500 jobs", await MigrateAsync("sqlite:", Etcd, first), StringComparison.Ordinal);
        await MigrateAsync(Etcd, address.ToString(), first);
        await MigrateAsync(address.ToString(), Postgres, first);
        Assert.Contains(
            "2500 runs and 2100 events", await MigrateAsync(Postgres, "sqlite:", last), StringComparison.Ordinal);

        await using var database = await OpenAsync(last);
        var store = new SqliteStateStore(database);
        Assert.True(await store.ReadTermAsync(default) > 7);
        Assert.Equal(documents, await LoadAsync(store, await store.ReadTermAsync(default)));
        var events = await new SqliteRunHistory(database).ListEventsAsync(new() { Limit = 1_000 }, default);
        Assert.Equal(Enumerable.Range(1_101, 1_000).Reverse().Select(i => $"{i:d6}"), events.Items.Select(e => e.Id));
    }

    [Fact]
    public async Task Migrate_LeaderIsActive_IsRefused()
    {
        await FillAsync(first, term: 1);
        await using var election = new EtcdElection(
            etcd.Options(prefix), new("a", "http://node-1:8080", "1"), TimeSpan.FromSeconds(60),
            NullLogger<EtcdElection>.Instance);
        await election.CampaignAsync(default);

        var target = await RunAsync(first, "--from", "sqlite:", "--to", Etcd, "--lease", "1s");
        var source = await RunAsync(last, "--from", Etcd, "--to", "sqlite:", "--lease", "1s");

        Assert.Equal((1, 1), (target.Code, source.Code));
        Assert.Contains("http://node-1:8080 leads the target", target.Error, StringComparison.Ordinal);
        Assert.Contains("http://node-1:8080 leads the source", source.Error, StringComparison.Ordinal);
    }

    /// <summary>PostgreSQL keeps the row of a leader that has crashed.</summary>
    [Fact]
    public async Task Migrate_LeaderHasCrashed_WaitsForItsLease()
    {
        await FillAsync(first, term: 1);
        var database = postgres.Open(schema);
        var crashed = new PostgreSqlElection(
            database, new("a", "http://node-1:8080", "1"), TimeSpan.FromSeconds(1));
        await crashed.CampaignAsync(default);
        await database.DisposeAsync();

        await MigrateAsync("sqlite:", Postgres, first);
    }

    [Fact]
    public async Task Migrate_ServerRunsOverTheFolder_IsRefused()
    {
        await using var server = await ServerProcess.StartAsync(first.Path);

        var result = await RunAsync(first, "--from", "sqlite:", "--to", Etcd);

        Assert.Equal(1, result.Code);
        Assert.Contains(first.Path, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Migrate_TargetHoldsSomething_IsRefusedUnlessItMayGo()
    {
        var documents = await FillAsync(first, term: 1);
        await using (var store = EtcdStateStore.Create(etcd.Options(prefix), new MemoryRunHistory()))
        {
            await LoadAsync(store, 1);
            await store.CommitAsync(new(1, 1, [Unit(DocumentKind.Definition, "other", "{}")]), default);
        }

        var refused = await RunAsync(first, "--from", "sqlite:", "--to", Etcd);
        await MigrateAsync("sqlite:", Etcd, first, "--replace");

        Assert.Equal(1, refused.Code);
        Assert.Contains("--replace", refused.Error, StringComparison.Ordinal);
        await using var filled = EtcdStateStore.Create(etcd.Options(prefix), new MemoryRunHistory());
        Assert.Equal(documents, await LoadAsync(filled, await filled.ReadTermAsync(default)));
    }

    /// <summary>A part is never taken for the whole, neither by a server nor by another migration.</summary>
    [Fact]
    public async Task Migrate_WasNotFinished_IsRefusedEverywhere()
    {
        await FillAsync(first, term: 1);
        await using (var store = EtcdStateStore.Create(etcd.Options(prefix), new MemoryRunHistory()))
        {
            await LoadAsync(store, 1);
            await store.CommitAsync(new(1, 1, [new([UnfinishedCopy.Begin], [])]), default);
        }

        var into = await RunAsync(first, "--from", "sqlite:", "--to", Etcd);
        var outOf = await RunAsync(last, "--from", Etcd, "--to", Postgres);
        await using var server = await ServerProcess.RunToEndAsync(last.Path, "--state", Etcd);

        Assert.Contains("not finished", into.Error, StringComparison.Ordinal);
        Assert.Contains("not finished", outOf.Error, StringComparison.Ordinal);
        Assert.NotEqual(0, server.ExitCode);
        Assert.Contains("chronos migrate", server.Output, StringComparison.Ordinal);
    }

    /// <summary>A server goes on in the new store where it stopped in the old one.</summary>
    [Fact]
    public async Task Migrate_OfAServer_ItsJobsAreThere()
    {
        await using (var before = await ServerProcess.StartAsync(first.Path))
        {
            await before.SendAsync(
                HttpMethod.Put, "/v1/jobs/nightly", new { schedule = "0 2 * * *", command = "true" });
            await before.TerminateAsync();
        }

        await MigrateAsync("sqlite:", Etcd, first);

        await using var after = await ServerProcess.StartAsync(first.Path, "--state", Etcd);
        var job = await after.GetAsync("/v1/jobs/nightly");
        Assert.Equal("0 2 * * *", job.GetProperty("schedule").GetString());
    }

    [Theory]
    [InlineData("--from sqlite: --to sqlite:", 2, "the same store")]
    [InlineData("--from redis://h --to sqlite:", 2, "--from begins with 'redis://', which is no store")]
    [InlineData("--from sqlite --to etcd://h", 2, "--from 'sqlite' must be")]
    [InlineData("--from sqlite: --to etcd://u:hunter2@h,,x", 2, "--to: '' is no server")]
    [InlineData("--from sqlite: --to etcd://127.0.0.1:1 --data-dir /no/such/folder", 1, "no data folder '/no/such")]
    [InlineData("--from postgres://127.0.0.1:1/x --to sqlite: --lease 1s", 3, "127.0.0.1:1")]
    public async Task Migrate_WhatCannotBe_IsToldWithoutSecrets(string arguments, int code, string part)
    {
        var result = await RunAsync(first, arguments.Split(' '));

        Assert.Equal(code, result.Code);
        Assert.Contains(part, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Migrate_SourceIsEmpty_IsRefused()
    {
        var result = await RunAsync(first, "--from", Etcd, "--to", Postgres);

        Assert.Equal(1, result.Code);
        Assert.Contains("holds nothing", result.Error, StringComparison.Ordinal);
    }

    private static async Task<string> MigrateAsync(string from, string to, DataFolder folder, params string[] more)
    {
        var (code, output, error) = await RunAsync(folder, ["--from", from, "--to", to, .. more]);
        Assert.True(code == 0, $"{from} to {to}: {error}");
        return output;
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(
        DataFolder folder, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var context = new CommandContext(output, error, TextReader.Null, new Dictionary<string, string>());
        string[] place = arguments.Contains("--data-dir") ? [] : ["--data-dir", folder.Path];
        var code = await new ChronosProgram(context).RunAsync(["migrate", .. arguments, .. place]);
        return (code, output.ToString(), error.ToString());
    }

    /// <summary>Fills the database of a folder and tells what it holds.</summary>
    private static async Task<IReadOnlyList<string>> FillAsync(DataFolder folder, long term)
    {
        await using var database = await OpenAsync(folder);
        var store = new SqliteStateStore(database);
        await LoadAsync(store, term);
        var units = Enumerable.Range(0, Jobs).SelectMany(i => new[]
        {
            Unit(DocumentKind.Definition, $"job-{i}", $"{{\"n\":{i}, \"t\":\"ünï\"}}"),
            Unit(DocumentKind.State, $"job-{i}", $"{{\"s\":{i}}}"),
        });
        await store.CommitAsync(
            new(1, term,
            [
                .. units, Unit(DocumentKind.Meta, "engine/mesos", "\"framework-1\""),
                Unit(DocumentKind.Definition, "job-0", $"{{\"t\":\"{new string('x', 3_000_000)}\"}}"),
            ]),
            default);
        var history = new SqliteRunHistory(database);
        var start = HistorySamples.Start;
        await history.AppendAsync(
            [.. Enumerable.Range(0, Runs).Select(i => HistorySamples.Run(
                $"job-{i % Jobs}", start + NodaTime.Duration.FromSeconds(i), labels: new Label("k", $"{i}")))],
            default);
        await history.AppendAsync(
            [.. Enumerable.Range(1, 2_100).Select(i => HistorySamples.Event($"{i:d6}", $"job-{i % Jobs}", start))],
            default);
        return await LoadAsync(store, term);
    }

    private static Task<SqliteDatabase> OpenAsync(DataFolder folder) => SqliteDatabase.OpenAsync(
        new() { Folder = folder.Path }, NullLogger<SqliteDatabase>.Instance, default);

    private static CommitUnit Unit(DocumentKind kind, string name, string json) =>
        new([new(new(kind, name), Encoding.UTF8.GetBytes(json))], []);

    private static async Task<IReadOnlyList<string>> LoadAsync(IStateStore store, long term)
    {
        var documents = new List<string>();
        await foreach (var (key, json) in store.LoadAsync(term, default))
            documents.Add($"{key.Kind} {key.Name} {Encoding.UTF8.GetString(json.Span)}");
        documents.Sort(StringComparer.Ordinal);
        return documents;
    }
}
