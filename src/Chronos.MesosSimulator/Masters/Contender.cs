using Chronos.ZooKeeper;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chronos.MesosSimulator.Masters;

/// <summary>A master's place in the queue for leadership: an ephemeral child <c>json.info_NNNNNNNNNN</c> of the
/// cluster's node in ZooKeeper, with its description. The smallest number leads. A master whose session ended, or who
/// cannot reach ZooKeeper for as long as a session lasts, leads no more and queues again.</summary>
/// <param name="options">Where ZooKeeper is; the path belongs to the address.</param>
/// <param name="describe">What the child holds.</param>
/// <param name="onElected">It leads; may be called again while it does.</param>
/// <param name="onNotElected">It does not lead, or no more; may be called again.</param>
internal sealed class Contender(
    ZooKeeperOptions options, Func<byte[]> describe, Action onElected, Action onNotElected) : IAsyncDisposable
{
    private const string Label = "json.info_";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private readonly CancellationTokenSource stopping = new();
    private Task? running;
    private TaskCompletionSource mustQueueAgain = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal void Start() => running = RunAsync(stopping.Token);

    /// <summary>Gives its place up and takes the last one.</summary>
    internal void QueueAgain() => mustQueueAgain.TrySetResult();

    /// <summary>Leaves the queue.</summary>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        if (running is { } loop) await loop;
        stopping.Dispose();
    }

    private async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await using var client = ZooKeeperClient.Start(
                options, TimeProvider.System, NullLogger<ZooKeeperClient>.Instance);
            using var session = CancellationTokenSource.CreateLinkedTokenSource(stop);
            var over = WaitForEndAsync(client, session.Token);
            var contending = ContendAsync(client, session.Token);
            await Task.WhenAny(over, contending);
            await session.CancelAsync();
            onNotElected();
            await EndAsync(over);
            await EndAsync(contending);
            await Task.Delay(Pause, CancellationToken.None);
        }
    }

    // A lost connection or session is no failure of the program: it queues again.
    private static async Task EndAsync(Task task)
    {
        try
        {
            await task;
        }
        catch (Exception e) when (e is OperationCanceledException or ZooKeeperException)
        {
        }
    }

    private async Task ContendAsync(ZooKeeperClient client, CancellationToken stop)
    {
        await client.EnsureAsync("/log_replicas", Acl.Open, stop); // real masters keep their registry there
        while (true)
        {
            mustQueueAgain = new(TaskCreationOptions.RunContinuationsAsynchronously);
            var own = await client.CreateAsync(
                "/" + Label, describe(), CreateMode.EphemeralSequential, Acl.Open, stop);
            await FollowAsync(client, own, stop);
            onNotElected();
            if (mustQueueAgain.Task.IsCompleted) await client.DeleteAsync(own, ZooKeeperClient.AnyVersion, stop);
        }
    }

    // Ends when it is to queue again, or its child is gone.
    private async Task FollowAsync(ZooKeeperClient client, string own, CancellationToken stop)
    {
        while (!mustQueueAgain.Task.IsCompleted)
        {
            var (children, changed) = await client.ChildrenAndWatchAsync("/", stop);
            var queue = children.Names.Where(name => name.StartsWith(Label, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal).Select(name => "/" + name).ToList();
            if (!queue.Contains(own)) return;
            if (queue[0] == own) onElected();
            else onNotElected();
            await Task.WhenAny(changed, mustQueueAgain.Task).WaitAsync(stop);
        }
    }

    private async Task WaitForEndAsync(ZooKeeperClient client, CancellationToken stop)
    {
        for (var state = client.State; ;)
        {
            if (state is not (SessionState.Connecting or SessionState.Connected or SessionState.Disconnected)) return;
            using var late = CancellationTokenSource.CreateLinkedTokenSource(stop);
            if (state == SessionState.Disconnected) late.CancelAfter(options.SessionTimeout);
            state = await client.WaitForChangeAsync(state, late.Token);
        }
    }
}
