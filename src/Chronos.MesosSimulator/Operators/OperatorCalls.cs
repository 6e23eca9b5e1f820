using Chronos.Mesos.Wire;
using Chronos.MesosSimulator.Http;
using Chronos.MesosSimulator.Masters;
using Chronos.MesosSimulator.Wire;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;

namespace Chronos.MesosSimulator.Operators;

/// <summary>Calls of the interface for operators, of masters and of agents.</summary>
internal static class OperatorCalls
{
    /// <summary>Reads the call and lets it be answered in the encoding that the client accepts, or says what is wrong
    /// with it.</summary>
    internal static async Task AnswerAsync<T>(HttpContext context, Func<T, MessageCodec, Answer> answer)
        where T : class, IMessage<T>, new()
    {
        if (MessageCodec.Find(context.Request.ContentType ?? "") is not { } codec)
        {
            await Requests.AnswerAsync(context, new(415));
            return;
        }

        var (call, problem) = SchedulerEndpoint.Decode<T>(codec, await Requests.ReadBodyAsync(context));
        var accepted = Encodings.Negotiate(context.Request.Headers.Accept);
        if (call is null || accepted is null)
            await Requests.AnswerAsync(context, call is null ? new(400, problem ?? "") : new(406));
        else await Requests.AnswerAsync(context, answer(call, accepted));
    }
}
