using Chronos.Integration.Tests.Stores;
using Chronos.Runtime.Ports;
using Chronos.Storage.Etcd;
using Chronos.Testing.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;
using static Chronos.Integration.Tests.Stores.JobCommits;

namespace Chronos.Integration.Tests.Etcd;

/// <summary>etcd that speaks TLS only, wants certificates of its clients, and has users: with the flags of a server.
/// </summary>
public sealed class EtcdSecurityTests : IAsyncLifetime
{
    private readonly TestAuthority authority = new();
    private EtcdServer? server;

    private string Port => $"{server?.Port}";

    private string[] Trust => authority.Trust;

    private string[] Proof => authority.ProofOf("client");

    public async ValueTask InitializeAsync()
    {
        server = await EtcdServer.StartSecureAsync(authority);
        await server.WantUserAsync("s3cret");
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null) await server.DisposeAsync();
        authority.Dispose();
    }

    [Fact]
    public async Task Store_UserOverTls_ElectsAndCommits()
    {
        var options = Read([$"state=etcds://chronos:s3cret@127.0.0.1:{Port}/chronos", .. Trust, .. Proof]);
        var member = new ClusterMember("a", "http://a:8080", "1.0.0");
        await using var election = new EtcdElection(
            options, member, TimeSpan.FromSeconds(60), NullLogger<EtcdElection>.Instance);
        await using var store = EtcdStateStore.Create(options, new MemoryRunHistory());

        await ElectAndCommitAsync(election, store, member);
    }

    [Fact]
    public async Task Store_CertificateHasACommonName_TellsWhatEtcdSays()
    {
        var options = Read(
        [
            $"state=etcds://chronos:s3cret@127.0.0.1:{Port}/chronos", .. Trust,
            .. authority.ProofOf("named-client"),
        ]);
        await using var store = EtcdStateStore.Create(options, new MemoryRunHistory());

        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(() => LoadAsync(store, 1));

        Assert.Contains("CommonName", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Store_WithoutWhatTheServerWants_IsRefused()
    {
        var address = $"state=etcds://chronos:s3cret@127.0.0.1:{Port}/chronos";
        var (before, after) = (server!.Endpoint.Authority, "s3cret");

        foreach (var flags in (string[][])
        [
            [address, .. Trust], // no certificate of the client
            [address, .. Proof], // an authority that nobody knows
            [address.Replace("etcds", "etcd", StringComparison.Ordinal)], // no TLS
            [address.Replace("s3cret", "wr0ng", StringComparison.Ordinal), .. Trust, .. Proof],
            [address.Replace("chronos:s3cret@", "", StringComparison.Ordinal), .. Trust, .. Proof],
        ])
        {
            await using var store = EtcdStateStore.Create(Read(flags), new MemoryRunHistory());
            var failure = await Assert.ThrowsAsync<StoreUnavailableException>(() => LoadAsync(store, 1));
            Assert.Contains(before, failure.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(after, failure.Message, StringComparison.Ordinal);
        }
    }

    private static EtcdOptions Read(string[] flags) => StateFlags.Read(flags).Etcd!;
}
