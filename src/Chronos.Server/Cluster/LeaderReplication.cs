using System.Runtime.CompilerServices;
using System.Text.Json;
using Chronos.Api;
using Chronos.Runtime.Ports;

namespace Chronos.Server.Cluster;

/// <summary>Reads over HTTP what the leader tells those who keep copies.</summary>
public sealed class LeaderReplication : IReplicationSource
{
    internal const string KeyHeader = "Chronos-Node-Key";

    // The leader says something each few seconds.
    private static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(20);

    private readonly HttpMessageInvoker client = NodeClient.Create();

    /// <inheritdoc/>
    /// <exception cref="HttpRequestException">The leader does not answer, or refuses.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="JsonException">What came is no JSON.</exception>
    /// <exception cref="OperationCanceledException">Cancelled, or nothing was heard for too long.</exception>
    public async IAsyncEnumerable<JsonElement> ReadAsync(
        Leader leader, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(leader);
        using var request =
            new HttpRequestMessage(HttpMethod.Get, NodeClient.AddressOf(leader, Routes.Replication));
        request.Headers.Add(KeyHeader, leader.Member.Key);
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        silence.CancelAfter(SilenceMax);
        using var response = await client.SendAsync(request, silence.Token);
        response.EnsureSuccessStatusCode();
        await using var body = await response.Content.ReadAsStreamAsync(silence.Token);
        var lines = JsonSerializer.DeserializeAsyncEnumerable<JsonElement>(
            body, topLevelValues: true, cancellationToken: silence.Token);
        await foreach (var line in lines)
        {
            silence.CancelAfter(SilenceMax);
            yield return line;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();
}
