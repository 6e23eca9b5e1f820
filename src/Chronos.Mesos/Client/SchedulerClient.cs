using System.IO.Pipelines;
using System.Net;
using Chronos.Mesos.Detection;
using Chronos.Mesos.Http;
using Chronos.Mesos.Protocol;
using Chronos.Mesos.Protocol.Scheduler;
using Chronos.Mesos.Wire;
using Chronos.Runtime.Leadership;
using Microsoft.Extensions.Logging;

namespace Chronos.Mesos.Client;

/// <summary>Keeps a framework subscribed to the leading master, and carries its calls. It sends nothing by itself but
/// the subscription. See <c>subscription.md</c> beside this file.</summary>
public sealed partial class SchedulerClient
{
    private static readonly TimeSpan DefaultHeartbeat = TimeSpan.FromSeconds(15);

    // An answer to a call may say that the subscription is dead before the event arrives that says why.
    private static readonly TimeSpan LastWordTime = TimeSpan.FromMilliseconds(200);

    private readonly IMasterDetector detector;
    private readonly MasterHttp http;
    private readonly FrameworkOptions framework;
    private readonly SchedulerClientOptions options;
    private readonly ISchedulerListener listener;
    private readonly TimeProvider time;
    private readonly ILogger<SchedulerClient> logger;
    private CallQueue? queue; // of the subscription that is live
    private IReadOnlyList<Call> unsent = []; // of the one that has ended
    private long generation;
    private bool isStable; // whether the last session was a good one
    private MasterAddress? named; // by the detector, for this session; a redirect may lead to another

    /// <summary>Prepares a client; nothing is sent before <see cref="RunAsync"/>.</summary>
    public SchedulerClient(
        IMasterDetector detector,
        MasterHttp http,
        (FrameworkOptions Framework, SchedulerClientOptions Client) settings,
        ISchedulerListener listener,
        TimeProvider time,
        ILogger<SchedulerClient> logger)
    {
        (framework, options) = settings;
        (this.detector, this.http, this.listener) = (detector, http, listener);
        (this.time, this.logger) = (time, logger);
    }

    /// <summary>Whether to subscribe without wanting offers; kept by whoever sends SUPPRESS and REVIVE.</summary>
    public bool IsSuppressed { get; set; }

    /// <summary>The leadership that the client works for: asked before each word to a master, for a master obeys
    /// whoever spoke last.</summary>
    public LeadershipTerm Term { get; init; } = LeadershipTerm.Alone(0);

    /// <summary>Masters keep tasks so long without us; overrides the options for a framework whose id is not durable
    /// yet, so that one whose id is lost does not linger. Null: the options hold.</summary>
    public TimeSpan? ProvisionalFailoverTimeout { get; set; }

    /// <summary>Subscribes, and again whenever that ends, until something final happens or until cancelled.</summary>
    /// <param name="frameworkId">From an earlier subscription; null: the master gives a new one.</param>
    /// <param name="cancellationToken">Closes the stream; the framework's tasks go on.</param>
    /// <returns>What was final: <see cref="SessionEndKind.FailedOver"/> or
    /// <see cref="SessionEndKind.Removed"/>.</returns>
    public async Task<SessionEnd> RunAsync(string? frameworkId, CancellationToken cancellationToken)
    {
        var failures = 0;
        while (true)
        {
            isStable = false;
            var session = new Session(frameworkId);
            var end = await RunSessionAsync(session, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            frameworkId = session.FrameworkId;
            LogEnded(end.Kind, end.Reason);
            listener.OnDisconnected(end.Reason, unsent);
            unsent = [];
            if (end.Kind is SessionEndKind.FailedOver or SessionEndKind.Removed) return end;
            failures = isStable ? 1 : failures + 1;
            var pause = end.Kind == SessionEndKind.Refused
                ? options.RefusedPause
                : Backoff.Delay(failures, options.FirstPause, options.LongestPause, Random.Shared.NextDouble());
            if (await PauseAsync(pause, cancellationToken)) failures = 0;
        }
    }

    /// <summary>Calls of the present subscription that are not answered yet.</summary>
    public int OpenCalls => Volatile.Read(ref queue)?.OpenCount ?? 0;

    /// <summary>Those of them that wait for each other's answers: all but acknowledgements.</summary>
    public int OpenCallsInOrder => Volatile.Read(ref queue)?.OpenInOrder ?? 0;

    /// <summary>Sends a call in turn; its framework id is filled in.</summary>
    /// <returns>Whether there is a subscription that it goes to; if not it is dropped.</returns>
    public bool TrySend(Call call) => MayAct && (Volatile.Read(ref queue)?.TryAdd(call) ?? false);

    /// <summary>Says that what a status tells is durable. One without a uuid came from the master, which expects
    /// nothing.</summary>
    /// <returns>Whether it goes out; if not, the agent will send the status again.</returns>
    public bool Acknowledge(TaskStatus status)
    {
        ArgumentNullException.ThrowIfNull(status);
        return status.HasUuid && TrySend(new()
        {
            Type = Call.Types.Type.Acknowledge,
            Acknowledge = new() { AgentId = status.AgentId, TaskId = status.TaskId, Uuid = status.Uuid },
        });
    }

    private bool MayAct => Term.IsTrusted;

    // A leader who is elected meanwhile ends it: whether that happened is the answer.
    private async Task<bool> PauseAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var waiting = Task.Delay(pause, time, over.Token);
        var change = named is null ? waiting : detector.WaitForChangeAsync(named, over.Token);
        await await Task.WhenAny(waiting, change);
        await over.CancelAsync();
        return !waiting.IsCompletedSuccessfully;
    }

