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

/// <summary>"Did my commit happen?", asked of real servers over a network that breaks connections, loses answers, and
/// holds requests back. Each commit is repeated until it is known to have happened, as a node does. Then the store
/// holds exactly what was committed: units of one document, documents too large for a value, units too large for a
/// transaction, and deletions.</summary>
public sealed class LostAnswerTests(ITestOutputHelper output)
{
    private const int BatchesMin = 80;
    private const int LostMin = 10;
    private const int ManyDocuments = 300; // more than a transaction of etcd takes
    private const int LargeBytes = 700_000; // more than a value of etcd or ZooKeeper takes
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Etcd_AnswersAreLost_HoldsWhatWasCommitted()
    {
        await using var server = (await EtcdServer.StartAsync(1))[0];
        await RunAsync(server.Port, port =>
        {
            var options = new EtcdOptions
            {
                Endpoints = [new($"http://127.0.0.1:{port}")], Prefix = "/chronos",
                RequestTimeout = TimeSpan.FromSeconds(1),
            };
            var store = EtcdStateStore.Create(options, new MemoryRunHistory());
            return (store, store.DisposeAsync);
        });
    }

    [Fact]
    public async Task ZooKeeper_AnswersAreLost_HoldsWhatWasCommitted()
    {
        await using var server = await ZooKeeperServer.StartAloneAsync();
        await RunAsync(server.Port, port =>
        {
            var store = ZooKeeperStateStore.Create(
                new()
                {
                    Address = new([new("127.0.0.1", port)], "/chronos", Credential: null),
                    SessionTimeout = TimeSpan.FromSeconds(2),
                },
                new MemoryRunHistory(), NullLoggerFactory.Instance);
            return (store, store.DisposeAsync);
        });
    }

    [Fact]
    public async Task PostgreSql_AnswersAreLost_HoldsWhatWasCommitted()
    {
        await using var server = await PostgreSqlServer.StartAsync();
        await RunAsync(server.Port, port =>
        {
            var database = new PostgreSqlDatabase(new()
            {
                ConnectionString = server.ConnectionString(port) + ";Timeout=2;Command Timeout=1",
            });
            return (new PostgreSqlStateStore(database), database.DisposeAsync);
        });
    }

    private async Task RunAsync(int port, Func<int, (IStateStore Store, Func<ValueTask> CloseAsync)> open)
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"Seed {seed}.");
        var expected = new SortedDictionary<string, string>(StringComparer.Ordinal);
        await using var proxy = new CuttableProxy(port);
        var disturbed = open(proxy.Address.Port);
        await LoadAsync(disturbed.Store, 1);
        using var stop = new CancellationTokenSource();
        var disturbing = DisturbAsync(proxy, new(seed), stop.Token);
        var lost = 0;
        for (var id = 1; id <= BatchesMin || lost < LostMin; id++)
        {
            var units = Units(id);
            lost += await CommitUntilDoneAsync(disturbed.Store, new(id, 1, units));
            foreach (var change in units.SelectMany(unit => unit.Documents)) Apply(expected, change);
        }

        await stop.CancelAsync();
        await disturbing;
        await disturbed.CloseAsync();
        output.WriteLine($"{lost} answers were lost.");

        var direct = open(port);
        Assert.Equal(expected, await LoadAsync(direct.Store, 2));
        await direct.CloseAsync();
    }

    private static async Task DisturbAsync(CuttableProxy proxy, Random random, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await PauseAsync(300);
            if (random.Next(3) > 0) proxy.HoldAnswers();
            else proxy.Silence();
            await PauseAsync(100);
            if (random.Next(4) > 0) proxy.Break();
            proxy.Heal();
        }

        // Not cancelled, so that the network is whole at the end.
        Task PauseAsync(int longestMilliseconds) =>
            Task.Delay(random.Next(10, longestMilliseconds), CancellationToken.None);
    }

    private static async Task<int> CommitUntilDoneAsync(IStateStore store, CommitBatch batch)
    {
        using var patience = new CancellationTokenSource(Patience);
        for (var lost = 0; ; lost++)
        {
            try
            {
                await store.CommitAsync(batch, patience.Token);
                return lost;
            }
            catch (StoreUnavailableException)
            {
                await Task.Delay(10, patience.Token);
            }
        }
    }

    private static List<CommitUnit> Units(int id)
    {
        var units = new List<CommitUnit>
        {
            new([Put($"job-{id}", $"{id}"), Put("newest", $"{id}")], []),
            new([new(Key($"job-{id - 7}"), null)], []),
        };
        if (id % 9 == 0) units.Add(new([Put("large", $"\"{id} {new string('x', LargeBytes)}\"")], []));
        if (id % 16 == 0)
            units.Add(new([.. Enumerable.Range(0, ManyDocuments).Select(i => Put($"many-{i}", $"{id}"))], []));
        units.Add(new([Put("last", $"{id}")], []));
        return units;
    }

    private static DocumentChange Put(string name, string json) => new(Key(name), Encoding.UTF8.GetBytes(json));

    private static DocumentKey Key(string name) => new(DocumentKind.State, name);

    private static void Apply(SortedDictionary<string, string> documents, DocumentChange change)
    {
        if (change.Json is { } json) documents[change.Key.Name] = Encoding.UTF8.GetString(json.Span);
        else documents.Remove(change.Key.Name);
    }

    private static async Task<SortedDictionary<string, string>> LoadAsync(IStateStore store, long term)
    {
        var documents = new SortedDictionary<string, string>(StringComparer.Ordinal);
        await foreach (var (key, json) in store.LoadAsync(term, default))
            documents.Add(key.Name, Encoding.UTF8.GetString(json.Span));
        return documents;
    }
}
