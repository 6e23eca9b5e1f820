using System.Globalization;
using Chronos.Cluster.Tests.Faults;
using Chronos.Cluster.Tests.Jobs;

namespace Chronos.Cluster.Tests.Checks;

/// <summary>Every occurrence must have started in time, or be recorded as not started for a reason that the policy of
/// its job allows; nothing else may have started; no attempt twice; and no two runs of a job that forbids it at
/// once.</summary>
/// <param name="jobs">The jobs.</param>
/// <param name="start">When they begin.</param>
/// <param name="end">Up to when everything was decided.</param>
/// <param name="rounds">The faults, in order.</param>
/// <param name="tolerance">How late a start may be beyond the time for which nothing could be decided.</param>
internal sealed class OccurrenceCheck(
    IReadOnlyList<PlannedJob> jobs,
    DateTimeOffset start,
    DateTimeOffset end,
    IReadOnlyList<FaultRound> rounds,
    TimeSpan tolerance)
{
    private const double ClockStep = 0.02; // of the times in the journal, twice
    private const double ReportSeconds = 2; // for which it may be unknown that a task has started or ended
    private readonly double startUptime = Uptime.Of(start);

    public Verdict Judge(IReadOnlyList<TaskRun> runs, IReadOnlyList<RecordedRun> records)
    {
        var verdict = new Verdict(rounds);
        foreach (var twice in runs.GroupBy(run => run.Attempt).Where(group => group.Count() > 1))
            verdict.Break("attempt started twice", twice.Key);
        var runsOfJob = runs.ToLookup(run => run.Job);
        var recordsOfJob = records.ToLookup(record => record.Job);
        foreach (var job in jobs)
        {
            List<TaskRun> inOrder = [.. runsOfJob[job.Name].OrderBy(run => run.Started)];
            JudgeOccurrences(job, inOrder, [.. recordsOfJob[job.Name]], verdict);
            JudgeOverlaps(job, inOrder, verdict);
        }

        return verdict;
    }

    private void JudgeOccurrences(
        PlannedJob job, IReadOnlyList<TaskRun> runs, IReadOnlyList<RecordedRun> records, Verdict verdict)
    {
        var runsAt = runs.ToLookup(run => run.Nominal);
        var recordsAt = records.Where(record => record.First == record.Last).ToLookup(record => record.First);
        var ranges = records.Where(record => record.First != record.Last).ToList();
        var due = new HashSet<DateTimeOffset>();
        var freeAt = double.MinValue; // where runs wait for each other: when the one before has ended
        for (var nominal = job.First(start); nominal <= end; nominal = nominal.AddSeconds(job.Period))
        {
            due.Add(nominal);
            var at = nominal;
            Judge(job, nominal, [.. runsAt[nominal]],
                [.. recordsAt[nominal], .. ranges.Where(r => r.First <= at && at <= r.Last)], freeAt, verdict);
            if (job.Overlap == "queue" && runsAt[nominal].LastOrDefault()?.Ended is { } ended) freeAt = ended;
        }

        foreach (var extra in runs.Where(run => run.Nominal <= end && !due.Contains(run.Nominal)))
            verdict.Break("extra", $"{extra.Attempt} of {job.Name} was never due");
    }

    private void Judge(
        PlannedJob job,
        DateTimeOffset nominal,
        IReadOnlyList<TaskRun> runs,
        IReadOnlyList<RecordedRun> records,
        double freeAt,
        Verdict verdict)
    {
        var due = startUptime + (nominal - start).TotalSeconds;
        var known = Math.Max(due, runs.Count == 0 ? due : runs[0].Ended ?? runs[0].Started) + ReportSeconds;
        var round = rounds.FirstOrDefault(r => r.Began <= known && due <= r.Ended);
        var what = string.Create(CultureInfo.InvariantCulture, $"{job.Name} {nominal:HH:mm:ss} ")
            + $"({job.Missed}, {job.Overlap}, {(job.RunsInDoubt ? "run" : "skip")}; {round?.Fault.Name}): "
            + (records.Count == 0 ? "no record" : string.Join("; ", records.Select(r => $"{r.State} {r.Reason}")));
        if (runs.Count == 0)
        {
            if (records.Select(record => Excuse(job, record, round)).FirstOrDefault(e => e is not null) is { } excuse)
                verdict.Count(excuse);
            else
                verdict.Break("missed", what);
            return;
        }

        verdict.Count(runs.Count == 1 ? "started" : "started again, in doubt");
        if (runs.Count > 1 && (!job.RunsInDoubt || round is null)) verdict.Break("extra", $"{runs.Count} × {what}");
        if (records.Count == 0) verdict.Break("not recorded", what);
        var isAfterFault = round is not null && runs[0].Started > round.Began;
        var late = runs[0].Started - Math.Max(isAfterFault ? Math.Max(due, round!.Steady) : due, freeAt);
        verdict.AddLateness(late, isAfterFault ? round : null);
        // Where nobody could decide for long, the work of that time is made up for in no more than that.
        var allowed = tolerance.TotalSeconds + (isAfterFault && round!.Fault.StopsAll ? round.Outage : 0);
        if (late > allowed) verdict.Break("late", string.Create(
            CultureInfo.InvariantCulture, $"{late:0.00} s beyond the outage, {what}"));
        if (runs[0].Started < due - ClockStep) verdict.Break("early", what);
    }

    /// <summary>What allows an occurrence not to start; null: nothing.</summary>
    private static string? Excuse(PlannedJob job, RecordedRun record, FaultRound? round) => record.State switch
    {
        _ when record.Reason.Length == 0 => null,
        "skipped" when job.Overlap == "skip" => "skipped, overlap",
        "missed" when job.Missed != "all" && round is not null => "missed, by policy",
        "lost" when !job.RunsInDoubt && round is not null => "given up, in doubt",
        _ => null,
    };

    private static void JudgeOverlaps(PlannedJob job, List<TaskRun> runs, Verdict verdict)
    {
        TaskRun? before = null;
        foreach (var run in runs)
        {
            if (run.Ended is null) verdict.Break("never ended", run.Attempt);
            if (job.Overlap != "allow" && before?.Ended is { } ended && run.Started < ended - ClockStep)
                verdict.Break("overlap", $"{job.Name}: {run.Attempt} started while {before.Attempt} ran");
            before = run;
        }
    }
}
