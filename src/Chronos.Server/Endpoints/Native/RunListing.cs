using System.Globalization;
using Chronos.Api;
using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Node;
using Chronos.Runtime.Ports;

namespace Chronos.Server.Endpoints.Native;

/// <summary>Lists runs page by page: first those that have not ended, then the history, each by descending nominal
/// time. A run that ends while a client turns pages may show on two of them, but is never lost.</summary>
internal sealed class RunListing(SchedulerNode node, RunQuery query)
{
    private const string CursorKind = "runs";

    public async Task<RunPage> PageAsync(int limit, string? after, CancellationToken cancellationToken)
    {
        var (activeAfter, historyAfter) = Read(after);
        if (historyAfter is not null) return await HistoryAsync([], limit, historyAfter, cancellationToken);

        var active = Active();
        if (activeAfter is { } last)
            active.RemoveAll(r => Compare(r.Run.Nominal, r.Run.Id, last.Nominal, last.Id) <= 0);
        if (active.Count > limit)
        {
            var page = active.Take(limit).ToList();
            var (_, end) = page[^1];
            var ticks = end.Nominal.ToUnixTimeTicks().ToString(CultureInfo.InvariantCulture);
            var next = Cursor.Of(CursorKind, "a", ticks, end.Id.ToString());
            return new(page.Select(r => Wire.Run(r.Job, r.Run)).ToList(), next);
        }

        return await HistoryAsync(active, limit, "", cancellationToken);
    }

    private async Task<RunPage> HistoryAsync(
        List<(string Job, Run Run)> active, int limit, string after, CancellationToken cancellationToken)
    {
        var room = limit - active.Count;
        if (room == 0)
            return new(active.Select(r => Wire.Run(r.Job, r.Run)).ToList(), Cursor.Of(CursorKind, "h", "", ""));
        var page = await node.History.ListRunsAsync(
            query with { Limit = room, After = after.Length == 0 ? null : after }, cancellationToken);

        // What ended between the two looks is in both; the history knows better.
        var ended = page.Items.Select(r => r.Run.Id).ToHashSet();
        var items = active.Where(r => !ended.Contains(r.Run.Id)).Select(r => Wire.Run(r.Job, r.Run))
            .Concat(page.Items.Select(r => Wire.Run(r.JobName, r.Run))).ToList();
        return new(items, page.Next is { } next ? Cursor.Of(CursorKind, "h", next, "") : null);
    }

    private List<(string Job, Run Run)> Active()
    {
        IEnumerable<JobSnapshot> jobs = query.JobName is not { } name ? node.Jobs.WithActiveRuns()
            : node.Jobs.Find(name) is { } one ? [one] : [];
        var found = new List<(string Job, Run Run)>();
        foreach (var job in jobs)
            foreach (var run in job.State.ActiveRuns)
                if (Admits(job.Job, run)) found.Add((job.Job.Name, run));
        found.Sort((a, b) => Compare(a.Run.Nominal, a.Run.Id, b.Run.Nominal, b.Run.Id));
        return found;
    }

    private bool Admits(Job job, Run run) =>
        (query.States.IsEmpty || query.States.AsSpan().Contains(run.State))
        && (query.From is not { } from || run.Nominal >= from)
        && (query.Until is not { } until || run.Nominal < until)
        && (query.Label is not { } label || job.Labels.AsSpan().Contains(label));

    /// <summary>Less than zero: the left one comes first, being newer.</summary>
    private static int Compare(NodaTime.Instant left, RunId leftId, NodaTime.Instant right, RunId rightId)
    {
        var byTime = right.CompareTo(left);
        return byTime != 0 ? byTime : rightId.CompareTo(leftId);
    }

    private static ((NodaTime.Instant Nominal, RunId Id)? Active, string? History) Read(string? after)
    {
        if (after is null) return (null, null);
        var parts = Cursor.Read(after, CursorKind, 4);
        if (parts[1] == "h") return (null, parts[2]);
        if (parts[1] == "a" && long.TryParse(parts[2], CultureInfo.InvariantCulture, out var ticks)
            && RunId.TryParse(parts[3], out var id)
            && ticks >= NodaTime.Instant.MinValue.ToUnixTimeTicks()
            && ticks <= NodaTime.Instant.MaxValue.ToUnixTimeTicks())
            return ((NodaTime.Instant.FromUnixTimeTicks(ticks), id), null);
        throw Cursor.Bad(after);
    }
}
