using System.Text;
using Chronos.Runtime.Node;
using Chronos.Runtime.Ports;
using Chronos.Runtime.Replication;
using Xunit;

namespace Chronos.Core.Tests.Replication;

public sealed class ReplicationFeedTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly Dictionary<string, string> Settings = new(StringComparer.Ordinal) { ["engine/x"] = "1" };
    private readonly ReplicationFeed feed = new(new());

    [Fact]
    public async Task Reader_CommitsFollowEachOther_IsLetInBetweenTwoAndHearsTheSecond()
    {
        feed.Open(new(3, 7), Settings, isWhole: true);
        feed.Announce(Batch(8));
        await using var lines = Read(CancellationToken.None);
        var head = lines.MoveNextAsync().AsTask();
        Assert.False(head.IsCompleted);

        feed.End([]);
        feed.Announce(Batch(9)); // at once, as a busy leader does

        Assert.True(await head.WaitAsync(Patience));
        Assert.Contains("\"batch\":8", Text(lines.Current), StringComparison.Ordinal);
        Assert.Contains("engine/x", Text(lines.Current), StringComparison.Ordinal);
        Assert.Contains("\"complete\":true", await NextAsync(lines), StringComparison.Ordinal);
        Assert.Contains("\"batch\":9", await NextAsync(lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reader_LeadershipEndsBeforeItIsLetIn_IsRefused()
    {
        await using var lines = Read(CancellationToken.None);
        var head = lines.MoveNextAsync().AsTask();
        Assert.False(head.IsCompleted);

        feed.Close();

        await Assert.ThrowsAsync<NodeUnavailableException>(() => head.WaitAsync(Patience));
        await using var late = Read(CancellationToken.None);
        await Assert.ThrowsAsync<NodeUnavailableException>(() => late.MoveNextAsync().AsTask().WaitAsync(Patience));
    }

    [Fact]
    public async Task Reader_LeaderCouldNotReadAllJobs_IsRefused()
    {
        feed.Open(new(3, 7), Settings, isWhole: false);

        await using var lines = Read(CancellationToken.None);

        await Assert.ThrowsAsync<NodeUnavailableException>(() => lines.MoveNextAsync().AsTask().WaitAsync(Patience));
    }

    [Fact]
    public async Task Reader_GivesUpWhileItWaits_DoesNotHinderTheNext()
    {
        using var giveUp = new CancellationTokenSource();
        await using var first = Read(giveUp.Token);
        var head = first.MoveNextAsync().AsTask();
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => head.WaitAsync(Patience));
        await using var second = Read(CancellationToken.None);
        var other = second.MoveNextAsync().AsTask();

        feed.Open(new(3, 7), Settings, isWhole: true);

        Assert.True(await other.WaitAsync(Patience));
    }

    [Fact]
    public async Task Reader_LeadershipEnds_HearsWhatWasToldAndEnds()
    {
        feed.Open(new(3, 7), Settings, isWhole: true);
        await using var lines = Read(CancellationToken.None);
        await NextAsync(lines);
        await NextAsync(lines);
        feed.Announce(Batch(8));

        feed.Close();

        Assert.Contains("\"batch\":8", await NextAsync(lines), StringComparison.Ordinal);
        Assert.False(await lines.MoveNextAsync().AsTask().WaitAsync(Patience));
    }

    private IAsyncEnumerator<ReadOnlyMemory<byte>> Read(CancellationToken cancellationToken) =>
        feed.ReadAsync(cancellationToken).GetAsyncEnumerator(CancellationToken.None);

    private static async Task<string> NextAsync(IAsyncEnumerator<ReadOnlyMemory<byte>> lines)
    {
        Assert.True(await lines.MoveNextAsync().AsTask().WaitAsync(Patience));
        return Text(lines.Current);
    }

    private static string Text(ReadOnlyMemory<byte> line) => Encoding.UTF8.GetString(line.Span);

    private static CommitBatch Batch(long id) => new(id, 3, []);
}
