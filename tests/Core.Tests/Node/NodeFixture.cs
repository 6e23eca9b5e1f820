using Chronos.Core.Jobs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Node;
using Chronos.Runtime.Ports;
using Chronos.Testing;
using Chronos.Testing.Engines;
using Chronos.Testing.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;
using Xunit;

namespace Chronos.Core.Tests.Node;

/// <summary>A running node over a store and an engine that outlive it.</summary>
internal sealed class NodeFixture : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly Actor Alice = new("alice", "");
    private CancellationTokenSource stopping = new();

    private NodeFixture()
    {
        Store = new(History);
        Node = NewNode();
    }

    public MovableClock Clock { get; } = new();

    public MemoryRunHistory History { get; } = new();

    public MemoryStateStore Store { get; }

    public SimulatedEngine Engine { get; } = new();

    public SchedulerNodeOptions Options { get; init; } = new();

    public SchedulerNode Node { get; private set; }

    /// <summary>Ends when the node does.</summary>
    public Task Running { get; private set; } = Task.CompletedTask;

    public static async Task<NodeFixture> StartAsync(SchedulerNodeOptions? options = null)
    {
        var fixture = new NodeFixture { Options = options ?? new() };
        fixture.Node = fixture.NewNode();
        await fixture.RunAsync();
        return fixture;
    }

    /// <summary>A node that is not yet started, so that a test may prepare its store.</summary>
    public static NodeFixture Prepare() => new();

    public async Task RunAsync()
    {
        Running = Node.RunAsync(stopping.Token);
        await Task.WhenAny(Running, Node.Ready).WaitAsync(Patience);
        await Node.Ready;
        // The first batch of a new store keeps the identity of the engine.
        await Wait.UntilAsync(() => Store.Snapshot().Any(d => d.Key.Kind == DocumentKind.Meta));
    }

    /// <summary>Stops the node and starts another over the same store and engine.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        stopping = new();
        Node = NewNode();
        await RunAsync();
    }

    public async Task StopAsync()
    {
        await stopping.CancelAsync();
        await Running.WaitAsync(Patience);
        stopping.Dispose();
    }

    public Task<Reply> PutAsync(params Job[] jobs) =>
        Node.SubmitAsync(new PutJobs(jobs.ToValueList(), Alice), CancellationToken.None).WaitAsync(Patience);

    public async Task<RunStarted> StartRunAsync(string name) => Assert.IsType<RunStarted>(
        await Node.SubmitAsync(new StartRun(name, null, default, null, Alice), CancellationToken.None)
            .WaitAsync(Patience));

    /// <summary>Moves the clock and lets the loop look at it.</summary>
    public async Task MoveClockAsync(Duration by)
    {
        Clock.Move(by);
        await Node.SubmitAsync(new MarkSuccess("nobody", Alice), CancellationToken.None).WaitAsync(Patience);
    }

    /// <summary>Waits for something that comes after a retry, whose time only the clock of the test can
    /// bring.</summary>
    public async Task ReachAsync(Task task)
    {
        while (!task.IsCompleted)
        {
            Clock.Move(Duration.FromSeconds(5));
            await Task.WhenAny(task, Task.Delay(20));
        }

        await task;
    }

    public Task ReachAsync(StoreHold hold) => ReachAsync(hold.Reached);

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await Task.WhenAny(Running).WaitAsync(Patience); // a test may have made it fail
        stopping.Dispose();
        await History.DisposeAsync();
    }

    private SchedulerNode NewNode() => new(
        Options,
        Store,
        History,
        new([Engine]),
        new(NullLogger<NotificationQueue>.Instance),
        Clock,
        NullLogger<SchedulerNode>.Instance);
}

/// <summary>A clock that only its test moves.</summary>
internal sealed class MovableClock : IClock
{
    private long ticks = Instant.FromUtc(2026, 1, 1, 0, 0).ToUnixTimeTicks();

    public Instant GetCurrentInstant() => Instant.FromUnixTimeTicks(Interlocked.Read(ref ticks));

    public void Move(Duration by) => Interlocked.Add(ref ticks, by.BclCompatibleTicks);
}
