using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Node;
using Chronos.Runtime.Ports;
using NodaTime;

namespace Chronos.Server.Endpoints.Compatibility;

/// <summary>Which run a task id of a client means: a <c>ct:</c> id, or an attempt or run id of this server.</summary>
/// <param name="Node">Knows the jobs and their runs.</param>
internal sealed record TaskLookup(SchedulerNode Node)
{
    private static readonly Duration Millisecond = Duration.FromMilliseconds(1);

    /// <summary>The id of attempt <paramref name="number"/> (from 1) of a run.</summary>
    public static ChronosTaskId IdOf(Job job, Run run, int number) => new(
        run.Nominal, Math.Max(number - 1, 0), job.Name, run.Arguments ?? string.Join(' ', job.Task.Arguments));

    /// <summary>Arguments as an id holds them.</summary>
    public static string WithoutSemicolons(string arguments) => arguments.Replace(";", "", StringComparison.Ordinal);

    /// <summary>The run that is active under this id now; null: there is none.</summary>
    /// <remarks>The id must be of the run's current attempt, so that a late word of an earlier attempt is not taken
    /// for one of its retry.</remarks>
    public ActiveTask? FindActive(string text)
    {
        if (ChronosTaskId.TryParse(text, out var id)) return FindActive(id);
        var number = 0;
        if (AttemptId.TryParse(text, out var attempt)) number = attempt.Number;
        else if (RunId.TryParse(text, out var runId)) attempt = new(runId, 0);
        else return null;

        var snapshot = Node.Jobs.FindByActiveRun(attempt.Run);
        var run = snapshot?.State.ActiveRuns.FirstOrDefault(r => r.Id == attempt.Run);
        return snapshot is null || run is null || (number > 0 && number != run.Attempt) ? null : new(snapshot.Job, run);
    }

    /// <summary>Whether the id is of an attempt that has ended, so that there is nothing left to report.</summary>
    public async Task<bool> HasEndedAsync(string text, CancellationToken cancellationToken)
    {
        if (ChronosTaskId.TryParse(text, out var id)) return await HasEndedAsync(id, cancellationToken);
        if (!AttemptId.TryParse(text, out var attempt))
            return RunId.TryParse(text, out var runId) && await FindEndedAsync(runId, cancellationToken) is not null;

        var active = Node.Jobs.FindByActiveRun(attempt.Run)?.State.ActiveRuns.FirstOrDefault(r => r.Id == attempt.Run);
        var run = active ?? await FindEndedAsync(attempt.Run, cancellationToken);
        return run is not null && run.Attempts.Any(a => a.Number == attempt.Number);
    }

    private ActiveTask? FindActive(ChronosTaskId id)
    {
        if (Node.Jobs.Find(id.JobName) is not { } snapshot) return null;
        var candidates = snapshot.State.ActiveRuns.Where(r => IsCurrent(r, id)).ToList();
        var run = candidates.Find(r => HasArguments(snapshot.Job, r, id)) ?? candidates.LastOrDefault();
        return run is null ? null : new(snapshot.Job, run);
    }

    private async Task<bool> HasEndedAsync(ChronosTaskId id, CancellationToken cancellationToken)
    {
        var active = Node.Jobs.Find(id.JobName)?.State.ActiveRuns ?? [];
        if (active.Any(r => IsEnded(r, id))) return true;

        var until = id.Due < Instant.MaxValue - Millisecond ? id.Due + Millisecond : Instant.MaxValue;
        var query = new RunQuery { JobName = id.JobName, From = id.Due, Until = until };
        var page = await Node.History.ListRunsAsync(query, cancellationToken);
        return page.Items.Any(r => IsEnded(r.Run, id));
    }

    private async Task<Run?> FindEndedAsync(RunId id, CancellationToken cancellationToken) =>
        (await Node.History.FindRunAsync(id, cancellationToken))?.Run;

    /// <summary>Ids hold whole milliseconds.</summary>
    private static bool IsDue(Run run, ChronosTaskId id) =>
        run.Nominal.ToUnixTimeMilliseconds() == id.Due.ToUnixTimeMilliseconds();

    private static bool IsCurrent(Run run, ChronosTaskId id) =>
        IsDue(run, id) && Math.Max(run.Attempt - 1, 0) == id.Attempt;

    private static bool IsEnded(Run run, ChronosTaskId id) =>
        IsDue(run, id) && run.Attempts.Any(a => a.Number - 1 == id.Attempt);

    private static bool HasArguments(Job job, Run run, ChronosTaskId id) =>
        WithoutSemicolons(IdOf(job, run, 1).Arguments) == id.Arguments;
}

/// <summary>A run that has not ended, and its job.</summary>
internal sealed record ActiveTask(Job Job, Run Run);
