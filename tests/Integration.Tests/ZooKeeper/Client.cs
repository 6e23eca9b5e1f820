using System.Text;
using Chronos.ZooKeeper;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Chronos.Integration.Tests.ZooKeeper;

/// <summary>Clients for tests, and what makes calls to them short.</summary>
internal static class Client
{
    /// <summary>Milliseconds after which a test has failed; a watch that never fires would wait for ever.</summary>
    internal const int TestTimeout = 120_000;

    internal static ZooKeeperClient Open(ZooKeeperAddress address, double timeoutSeconds = 10) =>
        Open(new ZooKeeperOptions { Address = address, SessionTimeout = TimeSpan.FromSeconds(timeoutSeconds) });

    internal static ZooKeeperClient Open(ServerAddress server, double timeoutSeconds = 10) =>
        Open(new ZooKeeperAddress([server], "/", Credential: null), timeoutSeconds);

    internal static ZooKeeperClient Open(ZooKeeperOptions options) =>
        ZooKeeperClient.Start(options, TimeProvider.System, NullLogger<ZooKeeperClient>.Instance);

    internal static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Waits for a state, which must come.</summary>
    internal static async Task WaitForAsync(this ZooKeeperClient client, SessionState wanted)
    {
        var patience = TimeSpan.FromSeconds(60);
        for (var state = client.State; state != wanted;)
            state = await client.WaitForChangeAsync(state, Token).WaitAsync(patience);
    }

    internal static Task<string> CreateAsync(
        this ZooKeeperClient client, string path, string content = "", CreateMode mode = CreateMode.Persistent) =>
        client.CreateAsync(path, Encoding.UTF8.GetBytes(content), mode, Acl.Open, Token);

    internal static async Task<string> TextAsync(this ZooKeeperClient client, string path) =>
        Encoding.UTF8.GetString((await client.GetAsync(path, Token)).Content.Span);

    internal static Task<NodeStat> SetAsync(this ZooKeeperClient client, string path, string content) =>
        client.SetAsync(path, Encoding.UTF8.GetBytes(content), ZooKeeperClient.AnyVersion, Token);

    /// <summary>The error that a request must end with.</summary>
    internal static async Task<ZooKeeperError> ErrorOfAsync(Task request) =>
        (await Assert.ThrowsAnyAsync<ZooKeeperException>(() => request)).Error;
}