    private async Task<SessionEnd> RunSessionAsync(Session session, CancellationToken cancellationToken)
    {
        named = null;
        try
        {
            named = await detector.DetectAsync(cancellationToken);
            if (!MayAct) return new(SessionEndKind.Lost, "Another node leads.");
            return await SubscribeAsync(session, named, cancellationToken);
        }
        catch (Exception e) when (e is MasterNotFoundException or HttpRequestException or TimeoutException
            or IOException or MessageFormatException)
        {
            return new(SessionEndKind.Lost, e.Message);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return new(SessionEndKind.Lost, "Stopped.");
        }
    }

    private async Task<SessionEnd> SubscribeAsync(
        Session session, MasterAddress master, CancellationToken cancellationToken)
    {
        var body = options.Codec.Encode(NewSubscribe(session.FrameworkId));
        for (var hops = 0; hops <= options.RedirectsMax; hops++)
        {
            using var response = await http.SubscribeAsync(master, body, options.Codec, cancellationToken);
            if (response.StatusCode == HttpStatusCode.TemporaryRedirect)
            {
                if (MasterHttp.RedirectOf(response, master) is not { } leader)
                    return new(SessionEndKind.Lost, $"{master} does not lead and does not say who does.");
                if (leader == master) // started again, while the session in which it led still counts
                    return new(SessionEndKind.Lost, $"{master} names itself as the leader, and does not lead.");
                LogRedirected(master, leader);
                master = leader;
                continue;
            }

            if (response.StatusCode != HttpStatusCode.OK)
                return Judge(response.StatusCode, master, await MasterHttp.ErrorTextAsync(response, cancellationToken));
            if (MasterHttp.StreamIdOf(response) is not { } streamId)
                return new(SessionEndKind.Refused, $"{master} answered without a stream id; it is no master.");
            return await FollowAsync(session, master, streamId, response, cancellationToken);
        }

        return new(SessionEndKind.Lost, $"Masters redirect in a circle, at last to {master}.");
    }

    private static SessionEnd Judge(HttpStatusCode status, MasterAddress master, string text)
    {
        var kind = status is HttpStatusCode.ServiceUnavailable or HttpStatusCode.NotFound or >= (HttpStatusCode)500
            ? SessionEndKind.Lost
            : SessionEndKind.Refused;
        var remedy = status == HttpStatusCode.Unauthorized
            ? "; it wants another mesos-authentication-principal or mesos-authentication-secret"
            : "";
        return new(kind, $"{master} answered {MasterHttp.Describe(status, text)}{remedy}");
    }

    private Call NewSubscribe(string? frameworkId)
    {
        var message = framework.ToMessage();
        if (ProvisionalFailoverTimeout is { } timeout) message.FailoverTimeout = timeout.TotalSeconds;
        var call = new Call { Type = Call.Types.Type.Subscribe, Subscribe = new() { FrameworkInfo = message } };
        if (IsSuppressed) call.Subscribe.SuppressedRoles.AddRange(message.Roles);
        if (frameworkId is null) return call;
        call.FrameworkId = new() { Value = frameworkId };
        message.Id = new() { Value = frameworkId };
        return call;
    }

    private async Task<SessionEnd> FollowAsync(
        Session session, MasterAddress master, string streamId, HttpResponseMessage response,
        CancellationToken cancellationToken)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var stream = new EventStream(PipeReader.Create(body), response, time, ending.Token);
        stream.SilenceMax = DefaultHeartbeat * options.SilentHeartbeatsMax;
        var first = await stream.ReadAsync();
        if (first is null) return new(SessionEndKind.Lost, $"{master} closed the stream before it began.");
        if (first.Type == Event.Types.Type.Error) return Judge(first.Error.Message);
        if (first.Type != Event.Types.Type.Subscribed)
            return new(SessionEndKind.Lost, $"{master} began with {first.Type}, not with SUBSCRIBED.");

