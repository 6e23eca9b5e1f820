using Chronos.Core.Runs;
using Chronos.Mesos.Agents;
using Chronos.Mesos.Http;
using Chronos.Mesos.Wire;
using Chronos.Runtime.Ports;
using Call = Chronos.Mesos.Protocol.Master.Call;
using MasterResponse = Chronos.Mesos.Protocol.Master.Response;
using MesosTask = Chronos.Mesos.Protocol.Task;

namespace Chronos.Mesos.Logs;

/// <summary>Finds the agent of a task that this server has not launched itself, or has forgotten. The history knows the
/// agent of what has begun; for the rest the master is asked, which remembers the latest thousand or so tasks of each
/// framework.</summary>
internal sealed class OutputFinder(MasterHttp http, AgentDirectory agents)
{
    /// <summary>Where the output may be, the likeliest place first; empty: nobody has ever heard of the task.</summary>
    /// <param name="attempt">The task.</param>
    /// <param name="agent">Id or host name of its agent; empty: not known.</param>
    /// <param name="isComplete">Whether the task has ended, as far as this server knows.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="LogUnavailableException">Nobody can say now, or the agent is gone.</exception>
    internal async Task<IReadOnlyList<OutputPlace>> FindAsync(
        AttemptId attempt, string agent, bool isComplete, CancellationToken cancellationToken)
    {
        try
        {
            if (agent.Length == 0) return await AskMasterAsync(attempt, cancellationToken);
            if (agents.FindAll(agent).Count == 0) await agents.LookAsync(cancellationToken);
            if (agents.FindAll(agent) is { Count: > 0 } found)
                return [.. found.Select(a => new OutputPlace(a.Id, a.HostName, a.Address, isComplete))];
        }
        catch (Exception e) when (e is HttpRequestException or TimeoutException or IOException
            or MessageFormatException)
        {
            throw new LogUnavailableException($"The master does not say where the task ran: {e.Message}", e);
        }

        throw new LogUnavailableException($"Agent {agent} is not in the cluster any more.", null);
    }

    private async Task<IReadOnlyList<OutputPlace>> AskMasterAsync(
        AttemptId attempt, CancellationToken cancellationToken)
    {
        if (agents.Master is not { } master) return [];
        var question = new Call { Type = Call.Types.Type.GetTasks };
        if (await http.AskAsync<MasterResponse>(master, question, cancellationToken) is not { GetTasks: { } list })
            return [];
        var id = attempt.ToString();
        if (Find(list.Tasks, id) is { } running) return [PlaceOf(running, isComplete: false)];
        return (Find(list.CompletedTasks, id) ?? Find(list.UnreachableTasks, id)) is { } ended
            ? [PlaceOf(ended, isComplete: true)]
            : [];
    }

    private static MesosTask? Find(IEnumerable<MesosTask> tasks, string id) =>
        tasks.FirstOrDefault(task => task.TaskId.Value == id);

    private static OutputPlace PlaceOf(MesosTask task, bool isComplete) =>
        new(task.AgentId.Value, "", null, isComplete);
}
