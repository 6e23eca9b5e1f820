using Chronos.Storage.Etcd;
using Xunit;

namespace Chronos.Integration.Tests.Etcd;

/// <summary>One server for the tests of a class that do it no harm; each has a prefix of its own.</summary>
public sealed class SharedEtcd : IAsyncLifetime
{
    private EtcdServer? server;

    internal EtcdServer Server => server ?? throw new InvalidOperationException("It has not started.");

    public async ValueTask InitializeAsync() => server = (await EtcdServer.StartAsync(1))[0];

    public async ValueTask DisposeAsync()
    {
        if (server is not null) await server.DisposeAsync();
    }

    internal static string NewPrefix() => "/test-" + Guid.NewGuid().ToString("N")[..12];

    internal EtcdOptions Options(string prefix) => new() { Endpoints = [Server.Endpoint], Prefix = prefix };
}
