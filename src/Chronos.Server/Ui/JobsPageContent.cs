using Chronos.Core.Jobs;
using Chronos.Core.Scheduling;
using Chronos.Server.Endpoints.Compatibility;

namespace Chronos.Server.Ui;

/// <summary>What the page was asked for: part of a name, command or owner, a label such as <c>failure</c> or
/// <c>running</c>, and which page.</summary>
internal sealed record JobsPageFilter(string Text, string Label, int Page)
{
    /// <summary>Labels to filter by; the empty one shows all.</summary>
    public static readonly IReadOnlyList<string> Labels =
        ["", "success", "failure", "fresh", "running", "queued", "idle", "disabled"];

    /// <summary>Whether the job is shown.</summary>
    public bool Matches(JobSnapshot snapshot, string status, string state)
    {
        var matchesLabel = Label switch
        {
            "" => true,
            "disabled" => snapshot.Job.Disabled,
            "running" => state is not ("queued" or "idle"),
            _ => status == Label || state == Label,
        };
        return matchesLabel && (Text.Length == 0 || MatchesText(snapshot.Job));
    }

    private bool MatchesText(Job job) =>
        Contains(job.Name) || Contains(job.Command) || Contains(job.Owner.Owner) || Contains(job.Description);

    private bool Contains(string text) => text.Contains(Text, StringComparison.OrdinalIgnoreCase);
}

/// <summary>One page of jobs, and the numbers of all.</summary>
internal sealed record JobsPageContent(
    IReadOnlyList<JobSnapshot> Jobs, int Found, int Page, int Pages, IReadOnlyDictionary<string, int> Counts)
{
    /// <summary>Jobs on a page.</summary>
    public const int PageSize = 50;

    /// <summary>Goes through all jobs once; a page past the end shows the last.</summary>
    public static JobsPageContent Of(IEnumerable<JobSnapshot> all, JobsPageFilter filter)
    {
        var counts = JobsPageFilter.Labels.ToDictionary(l => l, _ => 0, StringComparer.Ordinal);
        var found = new List<JobSnapshot>();
        foreach (var snapshot in all)
        {
            var status = JobLabels.Status(snapshot.State.Counters);
            var state = JobLabels.State(snapshot.State);
            counts[""]++;
            counts[status]++;
            counts[counts.ContainsKey(state) ? state : "running"]++;
            if (snapshot.Job.Disabled) counts["disabled"]++;
            if (filter.Matches(snapshot, status, state)) found.Add(snapshot);
        }

        var pages = Math.Max((found.Count + PageSize - 1) / PageSize, 1);
        var page = Math.Clamp(filter.Page, 1, pages);
        return new([.. found.Skip((page - 1) * PageSize).Take(PageSize)], found.Count, page, pages, counts);
    }
}
