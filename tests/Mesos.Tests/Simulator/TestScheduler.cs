using System.Net;
using System.Net.Http.Headers;
using Chronos.Mesos.Protocol;
using Chronos.Mesos.Protocol.Scheduler;
using Chronos.Mesos.Wire;
using Chronos.MesosSimulator;
using Google.Protobuf;
using Xunit;
using Capability = Chronos.Mesos.Protocol.FrameworkInfo.Types.Capability.Types.Type;

namespace Mesos.Tests.Simulator;

/// <summary>A scheduler that does one thing at a time, over the wire.</summary>
internal sealed class TestScheduler : IAsyncDisposable
{
    internal const string Role = "batch";
    internal static readonly TimeSpan Patience = EventQueue<Event>.Patience;
    private static readonly Capability[] AllCapabilities =
    [
        Capability.MultiRole, Capability.PartitionAware, Capability.TaskKillingState, Capability.ReservationRefinement,
    ];

    private readonly HttpClient http;
    private readonly HttpResponseMessage response;
    private readonly MessageCodec codec;
    private readonly EventQueue<Event> events;
    private readonly List<Offer> offers = [];

    private TestScheduler(HttpClient http, HttpResponseMessage response, MessageCodec codec)
    {
        (this.http, this.response, this.codec) = (http, response, codec);
        events = new(response, codec);
    }

    internal string StreamId => response.Headers.GetValues("Mesos-Stream-Id").Single();

    internal HttpResponseMessage Response => response;

    internal string FrameworkId { get; private set; } = "";

    /// <summary>Ends with the stream.</summary>
    internal Task Ended => events.Ended;

    internal static FrameworkInfo Framework(params Capability[] without) => new()
    {
        User = "root",
        Name = "test",
        Checkpoint = true,
        FailoverTimeout = 1000,
        Roles = { Role },
        Capabilities =
        {
            AllCapabilities.Except(without).Select(type => new FrameworkInfo.Types.Capability { Type = type }),
        },
    };

