using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using NodaTime;
using NodaTime.Text;
using Xunit;

namespace Chronos.Core.Tests.Scheduling;

/// <summary>A scheduler with a clock that only the test moves, and an engine that only the test answers for. Every
/// change is kept, so that a test can also restart the scheduler from what would have been stored.</summary>
internal sealed class SchedulerFixture
{
    public static readonly Actor Alice = new("alice", "127.0.0.1");

    private readonly SortedDictionary<string, JobSnapshot> stored = new(StringComparer.Ordinal);
    private readonly SchedulerOptions options;
    private Scheduler scheduler;

    public SchedulerFixture(string now = "2026-01-01T00:00:00Z", SchedulerOptions? options = null)
    {
        this.options = options ?? new();
        scheduler = new(this.options);
        Now = At(now);
    }

    public Instant Now { get; private set; }

    public List<Run> Ended { get; } = [];

    public Dictionary<RunId, string> EndedJobs { get; } = [];

    public List<Effect> Effects { get; } = [];

    public List<JobEvent> Events { get; } = [];

    public IEnumerable<LaunchRequest> Launches => Effects.OfType<LaunchRequest>();

    public IEnumerable<Kill> Kills => Effects.OfType<Kill>();

    public Instant? NextDue => scheduler.NextDue;

    public static Instant At(string text) => InstantPattern.ExtendedIso.Parse(text).Value;

    public static Job Scheduled(string name, string schedule, Func<JobSchedule, JobSchedule>? with = null)
    {
        var definition = new JobSchedule { Text = schedule };
        return new() { Name = name, Command = "true", Schedule = with?.Invoke(definition) ?? definition };
    }

    public static Job Manual(string name) => new() { Name = name, Command = "true" };

    public static Job Child(string name, params string[] parents) =>
        new() { Name = name, Command = "true", Parents = parents.ToValueList() };

    public Reply? Do(Command command)
    {
        var reply = scheduler.Step(new(Now, command));
        Take();
        return reply;
    }

    public JobsPut Put(params Job[] jobs) => Assert.IsType<JobsPut>(Do(new PutJobs(jobs.ToValueList(), Alice)));

    public Refused PutRefused(params Job[] jobs) => Assert.IsType<Refused>(Do(new PutJobs(jobs.ToValueList(), Alice)));

    /// <summary>Moves the clock, deciding at each due time on the way, as a server that is never late would.</summary>
    public void AdvanceTo(string time)
    {
        var end = At(time);
        while (scheduler.NextDue is { } due && due <= end)
        {
            Now = Instant.Max(Now, due);
            Do(Tick.Instance);
        }

        Now = end;
    }

    /// <summary>Moves the clock at once, as after an outage, and decides until nothing is due.</summary>
    public void JumpTo(string time)
    {
        Now = At(time);
        while (scheduler.NextDue is { } due && due <= Now) Do(Tick.Instance);
    }

    public Run Start(string name, string? key = null, string? arguments = null) =>
        Assert.IsType<RunStarted>(Do(new StartRun(name, arguments, default, key, Alice))).Run;

    public JobSnapshot Job(string name) => stored[name];

    public bool Has(string name) => stored.ContainsKey(name);

    public Run Active(string name) => Assert.Single(Job(name).State.ActiveRuns);

    public void Report(AttemptId attempt, string job, AttemptPhase phase, int? exitCode = null) =>
        Do(new AttemptReported(new()
    {
        Id = attempt,
        JobName = job,
        Phase = phase,
        ExitCode = exitCode,
        StartedAt = phase is AttemptPhase.Running ? Now : null,
        Agent = "host-1",
    }, ""));

    public void Run(string job) => Report(Active(job).AttemptId, job, AttemptPhase.Running);

    public void Succeed(string job) => Report(Active(job).AttemptId, job, AttemptPhase.Finished, 0);

    public void Fail(string job) => Report(Active(job).AttemptId, job, AttemptPhase.Failed, 1);

    /// <summary>A new scheduler, from what the old one stored; as after a crash between storing and acting when the
    /// effects so far are forgotten.</summary>
    public IReadOnlyList<LaunchedAttempt> Restart()
    {
        Effects.Clear();
        scheduler = new(options);
        foreach (var snapshot in stored.Values) scheduler.Restore(snapshot.Job, snapshot.State);
        var launched = scheduler.Resume(Now);
        Take();
        return launched;
    }

    public void HoldLaunches() => Do(Chronos.Core.Scheduling.HoldLaunches.Instance);

    private void Take()
    {
        foreach (var change in scheduler.Changes) Store(change);
        Effects.AddRange(scheduler.Effects);
        scheduler.ClearOutput();
    }

    private void Store(Change change)
    {
        switch (change)
        {
            case JobPut put:
                stored[put.Snapshot.Job.Name] = put.Snapshot;
                break;
            case JobStateChanged changed:
                stored[changed.Snapshot.Job.Name] = changed.Snapshot;
                break;
            case JobDeleted deleted:
                stored.Remove(deleted.Name);
                break;
            case RunEnded ended:
                Ended.Add(ended.Run);
                EndedJobs[ended.Run.Id] = ended.Job.Name;
                break;
            case JobEvent happened:
                Events.Add(happened);
                break;
        }
    }
}
