using System.Collections.Concurrent;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Net;
using Chronos.Mesos.Protocol;
using Chronos.Mesos.Protocol.Scheduler;
using Chronos.Mesos.Wire;
using Chronos.MesosSimulator;
using Chronos.Testing;

namespace Mesos.Tests.Simulator;

/// <summary>A scheduler that fills every offer with the same small task, and acknowledges on several connections.
/// </summary>
internal sealed class LaunchLoad : IAsyncDisposable
{
    private const int Connections = 8;
    private readonly HttpClient http;
    private readonly HttpResponseMessage response;
    private readonly CancellationTokenSource stopping = new();
    private readonly BlockingCollection<TaskStatus> ended = [];
    private readonly HashSet<string> seen = new(StringComparer.Ordinal);
    private readonly Task reading;
    private readonly Task[] acknowledging;
    private string frameworkId = "";
    private long began;
    private TimeSpan launching;
    private int launched;
    private int wanted;
    private int left;
    private int firstOfRound;
    private int reconciled;
    private TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private LaunchLoad(HttpClient http, HttpResponseMessage response)
    {
        (this.http, this.response) = (http, response);
        reading = Task.Run(ReadAsync);
        acknowledging = [.. Enumerable.Range(0, Connections).Select(_ => Task.Run(AcknowledgeAllAsync))];
    }

    /// <summary>From the wish to launch until the last ACCEPT of a round was answered, while earlier tasks
    /// end.</summary>
    internal double LaunchesPerSecond => launched / launching.TotalSeconds;

    /// <summary>Answers to reconciliation.</summary>
    internal int Reconciled => reconciled;

    internal static async Task<LaunchLoad> SubscribeAsync(SimulatedCluster cluster)
    {
        var http = new HttpClient
        {
            BaseAddress = cluster.Masters[0].Address.At("/"),
            Timeout = Timeout.InfiniteTimeSpan,
        };
        using var request = TestScheduler.Request(
            new()
            {
                Type = Call.Types.Type.Subscribe,
                Subscribe = new() { FrameworkInfo = TestScheduler.Framework() },
            },
            MessageCodec.Protobuf);
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        return new(http, response);
    }

    /// <summary>Launches so many tasks and waits until all have ended and are acknowledged.</summary>
    internal async Task RunAsync(int tasks)
    {
        done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await Wait.UntilAsync(() => frameworkId.Length > 0);
        lock (seen) seen.Clear();
        (left, began, wanted, firstOfRound) = (tasks, Stopwatch.GetTimestamp(), tasks, launched);
        await CallAsync(new() { Type = Call.Types.Type.Revive });
        await done.Task.WaitAsync(TimeSpan.FromMinutes(5));
        lock (seen)
        {
            seen.Clear();
            seen.TrimExcess(); // what this load remembers is not the cluster's memory
        }
    }

    /// <summary>Asks for all tasks and waits until the answers have come.</summary>
    internal async Task ReconcileAsync()
    {
        await CallAsync(new() { Type = Call.Types.Type.Reconcile, Reconcile = new() });
        var last = new Call.Types.Reconcile { Tasks = { new Call.Types.Reconcile.Types.Task { TaskId = Id("last") } } };
        await CallAsync(new() { Type = Call.Types.Type.Reconcile, Reconcile = last });
        await Wait.UntilAsync(() => Volatile.Read(ref reconciled) > 0);
        Interlocked.Decrement(ref reconciled);
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await reading;
        response.Dispose();
        ended.CompleteAdding();
        await Task.WhenAll(acknowledging);
        http.Dispose();
        ended.Dispose();
        stopping.Dispose();
    }

    private static TaskID Id(string value) => new() { Value = value };

    private async Task ReadAsync()
    {
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync();
            var records = new RecordReader(PipeReader.Create(body));
            while (await records.ReadAsync(stopping.Token) is { } record)
                await TakeAsync(MessageCodec.Protobuf.Decode<Event>(record));
        }
        catch (OperationCanceledException)
        {
            // Disposed of.
        }
    }

    private async Task TakeAsync(Event message)
    {
        if (message.Type == Event.Types.Type.Subscribed) frameworkId = message.Subscribed.FrameworkId.Value;
        else if (message.Type == Event.Types.Type.Offers)
            foreach (var offer in message.Offers.Offers_) await AnswerAsync(offer);
        else if (message.Type == Event.Types.Type.Update && message.Update.Status.HasUuid)
            ended.Add(message.Update.Status);
        else if (message.Type == Event.Types.Type.Update) Interlocked.Increment(ref reconciled);
    }

    private async Task AnswerAsync(Offer offer)
    {
        var cpus = offer.Resources.Where(resource => resource.Name == "cpus").Sum(resource => resource.Scalar.Value);
        var count = Math.Min((int)cpus, wanted);
        var accept = new Call.Types.Accept { OfferIds = { offer.Id } };
        if (count > 0)
        {
            var launch = new Offer.Types.Operation.Types.Launch();
            for (var i = 0; i < count; i++)
                launch.TaskInfos.Add(TestScheduler.NewTask($"t{launched + i}", offer, cpus: 1));
            accept.Operations.Add(new Offer.Types.Operation
            {
                Type = Offer.Types.Operation.Types.Type.Launch, Launch = launch,
            });
            accept.Filters = new() { RefuseSeconds = 0 };
        }

        await CallAsync(new() { Type = Call.Types.Type.Accept, Accept = accept });
        wanted -= count;
        launched += count;
        if (count > 0 && wanted == 0) launching += Stopwatch.GetElapsedTime(began);
    }

    private async Task AcknowledgeAllAsync()
    {
        foreach (var status in ended.GetConsumingEnumerable())
        {
            await CallAsync(new()
            {
                Type = Call.Types.Type.Acknowledge,
                Acknowledge = new() { AgentId = status.AgentId, TaskId = status.TaskId, Uuid = status.Uuid },
            });
            // One that comes again was sent before its acknowledgement arrived, perhaps in the round before.
            if (int.Parse(status.TaskId.Value[1..]) < firstOfRound) continue;
            lock (seen)
                if (!seen.Add(status.TaskId.Value)) continue;
            if (Interlocked.Decrement(ref left) == 0) done.SetResult();
        }
    }

    private async Task CallAsync(Call call)
    {
        call.FrameworkId = new() { Value = frameworkId };
        using var request = TestScheduler.Request(
            call, MessageCodec.Protobuf, response.Headers.GetValues("Mesos-Stream-Id").Single());
        using var answer = await http.SendAsync(request);
        if (answer.StatusCode != HttpStatusCode.Accepted)
            throw new InvalidOperationException(await answer.Content.ReadAsStringAsync());
    }
}
