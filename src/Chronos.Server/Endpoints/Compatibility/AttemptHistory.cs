using System.Globalization;
using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Ports;
using NodaTime;
using NodaTime.Text;

namespace Chronos.Server.Endpoints.Compatibility;

/// <summary>One attempt as the statistics of Mesos Chronos show it.</summary>
internal sealed record AttemptLine(
    string TaskId, string Agent, Instant? StartedAt, Instant? EndedAt, string Status, long? Progress)
{
    private static readonly LocalDateTimePattern Pattern =
        LocalDateTimePattern.CreateWithInvariantCulture("MM'/'dd'/'yy HH':'mm':'ss");

    /// <summary>An instant as text in a zone; <c>N/A</c> where it is unknown.</summary>
    public static string Format(Instant? instant, DateTimeZone zone) =>
        instant is { } at ? Pattern.Format(at.InZone(zone).LocalDateTime) : "N/A";

    /// <summary>The time from start to end such as <c>1m5s</c>; days are never formed; null: one of both is
    /// unknown.</summary>
    public string? Duration()
    {
        if (StartedAt is not { } from || EndedAt is not { } until) return null;
        var seconds = Math.Max((long)(until - from).TotalSeconds, 0);
        var (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
        var text = hours > 0 ? string.Create(CultureInfo.InvariantCulture, $"{hours}h") : "";
        if (minutes > 0) text += string.Create(CultureInfo.InvariantCulture, $"{minutes}m");
        return text + string.Create(CultureInfo.InvariantCulture, $"{seconds % 60}s");
    }
}

/// <summary>The latest attempts of a job, those that run included.</summary>
internal static class AttemptHistory
{
    private const int PagesMax = 4;
    private static readonly ValueList<RunState> Started =
        [RunState.Succeeded, RunState.Failed, RunState.Killed, RunState.Lost];

    /// <summary>At most <paramref name="limit"/> attempts, the newest start first.</summary>
    public static async Task<IReadOnlyList<AttemptLine>> ReadAsync(
        IRunHistory history, JobSnapshot snapshot, int limit, CancellationToken cancellationToken)
    {
        var lines = new List<AttemptLine>();
        foreach (var run in snapshot.State.ActiveRuns) lines.AddRange(Lines(snapshot.Job, run));
        var active = lines.Count;
        string? after = null;
        for (var page = 0; page < PagesMax && lines.Count - active < limit; page++)
        {
            var query = new RunQuery
            {
                JobName = snapshot.Job.Name, States = Started, Limit = Math.Clamp(limit, 1, 1000), After = after,
            };
            var found = await history.ListRunsAsync(query, cancellationToken);
            foreach (var record in found.Items) lines.AddRange(Lines(snapshot.Job, record.Run));
            if (found.Next is null) break;
            after = found.Next;
        }

        return [.. lines.DistinctBy(l => l.TaskId).OrderByDescending(When).Take(limit)];
    }

    /// <summary>The attempts of one run in order; the current one is last. A run that was never launched has
    /// none.</summary>
    public static IEnumerable<AttemptLine> Lines(Job job, Run run)
    {
        var isOpen = !run.State.IsFinal() && run.Attempt > run.Attempts.Count;
        for (var i = 0; i < run.Attempts.Count; i++)
        {
            var attempt = run.Attempts[i];
            var progress = !isOpen && i == run.Attempts.Count - 1 ? run.Progress : null;
            var status = attempt.Outcome == RunState.Succeeded ? "Success" : "Fail";
            yield return new(
                Id(job, run, attempt.Number), attempt.Agent, attempt.StartedAt, attempt.EndedAt, status, progress);
        }

        if (!isOpen) yield break;
        var state = run.State == RunState.Running ? "Running" : "Idle";
        yield return new(Id(job, run, run.Attempt), run.Agent, run.StartedAt, null, state, run.Progress);
    }

    private static string Id(Job job, Run run, int number) => TaskLookup.IdOf(job, run, number).ToString();

    /// <summary>Attempts without a start are as new as their end; those with neither are about to start.</summary>
    private static Instant When(AttemptLine line) => line.StartedAt ?? line.EndedAt ?? Instant.MaxValue;
}
