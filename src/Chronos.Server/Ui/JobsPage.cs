using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Ports;
using Chronos.Server.Endpoints.Compatibility;
using NodaTime;
using NodaTime.Text;

namespace Chronos.Server.Ui;

/// <summary>The page that lists jobs and their latest runs.</summary>
/// <param name="BasePath">The path below which the server answers, without a slash at its end.</param>
/// <param name="Filter">What was asked for.</param>
/// <param name="Listing">The jobs.</param>
/// <param name="Runs">The latest runs that ended.</param>
/// <param name="JobName">The job whose runs are shown; empty: those of all.</param>
/// <param name="MayOperate">Whether the caller may start and kill runs.</param>
internal sealed record JobsPage(
    string BasePath,
    JobsPageFilter Filter,
    JobsPageContent Listing,
    IReadOnlyList<RunRecord> Runs,
    string JobName,
    bool MayOperate)
{
    private static readonly InstantPattern Iso = InstantPattern.ExtendedIso;
    private static readonly InstantPattern Shown =
        InstantPattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd HH':'mm':'ss 'UTC'");

    /// <summary>The whole document.</summary>
    public Html Print() => Html.Of($"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>Chronos: jobs</title>
        <link rel="stylesheet" href="{BasePath}/assets/chronos.css">
        <link rel="icon" href="{BasePath}/assets/chronos.svg" type="image/svg+xml">
        <script src="{BasePath}/assets/chronos.js" defer></script>
        </head>
        <body>
        <a class="skip" href="#jobs">Skip to the jobs</a>
        <header><h1>Chronos</h1><p id="notice" role="status"></p></header>
        {PrintSearch()}
        <main id="content">
        {PrintCounts()}
        {PrintJobs()}
        {PrintPaging()}
        {PrintRuns()}
        </main>
        </body>
        </html>

        """);

    private Html PrintSearch() => Html.Of($"""
        <form method="get" action="{BasePath}/" role="search">
        <label>Search <input type="search" name="q" value="{Filter.Text}" placeholder="name, command or owner"></label>
        <label>Show <select name="show">{JobsPageFilter.Labels.Select(PrintChoice)}</select></label>
        <button>Search</button>
        </form>
        """);

    private Html PrintChoice(string label)
    {
        var selected = label == Filter.Label ? new Html(" selected") : Html.Empty;
        return Html.Of($"<option value=\"{label}\"{selected}>{(label.Length == 0 ? "all" : label)}</option>");
    }

    private Html PrintCounts()
    {
        var counts = JobsPageFilter.Labels.Select(label => Html.Of(
            $"<li><a href=\"{BasePath}/?show={label}\"><b>{Listing.Counts[label]}</b> {Name(label)}</a></li>\n"));
        return Html.Of($"<ul class=\"counts\" aria-label=\"Jobs by state\">\n{counts}</ul>");

        static string Name(string label) => label.Length == 0 ? "jobs" : label;
    }

    private Html PrintJobs() => Html.Of($"""
        <h2 id="jobs" tabindex="-1">Jobs</h2>
        <p>{Listing.Found} found{(Listing.Found == 0 ? "." : $", page {Listing.Page} of {Listing.Pages}.")}</p>
        <div class="scroll"><table>
        <caption>Jobs by name</caption>
        <thead><tr><th scope="col">Job</th><th scope="col">Schedule or parents</th><th scope="col">Next run</th>
        <th scope="col">Last result</th><th scope="col">State</th><th scope="col">Actions</th></tr></thead>
        <tbody>
        {Listing.Jobs.Select(PrintJob)}
        </tbody></table></div>
        """);

    private Html PrintJob(JobSnapshot snapshot)
    {
        var (job, state) = snapshot;
        var status = JobLabels.Status(state.Counters);
        var label = JobLabels.State(state);
        var disabled = job.Disabled ? Html.Of($" <span class=\"tag\">disabled</span>") : Html.Empty;
        return Html.Of($"""
            <tr>
            <th scope="row"><a href="{BasePath}/?job={Uri.EscapeDataString(job.Name)}#runs">{job.Name}</a>{disabled}
            <small class="command" title="{job.Command}">{Cut(job.Command)}</small></th>
            <td data-label="Schedule">{PrintStart(job)}</td>
            <td data-label="Next run">{(job.Disabled ? new Html("&ndash;") : PrintTime(snapshot.Next))}</td>
            <td data-label="Last result"><span class="tag {status}">{status}</span>
            {PrintTime(state.LastRun?.EndedAt)}</td>
            <td data-label="State"><span class="tag {label.Split(' ')[^1]}">{label}</span>
            {state.ActiveRuns.Where(r => r.Attempt > 0).Select(r => PrintLogs(r))}</td>
            <td data-label="Actions" class="actions">{(MayOperate ? PrintActions(job) : Html.Empty)}</td>
            </tr>

            """);
    }

    private static Html PrintStart(Job job)
    {
        if (job.Schedule is { } schedule)
            return Html.Of($"<code>{schedule.Text}</code> <small>{schedule.TimeZone}</small>");
        return job.Parents.IsEmpty
            ? new("by hand")
            : Html.Of($"after {string.Join(", ", job.Parents)}");
    }

    private Html PrintActions(Job job)
    {
        var name = Uri.EscapeDataString(job.Name);
        var change = job.Disabled ? "enable" : "disable";
        var title = job.Disabled ? "Enable" : "Disable";
        return Html.Of($"""
            {PrintAction(job, "Run", "PUT", $"/v1/scheduler/job/{name}")}
            {PrintAction(job, "Kill", "DELETE", $"/v1/scheduler/task/kill/{name}")}
            {PrintAction(job, title, "POST", $"/v1/jobs/{name}/{change}")}
            """);
    }

    private Html PrintAction(Job job, string title, string method, string path) => Html.Of($"""
        <button type="button" id="{title}:{job.Name}" data-method="{method}" data-url="{BasePath}{path}"
        data-question="{title} {job.Name}?" aria-label="{title} {job.Name}">{title}</button>
        """);

    private Html PrintPaging() => Listing.Pages == 1 ? Html.Empty : Html.Of($"""
        <nav aria-label="Pages">
        {PrintPage(Listing.Page - 1, "Previous")}
        {PrintPage(Listing.Page + 1, "Next")}
        </nav>
        """);

    private Html PrintPage(int page, string title)
    {
        if (page < 1 || page > Listing.Pages) return Html.Empty;
        var text = Uri.EscapeDataString(Filter.Text);
        return Html.Of($"<a href=\"{BasePath}/?q={text}&amp;show={Filter.Label}&amp;page={page}\">{title}</a>");
    }

    private Html PrintRuns() => Html.Of($"""
        <h2 id="runs">{(JobName.Length == 0 ? "Latest runs" : $"Latest runs of {JobName}")}</h2>
        <div class="scroll"><table>
        <caption>Runs that ended, latest due first</caption>
        <thead><tr><th scope="col">Job</th><th scope="col">Due</th><th scope="col">Started</th>
        <th scope="col">Ended</th><th scope="col">Result</th><th scope="col">Output</th></tr></thead>
        <tbody>
        {Runs.Select(PrintRun)}
        </tbody></table></div>
        """);

    private Html PrintRun(RunRecord record)
    {
        var run = record.Run;
        var state = run.State.ToString().ToLowerInvariant();
        return Html.Of($"""
            <tr>
            <th scope="row">{record.JobName}</th>
            <td data-label="Due">{PrintTime(run.Nominal)}</td>
            <td data-label="Started">{PrintTime(run.StartedAt)}</td>
            <td data-label="Ended">{PrintTime(run.EndedAt)}</td>
            <td data-label="Result"><span class="tag {state}">{state}</span> <small>{run.Reason}</small></td>
            <td data-label="Output">{(run.Attempt > 0 ? PrintLogs(run) : Html.Empty)}</td>
            </tr>

            """);
    }

    private Html PrintLogs(Run run) => Html.Of($"""
        <a href="{BasePath}/v1/runs/{run.Id.ToString()}/logs/stdout?whole=true">stdout</a>
        <a href="{BasePath}/v1/runs/{run.Id.ToString()}/logs/stderr?whole=true">stderr</a>
        """);

    private static Html PrintTime(Instant? at) => at is { } known
        ? Html.Of($"<time datetime=\"{Iso.Format(known)}\">{Shown.Format(known)}</time>")
        : new("&ndash;");

    private static string Cut(string command)
    {
        const int shown = 80;
        if (command.Length <= shown) return command;
        var end = char.IsHighSurrogate(command[shown - 1]) ? shown - 1 : shown;
        return command[..end] + "…";
    }
}
