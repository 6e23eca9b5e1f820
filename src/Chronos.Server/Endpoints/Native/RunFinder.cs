using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Runtime.Node;
using Chronos.Server.Problems;

namespace Chronos.Server.Endpoints.Native;

/// <summary>A run and the name of its job.</summary>
/// <param name="JobName">The job.</param>
/// <param name="Run">The run.</param>
/// <param name="Job">The job's definition now; null: it has been deleted.</param>
internal sealed record FoundRun(string JobName, Run Run, Job? Job);

/// <summary>Finds runs among those that have not ended and in the history.</summary>
internal static class RunFinder
{
    /// <summary>The run that a path names.</summary>
    /// <exception cref="ProblemException">There is none.</exception>
    public static async Task<FoundRun> RunAsync(
        this SchedulerNode node, string id, CancellationToken cancellationToken) =>
        RunId.TryParse(id, out var run) && await node.FindRunAsync(run, cancellationToken) is { } found
            ? found
            : throw new ProblemException(ProblemFactory.NoRun(id));

    public static async Task<FoundRun?> FindRunAsync(
        this SchedulerNode node, RunId id, CancellationToken cancellationToken)
    {
        if (Active(node, id) is { } active) return active;
        if (await node.History.FindRunAsync(id, cancellationToken) is { } record)
            return new(record.JobName, record.Run, node.Jobs.Find(record.JobName)?.Job);

        // A run repeated under its own id may have become active between the two looks.
        return Active(node, id);
    }

    private static FoundRun? Active(SchedulerNode node, RunId id)
    {
        if (node.Jobs.FindByActiveRun(id) is not { } job) return null;
        foreach (var run in job.State.ActiveRuns)
            if (run.Id == id) return new(job.Job.Name, run, job.Job);
        return null;
    }
}
