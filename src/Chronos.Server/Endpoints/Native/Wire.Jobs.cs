using Chronos.Api;
using Chronos.Core.Jobs;
using Chronos.Core.Schedules;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Node;
using NodaTime;
using NodaTime.Text;

namespace Chronos.Server.Endpoints.Native;

internal static partial class Wire
{
    private static readonly OffsetDateTimePattern LocalPattern =
        OffsetDateTimePattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd'T'HH':'mm':'ss;FFFo<G>");

    public static JobSummary Summary(JobSnapshot snapshot)
    {
        var (job, state) = (snapshot.Job, snapshot.State);
        return new()
        {
            Name = job.Name,
            Description = job.Description,
            Owner = job.Owner.Owner,
            OwnerName = job.Owner.OwnerName,
            Labels = Labels(job.Labels),
            Disabled = job.Disabled,
            DisabledReason = OrNull(state.DisabledReason),
            Schedule = job.Schedule?.Text,
            ScheduleTimeZone = OrNull(job.Schedule?.TimeZone ?? ""),
            Parents = job.Parents,
            Command = job.Command,
            Engine = job.Task.Engine,
            State = StateOf(snapshot),
            ActiveRuns = state.ActiveRuns.Count,
            Next = At(NextOf(snapshot)),
            LastRun = LastRun(state.LastRun),
            Counters = Counters(state.Counters),
            Revision = state.Revision,
            UpdatedAt = At(state.UpdatedAt),
        };
    }

    public static JobStatus Status(JobSnapshot snapshot, SchedulerNode node)
    {
        var (job, state) = (snapshot.Job, snapshot.State);
        var engine = node.Engines.Find(job.Task.Engine);
        return new()
        {
            State = StateOf(snapshot),
            Revision = state.Revision,
            CreatedAt = At(state.CreatedAt),
            UpdatedAt = At(state.UpdatedAt),
            DisabledReason = OrNull(state.DisabledReason),
            Next = job.Disabled ? null : NextOccurrence(snapshot, node.DefaultZone),
            ActiveRuns = state.ActiveRuns.Select(run => Run(job.Name, run)).ToList(),
            LastRun = LastRun(state.LastRun),
            Counters = Counters(state.Counters),
            FinishedParents = state.FinishedParents,
            Children = [.. node.Jobs.ChildrenOf(job.Name)],
            Backfills = state.Backfills.Select(Backfill).ToList(),
            Engine = engine?.Name ?? job.Task.Engine,
            Limits = engine?.Describe().Limits ?? [],
        };
    }

    /// <summary>When the job will start next; a disabled one will not.</summary>
    public static Instant? NextOf(JobSnapshot snapshot) => snapshot.Job.Disabled ? null : snapshot.Next;

    private static OccurrenceDocument? NextOccurrence(JobSnapshot snapshot, DateTimeZone defaultZone) =>
        Timetable.For(snapshot.Job, snapshot.State.Anchor, new(defaultZone))?.Next(snapshot.State.Cursor) is { } next
            ? Occurrence(next, DateTimeZone.Utc)
            : null;

    public static OccurrenceDocument Occurrence(Occurrence occurrence, DateTimeZone zone) => new()
    {
        At = At(occurrence.At),
        Local = zone == DateTimeZone.Utc
            ? null
            : LocalPattern.Format(occurrence.At.InZone(zone).ToOffsetDateTime()),
        ShiftedFrom = occurrence.ShiftedFrom is { } from ? LocalDateTimePattern.ExtendedIso.Format(from) : null,
    };

    private static Dictionary<string, string> Labels(ValueList<Label> labels)
    {
        var pairs = new Dictionary<string, string>(labels.Count, StringComparer.Ordinal);
        foreach (var label in labels) pairs[label.Key] = label.Value;
        return pairs;
    }
}
