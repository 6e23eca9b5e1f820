using System.Globalization;
using Chronos.Api;
using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Ports;
using NodaTime;
using NodaTime.Text;

namespace Chronos.Server.Endpoints.Native;

/// <summary>Tells people in one sentence what was decided about a job and why.</summary>
internal static class Sentences
{
    private static readonly InstantPattern Time = InstantPattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm:ss'Z'");

    public static Decision Of(Run run) => new()
    {
        At = Wire.At(run.Nominal),
        Kind = Wire.Word(run.State),
        Run = run.Id.ToString(),
        Sentence = $"{Show(run.Nominal)} {What(run)}{Why(run)}.",
    };

    public static Decision Of(EventRecord record)
    {
        var (e, by) = (record.Event, record.Event.By);
        var from = by.Address.Length == 0 ? "" : $" from {by.Address}";
        var detail = e.Detail.Length == 0 ? "" : $": {e.Detail.TrimEnd('.')}";
        return new()
        {
            At = Wire.At(e.At),
            Kind = Wire.Word(e.Kind),
            Sentence = $"{Show(e.At)} {What(e.Kind)} by {by.Name}{from}{detail}.",
        };
    }

    private static string What(Run run) => run.State switch
    {
        RunState.Queued when run.RetryAt is { } at => $"waits for attempt {run.Attempt + 1} at {Show(at)}",
        RunState.Queued => "waits",
        RunState.Starting => $"starts (attempt {run.Attempt})",
        RunState.Running => $"runs{Since(run.StartedAt)}{On(run.Agent)} (attempt {run.Attempt})",
        RunState.Succeeded => $"ran and succeeded{After(run)}",
        RunState.Failed => $"ran and failed{After(run)}{Attempts(run)}{Exit(run)}",
        RunState.Killed => "was killed",
        RunState.Skipped => "skipped",
        RunState.Missed => $"missed{Range(run)}",
        RunState.Lost => "lost: nobody can know how it ended",
        _ => throw new InvalidOperationException($"Unknown state {run.State}."),
    };

    private static string Why(Run run)
    {
        var cause = run.Cause.Kind switch
        {
            RunCauseKind.Schedule => "",
            RunCauseKind.Parents => $", started by {run.Cause.Detail}",
            RunCauseKind.Manual => $", started by hand by {run.Cause.Detail}",
            RunCauseKind.Backfill => $", from backfill {run.Cause.Detail}",
            RunCauseKind.Repeat => $", repeating {run.Cause.Detail}",
            _ => throw new InvalidOperationException($"Unknown cause {run.Cause.Kind}."),
        };
        return run.Reason.Length == 0 ? cause : $"{cause}: {run.Reason.TrimEnd('.')}";
    }

    private static string What(JobEventKind kind) => kind switch
    {
        JobEventKind.Created => "created",
        JobEventKind.Updated => "changed",
        JobEventKind.Deleted => "deleted",
        JobEventKind.Enabled => "enabled",
        JobEventKind.Disabled => "disabled",
        JobEventKind.RunStarted => "run started",
        JobEventKind.KillRequested => "kill asked for",
        JobEventKind.MarkedSuccess => "marked as succeeded",
        JobEventKind.BackfillStarted => "backfill started",
        JobEventKind.BackfillEnded => "backfill ended",
        _ => throw new InvalidOperationException($"Unknown event {kind}."),
    };

    private static string Show(Instant at) => Time.Format(at);

    private static string Since(Instant? at) => at is { } start ? $" since {Show(start)}" : "";

    private static string On(string agent) => agent.Length == 0 ? "" : $" on {agent}";

    private static string After(Run run) =>
        run is { StartedAt: { } start, EndedAt: { } end } ? $" after {Length(end - start)}" : "";

    private static string Attempts(Run run) => run.Attempts.Count > 1 ? $" with {run.Attempts.Count} attempts" : "";

    private static string Exit(Run run) => run.Attempts is [.., var last]
        ? last.Signal is { } signal ? $" (signal {signal})" : last.ExitCode is { } code ? $" (exit code {code})" : ""
        : "";

    private static string Range(Run run) => run.Range is { } range
        ? $" with {(range.Count is { } count ? $"{count} occurrences" : "more")} until {Show(range.Last)}"
        : "";

    private static string Length(Duration length) => length < Duration.FromMinutes(1)
        ? string.Create(CultureInfo.InvariantCulture, $"{length.TotalSeconds:0.###} s")
        : DurationPattern.JsonRoundtrip.Format(Duration.FromSeconds(Math.Floor(length.TotalSeconds)));
}
