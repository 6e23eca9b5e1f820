using Chronos.Api;
using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Node;
using Chronos.Runtime.Ports;
using NodaTime;

namespace Chronos.Server.Endpoints.Native;

/// <summary>The one place where the domain becomes the wire contract. Words are lower camel case.</summary>
internal static partial class Wire
{
    public static string Word<T>(T value)
        where T : struct, Enum => Words<T>.Of(value);

    public static string StateOf(JobSnapshot job)
    {
        var state = "idle";
        foreach (var run in job.State.ActiveRuns)
        {
            if (run.State != RunState.Queued) return "running";
            state = "queued";
        }

        return state;
    }

    public static RunDocument Run(string jobName, Run run) => new()
    {
        Id = run.Id.ToString(),
        Job = jobName,
        State = Word(run.State),
        Reason = OrNull(run.Reason),
        Cause = new() { Kind = Word(run.Cause.Kind), Detail = OrNull(run.Cause.Detail) },
        Nominal = At(run.Nominal),
        CreatedAt = At(run.CreatedAt),
        StartedAt = At(run.StartedAt),
        EndedAt = At(run.EndedAt),
        RetryAt = At(run.RetryAt),
        Attempt = run.Attempt,
        Attempts = run.Attempts.Select(Attempt).ToList(),
        Kill = run.Kill is { } kill
            ? new() { Reason = Word(kill.Reason), By = kill.By, At = At(kill.At) }
            : null,
        Agent = OrNull(run.Agent),
        AwaitsCallback = run.AwaitsCallback,
        Arguments = run.Arguments,
        Environment = run.Environment.IsEmpty ? null : Pairs(run.Environment),
        Progress = run.Progress,
        MissedUntil = At(run.Range?.Last),
        MissedCount = run.Range?.Count,
    };

    public static LastRunSummary? LastRun(LastRun? run) => run is null ? null : new()
    {
        Id = run.Id.ToString(),
        State = Word(run.State),
        Nominal = At(run.Nominal),
        StartedAt = At(run.StartedAt),
        EndedAt = At(run.EndedAt),
    };

    public static Counters Counters(JobCounters counters) => new()
    {
        SuccessCount = counters.SuccessCount,
        ErrorCount = counters.ErrorCount,
        ErrorsSinceLastSuccess = counters.ErrorsSinceLastSuccess,
        LastSuccess = At(counters.LastSuccess),
        LastError = At(counters.LastError),
    };

    public static BackfillDocument Backfill(Backfill backfill) => new()
    {
        Id = backfill.Id,
        From = At(backfill.From),
        Until = At(backfill.Until),
        Cursor = At(backfill.Cursor),
        Parallelism = backfill.Parallelism,
        By = backfill.By,
    };

    public static ServerEvent Event(NodeEvent e) => new()
    {
        Sequence = e.Sequence,
        At = At(e.At),
        Kind = Word(e.Kind),
        Job = e.JobName,
        Run = e.Run is { } run ? Run(e.JobName, run) : null,
    };

    public static AuditEntry Audit(EventRecord record) => new()
    {
        Id = record.Id,
        At = At(record.Event.At),
        Job = record.Event.JobName,
        Kind = Word(record.Event.Kind),
        By = record.Event.By.Name,
        Address = OrNull(record.Event.By.Address),
        Detail = OrNull(record.Event.Detail),
    };

    public static EngineDocument Engine(EngineOverview engine) => new()
    {
        Name = engine.Name,
        IsHealthy = engine.IsHealthy,
        Problem = OrNull(engine.Problem),
        Total = Resources(engine.Total),
        Used = Resources(engine.Used),
        Waiting = engine.WaitingCount,
        Running = engine.RunningCount,
        Limits = engine.Limits,
    };

    public static ResourcesDocument Resources(Resources resources) =>
        new(resources.Cpus, resources.Mem, resources.Disk);

    public static RuleViolation Warning(JobWarning warning) => new(warning.Field, null, warning.Message, "");

    public static DateTimeOffset At(Instant instant) => instant.ToDateTimeOffset();

    public static DateTimeOffset? At(Instant? instant) => instant?.ToDateTimeOffset();

    public static string? OrNull(string text) => text.Length == 0 ? null : text;

    public static Dictionary<string, string> Pairs(ValueList<EnvironmentVariable> variables)
    {
        var pairs = new Dictionary<string, string>(variables.Count, StringComparer.Ordinal);
        foreach (var variable in variables) pairs[variable.Name] = variable.Value;
        return pairs;
    }

    private static AttemptDocument Attempt(Attempt attempt) => new()
    {
        Number = attempt.Number,
        Outcome = Word(attempt.Outcome),
        StartedAt = At(attempt.StartedAt),
        EndedAt = At(attempt.EndedAt),
        ExitCode = attempt.ExitCode,
        Signal = attempt.Signal,
        Message = OrNull(attempt.Message),
        Agent = OrNull(attempt.Agent),
    };

    /// <summary>Names of an enum's values on the wire, made once.</summary>
    private static class Words<T>
        where T : struct, Enum
    {
        private static readonly Dictionary<T, string> All =
            Enum.GetValues<T>().ToDictionary(v => v, v => Lower(v.ToString()));

        public static string Of(T value) => All[value];

        private static string Lower(string name) => char.ToLowerInvariant(name[0]) + name[1..];
    }
}
