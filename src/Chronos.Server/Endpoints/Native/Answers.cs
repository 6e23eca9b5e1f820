using Chronos.Core.Scheduling;
using Chronos.Runtime.Node;
using Chronos.Server.Problems;
using Microsoft.AspNetCore.Http;

namespace Chronos.Server.Endpoints.Native;

/// <summary>Puts commands to the node and turns refusals into problems.</summary>
internal static class Answers
{
    /// <summary>The reply to a command.</summary>
    /// <exception cref="ProblemException">It was refused.</exception>
    public static async Task<TReply> AskAsync<TReply>(
        this SchedulerNode node, Command command, CancellationToken cancellationToken)
        where TReply : Reply => await node.SubmitAsync(command, cancellationToken) switch
        {
            TReply reply => reply,
            Refused refused => throw new ProblemException(ProblemFactory.From(refused)),
            var other => throw new InvalidOperationException($"{other} is no answer to {command.GetType().Name}."),
        };

    /// <summary>Carries out a command that needs no more of an answer than that it was done.</summary>
    public static async Task<IResult> DoAsync(this SchedulerNode node, Command command, HttpContext http)
    {
        await node.AskAsync<Done>(command, http.RequestAborted);
        return TypedResults.NoContent();
    }

    /// <summary>The job that a path names.</summary>
    /// <exception cref="ProblemException">There is none.</exception>
    public static JobSnapshot Job(this SchedulerNode node, string name) =>
        node.Jobs.Find(name) ?? throw new ProblemException(ProblemFactory.NoJob(name));
}
