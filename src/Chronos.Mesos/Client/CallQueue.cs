using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;
using Chronos.Mesos.Http;
using Chronos.Mesos.Protocol.Scheduler;
using Chronos.Mesos.Wire;
using Google.Protobuf;

namespace Chronos.Mesos.Client;

/// <summary>Sends the calls of one subscription. One call is answered before the next goes out, because calls on
/// different connections overtake each other and a reconciliation must not overtake a launch. Acknowledgements are
/// many, and their order does not matter: they have lanes of their own.</summary>
internal sealed class CallQueue(
    MasterHttp http, SchedulerClientOptions options, Subscription subscription, ISchedulerListener listener)
{
    // Bounded by what the caller has open: each task has a handful of calls in flight.
    private readonly Channel<Call> ordered = Channel.CreateUnbounded<Call>(new() { SingleReader = true });
    private readonly Channel<Call> acknowledgements = Channel.CreateUnbounded<Call>();
    private readonly ConcurrentDictionary<ByteString, bool> unanswered = new(); // acknowledgements, by their uuids
    private int openCount;
    private int openInOrder;

    /// <summary>Calls that are not answered yet.</summary>
    internal int OpenCount => Volatile.Read(ref openCount);

    /// <summary>Those of them that are sent in order.</summary>
    internal int OpenInOrder => Volatile.Read(ref openInOrder);

    /// <summary>Adds a call; false: the subscription has ended, and the call is dropped.</summary>
    internal bool TryAdd(Call call)
    {
        // Agents repeat what is not acknowledged yet: one that waits for its turn answers all repetitions.
        var isAcknowledgement = call.Type == Call.Types.Type.Acknowledge;
        if (isAcknowledgement && !unanswered.TryAdd(call.Acknowledge.Uuid, true)) return true;
        var lane = isAcknowledgement ? acknowledgements : ordered;
        Count(call, +1);
        if (lane.Writer.TryWrite(call)) return true;
        Count(call, -1);
        return false;
    }

    /// <summary>Takes what had not had its turn when the queue ended, less acknowledgements.</summary>
    internal List<Call> TakeUnsent()
    {
        var calls = new List<Call>();
        while (ordered.Reader.TryRead(out var call)) calls.Add(call);
        return calls;
    }

    /// <summary>Sends until a call ends the subscription, or until cancelled. What is then left is not sent.</summary>
    internal async Task<SessionEnd> RunAsync(CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        List<Task<SessionEnd>> lanes = [SendAllAsync(ordered.Reader, ending.Token)];
        for (var i = 0; i < options.AcknowledgementLanes; i++)
            lanes.Add(SendAllAsync(acknowledgements.Reader, ending.Token));
        try
        {
            return await await Task.WhenAny(lanes);
        }
        finally
        {
            await ending.CancelAsync();
            ordered.Writer.TryComplete();
            acknowledgements.Writer.TryComplete();
            await Task.WhenAll(lanes).ContinueWith(
                static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    private async Task<SessionEnd> SendAllAsync(ChannelReader<Call> calls, CancellationToken cancellationToken)
    {
        while (true)
        {
            var call = await calls.ReadAsync(cancellationToken);
            var end = await SendAsync(call, cancellationToken);
            Count(call, -1);
            if (call.Acknowledge is { } acknowledge) unanswered.TryRemove(acknowledge.Uuid, out _);
            if (end is not null) return end;
            if (call.Acknowledge is null && OpenInOrder == 0) listener.OnCallsAnswered();
        }
    }

    private void Count(Call call, int change)
    {
        Interlocked.Add(ref openCount, change);
        if (call.Acknowledge is null) Interlocked.Add(ref openInOrder, change);
    }

    // An acknowledgement that was taken twice was taken; any other call that got no answer needs a new subscription,
    // because this one may yet be taken, and late.
    private async Task<SessionEnd?> SendAsync(Call call, CancellationToken cancellationToken)
    {
        call.FrameworkId = new() { Value = subscription.FrameworkId };
        for (var tries = call.Type == Call.Types.Type.Acknowledge ? 2 : 1; ; tries--)
        {
            try
            {
                var body = options.Codec.Encode(call);
                var answer = await http.CallAsync(
                    subscription.Master, body, options.Codec, subscription.StreamId, cancellationToken);
                return Judge(call, answer);
            }
            catch (MessageFormatException e)
            {
                listener.OnRefused(call, e.Message);
                return null;
            }
            catch (Exception e) when (e is HttpRequestException or TimeoutException or IOException)
            {
                if (tries > 1) continue;
                return new(SessionEndKind.Lost, $"A call got no answer and may have been taken: {e.Message}");
            }
        }
    }

    private SessionEnd? Judge(Call call, MasterAnswer answer)
    {
        var said = $"{call.Type} was answered with {MasterHttp.Describe(answer.Status, answer.Text)}";
        switch (answer.Status)
        {
            case HttpStatusCode.Accepted or HttpStatusCode.OK:
                return null;
            case HttpStatusCode.BadRequest when answer.Text.Contains("stream ID", StringComparison.OrdinalIgnoreCase):
                return new(SessionEndKind.FailedOver, $"Another scheduler has subscribed: {said}");
            case HttpStatusCode.BadRequest when answer.Text.Contains("Framework cannot be found"):
            case HttpStatusCode.Forbidden: // not subscribed any more
            case HttpStatusCode.TemporaryRedirect: // not the leader any more
            case HttpStatusCode.ServiceUnavailable or HttpStatusCode.NotFound:
                return new(SessionEndKind.Lost, said);
            case HttpStatusCode.Unauthorized:
                return new(SessionEndKind.Refused, said);
            default:
                listener.OnRefused(call, said);
                return null;
        }
    }
}
