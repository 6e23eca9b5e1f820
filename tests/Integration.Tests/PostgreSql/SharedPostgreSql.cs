using Chronos.Storage.PostgreSql;
using Xunit;

namespace Chronos.Integration.Tests.PostgreSql;

/// <summary>One server for the tests of a class that do it no harm; each has a schema of its own.</summary>
public sealed class SharedPostgreSql : IAsyncLifetime
{
    private PostgreSqlServer? server;

    internal PostgreSqlServer Server => server ?? throw new InvalidOperationException("It has not started.");

    public async ValueTask InitializeAsync() => server = await PostgreSqlServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (server is not null) await server.DisposeAsync();
    }

    internal static string NewSchema() => "test_" + Guid.NewGuid().ToString("N")[..12];

    internal PostgreSqlDatabase Open(string schema, int? port = null) =>
        new(new() { ConnectionString = Server.ConnectionString(port), Schema = schema });
}