        var seconds = first.Subscribed.HeartbeatIntervalSeconds;
        if (seconds > 0) stream.SilenceMax = TimeSpan.FromSeconds(seconds) * options.SilentHeartbeatsMax;
        session.FrameworkId = first.Subscribed.FrameworkId.Value;
        var subscription = new Subscription(++generation, session.FrameworkId, streamId, master);
        LogSubscribed(subscription.FrameworkId, master);
        var began = time.GetTimestamp();
        try
        {
            return await CarryAsync(subscription, stream, ending);
        }
        finally
        {
            isStable = time.GetElapsedTime(began) >= options.StableAfter;
        }
    }

    // Reading, sending and watching for another leader go on together; the first to end ends the session.
    private async Task<SessionEnd> CarryAsync(
        Subscription subscription, EventStream stream, CancellationTokenSource ending)
    {
        var calls = new CallQueue(http, options, subscription, listener);
        Volatile.Write(ref queue, calls);
        listener.OnSubscribed(subscription);
        var reading = ReadAllAsync(stream);
        var others = new[] { calls.RunAsync(ending.Token), WatchLeaderAsync(subscription.Master, ending.Token) };
        try
        {
            var first = await await Task.WhenAny([reading, .. others]);
            if (first.Kind == SessionEndKind.FailedOver) return first;

            await Task.WhenAny(reading, Task.Delay(LastWordTime, time, ending.Token));
            return reading.IsCompletedSuccessfully && (await reading).Kind != SessionEndKind.Lost
                ? await reading
                : first;
        }
        finally
        {
            Volatile.Write(ref queue, null);
            await ending.CancelAsync();
            await Task.WhenAll([reading, .. others]).ContinueWith(
                static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            unsent = calls.TakeUnsent();
        }
    }

    // A detector that still names the master that has sent us here is late, and no reason to leave.
    private async Task<SessionEnd> WatchLeaderAsync(MasterAddress master, CancellationToken cancellationToken)
    {
        var leader = named ?? master;
        do leader = await detector.WaitForChangeAsync(leader, cancellationToken);
        while (leader == master);
        return new(SessionEndKind.Lost, $"{master} leads no more.");
    }

    private async Task<SessionEnd> ReadAllAsync(EventStream stream)
    {
        while (true)
        {
            Event? message;
            try
            {
                message = await stream.ReadAsync();
            }
            catch (MessageFormatException e)
            {
                LogUnreadable(e.Message);
                continue;
            }
            catch (Exception e) when (e is IOException or HttpRequestException or TimeoutException)
            {
                return new(SessionEndKind.Lost, $"The event stream broke: {e.Message}");
            }

            if (message is null) return new(SessionEndKind.Lost, "The master closed the event stream.");
            switch (message.Type)
            {
                case Event.Types.Type.Error:
                    return Judge(message.Error.Message);
                case Event.Types.Type.Heartbeat or Event.Types.Type.Subscribed or Event.Types.Type.Unknown:
                    break;
                default:
                    listener.OnEvent(message);
                    break;
            }
        }
    }

    private static SessionEnd Judge(string error)
    {
        var kind = MasterErrors.Classify(error) switch
        {
            MasterErrorKind.FailedOver => SessionEndKind.FailedOver,
            MasterErrorKind.Removed => SessionEndKind.Removed,
            MasterErrorKind.Configuration => SessionEndKind.Refused,
            MasterErrorKind.Other => SessionEndKind.Lost,
            var other => throw new InvalidOperationException($"Unknown kind of error {other}."),
        };
        return new(kind, $"The master says: {error}");
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Framework {FrameworkId} is subscribed at {Master}")]
    private partial void LogSubscribed(string frameworkId, MasterAddress master);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The subscription ended ({Kind}): {Reason}")]
    private partial void LogEnded(SessionEndKind kind, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Master} does not lead, {Leader} does")]
    private partial void LogRedirected(MasterAddress master, MasterAddress leader);

    [LoggerMessage(Level = LogLevel.Error, Message = "An event could not be read and was passed over: {Reason}")]
    private partial void LogUnreadable(string reason);

    private sealed class Session(string? frameworkId)
    {
        /// <summary>The id to subscribe with; from the first SUBSCRIBED on, the master's.</summary>
        internal string? FrameworkId { get; set; } = frameworkId;
    }
}
