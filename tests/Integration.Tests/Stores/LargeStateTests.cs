using System.Diagnostics;
using System.Text;
using Chronos.Integration.Tests.Etcd;
using Chronos.Integration.Tests.PostgreSql;
using Chronos.Integration.Tests.ZooKeeper;
using Chronos.Runtime.Ports;
using Chronos.Storage.Etcd;
using Chronos.Storage.PostgreSql;
using Chronos.Storage.ZooKeeper;
using Chronos.Testing.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Chronos.Integration.Tests.Stores;

/// <summary>100,000 jobs in each store: written as one decision, which is larger than any of its transactions, and read
/// page by page. The bound leaves room for slow machines and still fails when loading costs a round trip for each job.
/// </summary>
public sealed class LargeStateTests(ITestOutputHelper output)
{
    private const int Jobs = 100_000;
    private static readonly TimeSpan LoadBound = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Etcd_HundredThousandJobs_AreKeptAndLoaded()
    {
        await using var server = (await EtcdServer.StartAsync(1))[0];
        var options = new EtcdOptions { Endpoints = [server.Endpoint], Prefix = "/chronos" };
        await FillAndLoadAsync(() => EtcdStateStore.Create(options, new MemoryRunHistory()));
    }

    [Fact]
    public async Task ZooKeeper_HundredThousandJobs_AreKeptAndLoaded()
    {
        await using var server = await ZooKeeperServer.StartAloneAsync(heapMebibytes: 1_024);
        await FillAndLoadAsync(() => ZooKeeperStateStore.Create(
            new() { Address = new([server.Address], "/chronos", Credential: null) }, new MemoryRunHistory(),
            NullLoggerFactory.Instance));
    }

    [Fact]
    public async Task PostgreSql_HundredThousandJobs_AreKeptAndLoaded()
    {
        await using var server = await PostgreSqlServer.StartAsync();
        await using var database = new PostgreSqlDatabase(new() { ConnectionString = server.ConnectionString() });
        await FillAndLoadAsync(() => new PostgreSqlStateStore(database));
    }

    private async Task FillAndLoadAsync(Func<IStateStore> open)
    {
        var json = Encoding.UTF8.GetBytes($"{{\"text\":\"{new string('x', 300)}\"}}");
        await using (var store = open())
        {
            Assert.Equal(0, await CountAsync(store, 1));
            var changes = Enumerable.Range(0, Jobs).SelectMany(i => new DocumentChange[]
            {
                new(new(DocumentKind.Definition, $"job-{i}"), json), new(new(DocumentKind.State, $"job-{i}"), json),
            });
            var began = Stopwatch.GetTimestamp();
            await store.CommitAsync(new(1, 1, [new([.. changes], [])]), default);
            output.WriteLine($"Written in {Stopwatch.GetElapsedTime(began)}.");
        }

        await using var reopened = open();
        var loading = Stopwatch.GetTimestamp();
        var count = await CountAsync(reopened, 2);
        var took = Stopwatch.GetElapsedTime(loading);
        output.WriteLine($"Loaded in {took}.");

        Assert.Equal(2 * Jobs, count);
        Assert.InRange(took, TimeSpan.Zero, LoadBound);
    }

    private static async Task<int> CountAsync(IStateStore store, long term)
    {
        var count = 0;
        await foreach (var _ in store.LoadAsync(term, default)) count++;
        return count;
    }
}
