using Chronos.Integration.Tests.Stores;
using Chronos.Runtime.Ports;
using Chronos.Storage.PostgreSql;
using Xunit;
using static Chronos.Integration.Tests.Stores.JobCommits;

namespace Chronos.Integration.Tests.PostgreSql;

/// <summary>PostgreSQL that speaks TLS only, and wants a certificate and a password: with the flags of a server.
/// </summary>
public sealed class PostgreSqlSecurityTests : IAsyncLifetime
{
    private const string Password = "s3cret/p@ss:word";
    private readonly TestAuthority authority = new();
    private PostgreSqlServer? server;

    private string Address =>
        $"state=postgres://chronos:{Uri.EscapeDataString(Password)}@127.0.0.1:{server?.Port}/postgres";

    private string[] Trust => authority.Trust;

    private string[] Proof => authority.ProofOf("client");

    public async ValueTask InitializeAsync() =>
        server = await PostgreSqlServer.StartSecureAsync(authority, Password);

    public async ValueTask DisposeAsync()
    {
        if (server is not null) await server.DisposeAsync();
        authority.Dispose();
    }

    [Fact]
    public async Task Store_UserOverTls_ElectsAndCommits()
    {
        await using var database = Open([Address, .. Trust, .. Proof]);
        var member = new ClusterMember("a", "http://a:8080", "1.0.0");
        await using var election = new PostgreSqlElection(database, member, TimeSpan.FromSeconds(60));
        await using var store = new PostgreSqlStateStore(database);

        await ElectAndCommitAsync(election, store, member);
    }

    [Fact]
    public async Task Store_WithoutWhatTheServerWants_IsRefused()
    {
        foreach (var flags in (string[][])
        [
            [Address, .. Trust], // no certificate of the client
            [Address + "?sslmode=VerifyFull", .. Proof], // an authority that nobody knows
            [Address + "?sslmode=Disable", .. Trust, .. Proof],
            [Address.Replace("s3cret", "wr0ng", StringComparison.Ordinal), .. Trust, .. Proof],
            [$"state=postgres://chronos@127.0.0.1:{server!.Port}/postgres", .. Trust, .. Proof],
        ])
        {
            await using var database = Open(flags);
            await using var store = new PostgreSqlStateStore(database);
            var failure = await Assert.ThrowsAsync<StoreUnavailableException>(() => LoadAsync(store, 1));
            Assert.Contains("PostgreSQL at 127.0.0.1", failure.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("s3cret", failure.Message, StringComparison.Ordinal);
        }
    }

    private static PostgreSqlDatabase Open(string[] flags) => new(StateFlags.Read(flags).PostgreSql!);
}