    /// <summary>Opens a stream; what comes on it is not looked at.</summary>
    internal static async Task<TestScheduler> OpenAsync(
        SimulatedCluster cluster, Call.Types.Subscribe subscribe, MessageCodec? codec = null)
    {
        codec ??= MessageCodec.Protobuf;
        var master = cluster.Leader ?? throw new InvalidOperationException("Nobody leads.");
        var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false })
        {
            BaseAddress = master.Address.At("/"),
            Timeout = Timeout.InfiniteTimeSpan,
        };
        var call = new Call { Type = Call.Types.Type.Subscribe, Subscribe = subscribe };
        if (subscribe.FrameworkInfo.Id is { } id) call.FrameworkId = id;
        using var request = Request(call, codec);
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        return new(http, response, codec);
    }

    /// <summary>Subscribes, and waits until that is said.</summary>
    internal static async Task<TestScheduler> SubscribeAsync(
        SimulatedCluster cluster, FrameworkInfo? framework = null, MessageCodec? codec = null, string? id = null,
        params string[] suppressed)
    {
        framework ??= Framework();
        if (id is not null) framework.Id = new() { Value = id };
        var scheduler = await OpenAsync(
            cluster, new() { FrameworkInfo = framework, SuppressedRoles = { suppressed } }, codec);
        var subscribed = await scheduler.NextAsync(Event.Types.Type.Subscribed);
        scheduler.FrameworkId = subscribed.Subscribed.FrameworkId.Value;
        return scheduler;
    }

    internal static HttpRequestMessage Request(Call call, MessageCodec codec, string? streamId = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/scheduler")
        {
            Content = new ByteArrayContent(codec == MessageCodec.Json ? codec.Encode(call) : call.ToByteArray())
            {
                Headers = { ContentType = new(codec.MediaType) },
            },
        };
        request.Headers.Accept.Add(new(codec.MediaType));
        if (streamId is not null) request.Headers.Add("Mesos-Stream-Id", streamId);
        return request;
    }

    /// <summary>Sends a call; an exception unless it is accepted.</summary>
    internal async Task CallAsync(Call call)
    {
        var (status, text) = await TryCallAsync(call);
        Assert.True(status is HttpStatusCode.Accepted or HttpStatusCode.OK, $"{call.Type}: {status} {text}");
    }

    internal async Task<(HttpStatusCode Status, string Text)> TryCallAsync(Call call)
    {
        call.FrameworkId ??= new() { Value = FrameworkId };
        using var request = Request(call, codec, StreamId);
        using var answer = await http.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>The next event that fits, whatever came before it.</summary>
    internal Task<Event> NextAsync(Func<Event, bool> fits) => events.NextAsync(fits);

    internal Task<Event> NextAsync(Event.Types.Type type) => NextAsync(message => message.Type == type);

    /// <summary>How many events of a type have come and were not taken.</summary>
    internal int Count(Event.Types.Type type) => events.Count(message => message.Type == type);

    /// <summary>How many updates of a task have come and were not taken.</summary>
    internal int CountUpdates(string taskId, TaskState? state = null) => events.Count(
        message => IsUpdate(message, taskId) && (state is null || message.Update.Status.State == state));

    /// <summary>The next update of a task, whatever it says.</summary>
    internal async Task<TaskStatus> StatusAsync(string taskId) =>
        (await NextAsync(message => IsUpdate(message, taskId))).Update.Status;

    internal async Task<TaskStatus> StatusAsync(string taskId, TaskState state)
    {
        var update = await NextAsync(message => IsUpdate(message, taskId) && message.Update.Status.State == state);
        return update.Update.Status;
    }

    /// <summary>The next offer, of one agent when named.</summary>
    internal async Task<Offer> OfferAsync(string? agentId = null)
    {
        while (true)
        {
            var at = offers.FindIndex(offer => agentId is null || offer.AgentId.Value == agentId);
            if (at >= 0)
            {
                var offer = offers[at];
                offers.RemoveAt(at);
                return offer;
            }

            offers.AddRange((await NextAsync(Event.Types.Type.Offers)).Offers.Offers_);
        }
    }

    /// <summary>Forgets the offers that have come.</summary>
    internal void DropOffers()
    {
        offers.Clear();
        events.Drop(message => message.Type == Event.Types.Type.Offers);
    }

    /// <summary>Whether an offer comes within a time; it is left for <see cref="OfferAsync"/>.</summary>
    internal async Task<bool> IsOfferedAsync(TimeSpan within)
    {
        await Task.Delay(within);
        return offers.Count > 0 || Count(Event.Types.Type.Offers) > 0;
    }

    internal Task AcknowledgeAsync(TaskStatus status) => CallAsync(new()
    {
        Type = Call.Types.Type.Acknowledge,
        Acknowledge = new() { AgentId = status.AgentId, TaskId = status.TaskId, Uuid = status.Uuid },
    });

    internal Task DeclineAsync(Offer offer, double? seconds = null)
    {
        var decline = new Call.Types.Decline { OfferIds = { offer.Id }, Filters = new() };
        if (seconds is { } refuse) decline.Filters.RefuseSeconds = refuse;
        return CallAsync(new() { Type = Call.Types.Type.Decline, Decline = decline });
    }

    internal Task LaunchAsync(Offer offer, params TaskInfo[] tasks) =>
        AcceptAsync([offer], new Offer.Types.Operation
        {
            Type = Offer.Types.Operation.Types.Type.Launch,
            Launch = new() { TaskInfos = { tasks } },
        });

    internal Task AcceptAsync(Offer[] offers, params Offer.Types.Operation[] operations) => CallAsync(new()
    {
        Type = Call.Types.Type.Accept,
        Accept = new()
        {
            OfferIds = { offers.Select(offer => offer.Id) },
            Operations = { operations },
            Filters = new() { RefuseSeconds = 0 },
        },
    });

    internal Task KillAsync(string taskId, string? agentId = null)
    {
        var kill = new Call.Types.Kill { TaskId = new() { Value = taskId } };
        if (agentId is not null) kill.AgentId = new() { Value = agentId };
        return CallAsync(new() { Type = Call.Types.Type.Kill, Kill = kill });
    }

    internal Task ReconcileAsync(params (string TaskId, string? AgentId)[] tasks)
    {
        var reconcile = new Call.Types.Reconcile();
        foreach (var (taskId, agentId) in tasks)
        {
            var task = new Call.Types.Reconcile.Types.Task { TaskId = new() { Value = taskId } };
            if (agentId is not null) task.AgentId = new() { Value = agentId };
            reconcile.Tasks.Add(task);
        }

        return CallAsync(new() { Type = Call.Types.Type.Reconcile, Reconcile = reconcile });
    }

    /// <summary>Waits for a state and acknowledges all up to it.</summary>
    internal async Task<TaskStatus> FollowAsync(string taskId, params TaskState[] states)
    {
        var status = new TaskStatus();
        foreach (var state in states)
        {
            status = await StatusAsync(taskId, state);
            if (status.HasUuid) await AcknowledgeAsync(status);
        }

        return status;
    }

    /// <summary>Launches a task that runs until it is killed, and waits until it does.</summary>
    internal async Task<Offer> RunAsync(string taskId, string command = "sleep infinity", string? agentId = null)
    {
        var offer = await OfferAsync(agentId);
        await LaunchAsync(offer, NewTask(taskId, offer, command));
        await FollowAsync(taskId, TaskState.TaskStarting, TaskState.TaskRunning);
        return offer;
    }

    internal static TaskInfo NewTask(string id, Offer offer, string command = "true", double cpus = 0.1) => new()
    {
        Name = id,
        TaskId = new() { Value = id },
        AgentId = offer.AgentId,
        Command = new() { Value = command },
        Resources = { Scalar("cpus", cpus), Scalar("mem", 32) },
    };

    internal static Resource Scalar(string name, double value) => new()
    {
        Name = name,
        Type = Value.Types.Type.Scalar,
        Scalar = new() { Value = value },
    };

    /// <summary>Closes the stream as a crash would.</summary>
    public async ValueTask DisposeAsync()
    {
        await events.DisposeAsync();
        http.Dispose();
    }

    private static bool IsUpdate(Event message, string taskId) =>
        message.Type == Event.Types.Type.Update && message.Update.Status.TaskId.Value == taskId;
}
