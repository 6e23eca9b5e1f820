using Chronos.Integration.Tests.ZooKeeper;
using Chronos.Runtime.Ports;
using Chronos.Storage.PostgreSql;
using Chronos.Testing.Elections;
using Chronos.Testing.Storage;
using Xunit;

namespace Chronos.Integration.Tests.PostgreSql;

public sealed class PostgreSqlStateStoreTests(SharedPostgreSql server)
    : StateStoreConformance, IClassFixture<SharedPostgreSql>
{
    private readonly string schema = SharedPostgreSql.NewSchema();

    protected override Task<OpenedStore> OpenAsync()
    {
        var database = server.Open(schema);
        return Task.FromResult(new OpenedStore(
            new PostgreSqlStateStore(database), new PostgreSqlRunHistory(database), database.DisposeAsync));
    }
}

public sealed class PostgreSqlRunHistoryTests(SharedPostgreSql server)
    : RunHistoryConformance, IClassFixture<SharedPostgreSql>
{
    private readonly string schema = SharedPostgreSql.NewSchema();

    protected override Task<OpenedHistory> OpenAsync()
    {
        var database = server.Open(schema);
        return Task.FromResult(new OpenedHistory(new PostgreSqlRunHistory(database), database.DisposeAsync));
    }
}

public sealed class PostgreSqlRetentionTests(SharedPostgreSql server)
    : RetentionConformance, IClassFixture<SharedPostgreSql>
{
    private readonly string schema = SharedPostgreSql.NewSchema();

    protected override Task<OpenedHistory> OpenAsync()
    {
        var database = server.Open(schema);
        return Task.FromResult(new OpenedHistory(new PostgreSqlRunHistory(database), database.DisposeAsync));
    }
}

public sealed class PostgreSqlElectionTests(SharedPostgreSql server)
    : LeaderElectionConformance, IClassFixture<SharedPostgreSql>, IAsyncDisposable
{
    private readonly string schema = SharedPostgreSql.NewSchema();
    private readonly List<PostgreSqlDatabase> databases = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var database in databases) await database.DisposeAsync();
    }

    protected override Task<ElectionCandidate> JoinAsync(string name, TimeSpan lease)
    {
        var proxy = new CuttableProxy(server.Server.Port);
        var database = Open(proxy.Address.Port);
        var member = new ClusterMember(name, $"http://{name}:8080", "1.0.0");
        var election = new PostgreSqlElection(database, member, lease);
        return Task.FromResult(new ElectionCandidate(election, member, proxy.Cut, proxy.Heal, proxy.DisposeAsync));
    }

    protected override Task<IStateStore> OpenStoreAsync() =>
        Task.FromResult<IStateStore>(new PostgreSqlStateStore(Open(port: null)));

    private PostgreSqlDatabase Open(int? port)
    {
        var database = server.Open(schema, port);
        databases.Add(database);
        return database;
    }
}
