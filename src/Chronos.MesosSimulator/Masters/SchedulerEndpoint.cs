using System.Buffers;
using System.Text.Json;
using Chronos.Mesos.Protocol.Scheduler;
using Chronos.Mesos.Wire;
using Chronos.MesosSimulator.Faults;
using Chronos.MesosSimulator.Http;
using Chronos.MesosSimulator.Wire;
using Microsoft.AspNetCore.Http;

namespace Chronos.MesosSimulator.Masters;

/// <summary>The scheduler API of a master. The order of its checks is that of the real one: the first that fails gives
/// the answer.</summary>
internal sealed class SchedulerEndpoint(ClusterCore core, SimulatedMaster master)
{
    internal const string Path = "/master/api/v1/scheduler";
    private const string StreamId = "Mesos-Stream-Id";
    private const string Challenge = "Basic realm=\"mesos-master-scheduler\"";

    internal async Task AnswerAsync(HttpContext context)
    {
        if (core.Faults.Latency is { Ticks: > 0 } latency) await Task.Delay(latency, context.RequestAborted);
        if (Refusal(context) is { } refusal)
        {
            await Requests.AnswerAsync(context, refusal);
            return;
        }

        var mediaType = context.Request.ContentType ?? "";
        if (MessageCodec.Find(mediaType) is not { } codec)
        {
            await Requests.AnswerAsync(context, mediaType.Length == 0
                ? new(400, "Expecting 'Content-Type' to be present")
                : new(415, "Expecting 'Content-Type' of application/json or application/x-protobuf"));
            return;
        }

        var body = await Requests.ReadBodyAsync(context);
        var (call, problem) = Decode<Call>(codec, body);
        if (call is not null) problem = CallCheck.Problem(call);
        if (call is null || problem is not null) await Requests.AnswerAsync(context, new(400, problem ?? ""));
        else if (call.Type == Call.Types.Type.Subscribe) await SubscribeAsync(context, call);
        else await CallAsync(context, call);
    }

    /// <summary>The message of a body, or why there is none.</summary>
    internal static (T? Message, string? Problem) Decode<T>(MessageCodec codec, ReadOnlySequence<byte> body)
        where T : class, Google.Protobuf.IMessage<T>, new()
    {
        try
        {
            return (codec.Decode<T>(body), null);
        }
        catch (MessageFormatException e) when (codec == MessageCodec.Json)
        {
            return (null, e.InnerException is JsonException
                ? "Failed to parse body into JSON: " + e.Message
                : "Failed to convert JSON into Call protobuf: Missing required fields: " + e.Message);
        }
        catch (MessageFormatException)
        {
            return (null, "Failed to parse body into Call protobuf");
        }
    }

    private Answer? Refusal(HttpContext context)
    {
        var (principal, secret) = core.Options.Credentials ?? default;
        if (core.Faults.RedirectTo is { } other) return new(307) { Location = $"//{other.Host}:{other.Port}{Path}" };
        if (!Requests.IsAuthenticated(context, principal, secret)) return new(401) { Challenge = Challenge };
        if (!master.IsLeading) return master.RedirectOr503(Path);
        if (core.Faults.IsUnavailable) return new(503, "Master has not finished recovery");
        return context.Request.Method != "POST" ? new(405) : null;
    }

    private async Task SubscribeAsync(HttpContext context, Call call)
    {
        var codec = Encodings.Negotiate(context.Request.Headers.Accept);
        var info = call.Subscribe.FrameworkInfo;
        var principal = core.Options.Credentials?.Principal;
        var refusal =
            codec is null ? new(406, "Expecting 'Accept' to allow application/json or application/x-protobuf")
            : context.Request.Headers.ContainsKey(StreamId)
                ? new(400, "Subscribe calls should not include the 'Mesos-Stream-Id' header")
            : principal is not null && info.HasPrincipal && info.Principal != principal
                ? new Answer(400, $"Authenticated principal '{principal}' does not match '{info.Principal}'")
            : null;
        if (codec is null || refusal is not null)
        {
            await Requests.AnswerAsync(context, refusal ?? new(406));
            return;
        }

        if (!await PassFaultsAsync(context, call)) return;
        if (principal is not null) info.Principal = principal;
        await StreamAsync(context, call.Subscribe, codec);
    }

    private async Task StreamAsync(HttpContext context, Call.Types.Subscribe subscribe, MessageCodec codec)
    {
        var stream = new RecordStream(codec, core.Faults);
        LeadingTerm? term;
        lock (core.Gate)
        {
            term = master.Term;
            term?.Subscriptions.Subscribe(subscribe, stream);
        }

        if (term is null)
        {
            await Requests.AnswerAsync(context, master.RedirectOr503(Path));
            return;
        }

        core.Faults.Opened(stream);
        context.Response.Headers[StreamId] = stream.Id;
        try
        {
            await stream.RunAsync(context);
        }
        finally
        {
            core.Faults.Closed(stream);
            lock (core.Gate) term.Subscriptions.OnStreamClosed(stream);
        }
    }

    private async Task CallAsync(HttpContext context, Call call)
    {
        if (!await PassFaultsAsync(context, call)) return;
        Answer answer;
        lock (core.Gate) answer = Answer(context, call);
        await Requests.AnswerAsync(context, answer);
    }

    private Answer Answer(HttpContext context, Call call)
    {
        if (master.Term is not { } term) return master.RedirectOr503(Path);
        var id = call.FrameworkId.Value;
        if (!term.Frameworks.TryGetValue(id, out var framework)) return new(400, "Framework cannot be found");
        if (framework.State != FrameworkState.Connected) return new(403, "Framework is not subscribed");
        if (!context.Request.Headers.TryGetValue(StreamId, out var streamId))
            return new(400, "All non-subscribe calls should include the 'Mesos-Stream-Id' header");
        if (streamId != framework.Stream?.Id)
            return new(400, $"The stream ID '{streamId}' included in this request didn't match the stream ID currently "
                + $"associated with framework ID {id}");
        if (call.Type == Call.Types.Type.UpdateFramework)
            return term.Subscriptions.Update(framework, call.UpdateFramework) is { } problem
                ? new(400, problem)
                : new(200);
        if (call.Type == Call.Types.Type.Unknown) return new(501);
        term.Do(call, framework);
        return Http.Answer.Accepted;
    }

    // False: a fault has answered, or nobody will.
    private async Task<bool> PassFaultsAsync(HttpContext context, Call call)
    {
        switch (core.Faults.OnCall(call))
        {
            case CallFault.None:
                return true;
            case CallFault.LoseAfterAnswer:
                await Requests.AnswerAsync(context, Http.Answer.Accepted);
                return false;
            case CallFault.LoseAnswer:
                await RunUnansweredAsync(context, call);
                return false;
            case CallFault.Close:
                context.Abort();
                return false;
            case CallFault.Refuse:
                await Requests.AnswerAsync(context, new(503, "Master has not finished recovery"));
                return false;
            case CallFault.Hang:
                await Requests.HangAsync(context);
                return false;
            default:
                throw new InvalidOperationException("Unknown fault of a call.");
        }
    }

    private Task RunUnansweredAsync(HttpContext context, Call call)
    {
        if (call.Type != Call.Types.Type.Subscribe)
            lock (core.Gate) _ = Answer(context, call);
        context.Abort();
        return Task.CompletedTask;
    }
}
