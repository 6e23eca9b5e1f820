using System.Collections.Concurrent;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Ports;
using Chronos.Runtime.Telemetry;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Chronos.Runtime.Node;

/// <summary>Checks in the running server what its tests promise: nothing stays due, no run is stuck, forgotten by its
/// engine or lost from view, and counts agree. It reads what readers read, a bounded part each time, so it costs the
/// loop nothing. An engine that says nothing about an attempt is asked before it is suspected, which also mends a
/// launch that got lost.</summary>
internal sealed partial class InvariantScanner(
    JobDirectory jobs, Action<LaunchedAttempt> ask, NodeMetrics metrics, ILogger logger)
{
    private const int JobsPerLook = 20_000;
    private static readonly Duration AnswerTime = Duration.FromMinutes(1);

    private readonly Dictionary<Suspicion, Case> cases = [];
    private readonly ConcurrentDictionary<AttemptId, bool> answered = new();
    private IEnumerator<JobSnapshot>? round;

    /// <summary>Rules that are broken now.</summary>
    public IReadOnlyList<InvariantRule> Violations { get; private set; } = [];

    /// <summary>An engine has said something about an attempt; any thread may call it.</summary>
    public void Heard(AttemptId attempt)
    {
        if (!answered.IsEmpty && answered.ContainsKey(attempt)) answered[attempt] = true;
    }

    /// <summary>Forgets all suspicions: while the store is away or the node drains, work is late for a known reason.
    /// </summary>
    public void Pause()
    {
        cases.Clear();
        answered.Clear();
        Publish();
    }

    /// <summary>Looks at the next part of the jobs, and again at all that are suspected.</summary>
    public void Look(Instant now)
    {
        var seen = new HashSet<Suspicion>();
        foreach (var name in cases.Keys.Select(c => c.JobName).Distinct().ToList())
            if (jobs.Find(name) is { } snapshot) InvariantRules.Check(snapshot, jobs, now, s => seen.Add(s));
        LookFurther(now, seen);
        foreach (var (run, name) in jobs.OrphanedRuns(JobsPerLook))
            seen.Add(new(InvariantRule.Orphaned, name, run, "its job has it no more"));
        foreach (var over in cases.Keys.Where(c => !seen.Contains(c)).ToList()) Close(over);
        foreach (var suspicion in seen) Judge(suspicion, now);
        Publish();
    }

    private void LookFurther(Instant now, HashSet<Suspicion> seen)
    {
        round ??= jobs.InNoOrder().GetEnumerator();
        for (var i = 0; i < JobsPerLook; i++)
        {
            if (!round.MoveNext())
            {
                round = null;
                return;
            }

            InvariantRules.Check(round.Current, jobs, now, s => seen.Add(s));
        }
    }

    private void Judge(Suspicion suspicion, Instant now)
    {
        if (!cases.TryGetValue(suspicion, out var open)) cases.Add(suspicion, open = new() { Since = now });
        open.Since = Instant.Min(open.Since, now); // the clock was set back
        if (open.IsViolation || now - open.Since < suspicion.Patience) return;
        if (suspicion.Rule == InvariantRule.Silent && IsAnsweredOrAsked(suspicion, open, now)) return;
        open.IsViolation = true;
        LogBroken(suspicion.Rule, suspicion.JobName, suspicion.Run, suspicion.Detail, suspicion.Remedy);
    }

    private bool IsAnsweredOrAsked(Suspicion suspicion, Case open, Instant now)
    {
        var run = jobs.Find(suspicion.JobName)?.State.ActiveRuns.FirstOrDefault(r => r.Id == suspicion.Run);
        if (run is null) return true;
        if (open.AskedAt is not { } asked)
        {
            open.AskedAt = now;
            answered[run.AttemptId] = false;
            ask(new(run.AttemptId, suspicion.JobName, run.Engine));
            return true;
        }

        if (now - asked < AnswerTime) return true;
        if (!answered.TryRemove(run.AttemptId, out var hasAnswered) || !hasAnswered) return false;
        (open.Since, open.AskedAt) = (now, null); // it waits or runs, and the engine knows
        return true;
    }

    private void Close(Suspicion over)
    {
        cases.Remove(over, out var closed);
        if (closed is { IsViolation: true }) LogKept(over.Rule, over.JobName, over.Run);
        if (cases.Count == 0) answered.Clear();
    }

    private void Publish()
    {
        Violations = [.. cases.Where(c => c.Value.IsViolation).Select(c => c.Key.Rule)];
        metrics.BrokenInvariants = Violations;
    }

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "Invariant {Rule} is broken by job {Job}, run {Run}: {Detail}. {Remedy}")]
    private partial void LogBroken(InvariantRule rule, string job, RunId? run, string detail, string remedy);

    [LoggerMessage(Level = LogLevel.Information, Message = "Invariant {Rule} holds again for job {Job}, run {Run}")]
    private partial void LogKept(InvariantRule rule, string job, RunId? run);

    private sealed class Case
    {
        public Instant Since { get; set; }

        public Instant? AskedAt { get; set; }

        public bool IsViolation { get; set; }
    }
}
