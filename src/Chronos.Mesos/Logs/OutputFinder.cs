using Chronos.Core.Runs;
using Chronos.Mesos.Agents;
using Chronos.Mesos.Http;
using Call = Chronos.Mesos.Protocol.Master.Call;
using MasterResponse = Chronos.Mesos.Protocol.Master.Response;
using MesosTask = Chronos.Mesos.Protocol.Task;

namespace Chronos.Mesos.Logs;

/// <summary>Finds the agent of a task that this server has not launched itself, or has forgotten: masters remember the
/// latest thousand or so of each framework.</summary>
internal sealed class OutputFinder(MasterHttp http, AgentDirectory agents)
{
    /// <summary>Where the output is; null: the master has never heard of the task, or has forgotten it.</summary>
    internal async Task<OutputPlace?> FindAsync(AttemptId attempt, CancellationToken cancellationToken)
    {
        if (agents.Master is not { } master) return null;
        var question = new Call { Type = Call.Types.Type.GetTasks };
        if (await http.AskAsync<MasterResponse>(master, question, cancellationToken) is not { GetTasks: { } list })
            return null;
        var id = attempt.ToString();
        if (Find(list.Tasks, id) is { } running) return PlaceOf(running, isComplete: false);
        return (Find(list.CompletedTasks, id) ?? Find(list.UnreachableTasks, id)) is { } ended
            ? PlaceOf(ended, isComplete: true)
            : null;
    }

    private static MesosTask? Find(IEnumerable<MesosTask> tasks, string id) =>
        tasks.FirstOrDefault(task => task.TaskId.Value == id);

    private static OutputPlace PlaceOf(MesosTask task, bool isComplete) =>
        new(task.AgentId.Value, "", null, isComplete);
}
