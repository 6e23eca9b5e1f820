using System.Collections.Concurrent;
using System.Threading.Channels;
using Chronos.Mesos.Client;
using Chronos.Mesos.Detection;
using Chronos.Mesos.Http;
using Chronos.Mesos.Protocol.Scheduler;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mesos.Tests.Client;

/// <summary>A client that runs, and what it tells.</summary>
internal sealed class ClientHarness : ISchedulerListener, IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly MasterHttp http;
    private readonly CancellationTokenSource stopping = new();
    private readonly Channel<string> told = Channel.CreateUnbounded<string>();

    internal ClientHarness(
        IReadOnlyList<MasterAddress> masters,
        string? frameworkId = null,
        MasterHttpOptions? httpOptions = null,
        SchedulerClientOptions? options = null,
        FrameworkOptions? framework = null,
        IMasterDetector? detector = null)
    {
        http = new(httpOptions ?? new(), TimeProvider.System);
        options ??= new();
        Client = new(
            detector ?? new StandaloneDetector(masters, http, TimeProvider.System), http,
            (framework ?? new(), options with { FirstPause = TimeSpan.FromMilliseconds(5) }),
            this, TimeProvider.System, NullLogger<SchedulerClient>.Instance);
        Running = Client.RunAsync(frameworkId, stopping.Token);
    }

    internal SchedulerClient Client { get; }

    internal Task<SessionEnd> Running { get; }

    internal ConcurrentQueue<Event> Events { get; } = new();

    /// <summary>Calls that had no turn in the subscription that ended last.</summary>
    internal IReadOnlyList<Call> Unsent { get; private set; } = [];

    public void OnSubscribed(Subscription subscription) =>
        told.Writer.TryWrite($"subscribed {subscription.FrameworkId}");

    public void OnEvent(Event message)
    {
        Events.Enqueue(message);
        told.Writer.TryWrite(message.Type.ToString());
    }

    public void OnDisconnected(string reason, IReadOnlyList<Call> unsent)
    {
        Unsent = unsent;
        told.Writer.TryWrite($"disconnected: {reason}");
    }

    public void OnCallsAnswered()
    {
        // Nobody waits for room.
    }

    public void OnRefused(Call call, string reason) => told.Writer.TryWrite($"refused {call.Type}: {reason}");

    /// <summary>What the client told next.</summary>
    internal async Task<string> NextAsync()
    {
        using var late = new CancellationTokenSource(Patience);
        return await told.Reader.ReadAsync(late.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        try
        {
            await Running;
        }
        catch (OperationCanceledException)
        {
            // It was stopped.
        }

        http.Dispose();
        stopping.Dispose();
    }
}
