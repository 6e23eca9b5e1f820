using System.Diagnostics.Metrics;
using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Node;
using Chronos.Runtime.Telemetry;
using Microsoft.Extensions.Logging;
using NodaTime;
using Xunit;

namespace Chronos.Core.Tests.Node;

public sealed class InvariantScannerTests : IDisposable
{
    private static readonly Instant Noon = Instant.FromUtc(2026, 1, 1, 12, 0);
    private readonly JobDirectory jobs = new();
    private readonly Dictionary<string, JobEntry> entries = [];
    private readonly List<LaunchedAttempt> asked = [];
    private readonly NodeMetrics metrics = new();
    private readonly LineLogger log = new();
    private readonly InvariantScanner scanner;

    public InvariantScannerTests() => scanner = new(jobs, asked.Add, metrics, log);

    public void Dispose() => metrics.Dispose();

    [Fact]
    public void Look_EverythingInOrder_FindsNothing()
    {
        Publish("a", NewRun() with { State = RunState.Running, Attempt = 1, StartedAt = Noon });

        Look(0, 1, 10);

        Assert.Empty(scanner.Violations);
        Assert.Empty(log.Lines);
        Assert.Empty(asked);
    }

    [Fact]
    public void Look_OccurrenceStaysDue_IsToldWithJobAndRemedyUntilItIsDecided()
    {
        var (job, state) = Snapshot("a");
        Publish(new JobSnapshot(job, state, Noon - Duration.FromSeconds(5)));

        Look(0, 0.4);
        Assert.Empty(scanner.Violations); // it may be decided this very moment
        Look(0.6, 0.7);

        Assert.Equal([InvariantRule.Overdue], scanner.Violations);
        var line = Assert.Single(log.Lines); // once, not with every look
        Assert.Contains("job a", line, StringComparison.Ordinal);
        Assert.Contains("restart", line, StringComparison.Ordinal);

        Publish(Snapshot("a"));
        Look(1);
        Assert.Empty(scanner.Violations);
        Assert.Contains("holds again", log.Lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Look_RetryOrTimeoutStaysDue_IsOverdue()
    {
        Publish("retry", NewRun() with { Attempt = 1, RetryAt = Noon - Duration.FromSeconds(1) });
        var policy = new RunPolicy { Timeout = Duration.FromMinutes(1) };
        var run = NewRun() with { State = RunState.Running, Attempt = 1, StartedAt = Noon - Duration.FromMinutes(2) };
        var slow = Snapshot("slow", run);
        Publish(slow with { Job = slow.Job with { Policy = policy } });

        Look(0, 1);

        Assert.Equal([InvariantRule.Overdue, InvariantRule.Overdue], scanner.Violations);
    }

    [Fact]
    public void Look_KilledRunStaysActive_IsStuck()
    {
        Publish("a", NewRun() with
        {
            State = RunState.Running, Attempt = 1, StartedAt = Noon, Kill = new(KillReason.User, "alice", Noon),
        });

        Look(0, 9);
        Assert.Empty(scanner.Violations);
        Look(11);

        Assert.Equal([InvariantRule.Stuck], scanner.Violations);
    }

    [Fact]
    public void Look_EngineSaysNothingOfALaunch_AsksAndThenTells()
    {
        var run = NewRun() with { Attempt = 1 };
        Publish("a", run);

        Look(0, 6);
        Assert.Equal(new(run.AttemptId, "a", "", HasBegun: false), Assert.Single(asked));
        Assert.Empty(scanner.Violations);
        Look(8);

        Assert.Equal([InvariantRule.Silent], scanner.Violations);
    }

    [Fact]
    public void Look_EngineAnswersThatTheAttemptWaits_IsContent()
    {
        var run = NewRun() with { Attempt = 1 };
        Publish("a", run);

        Look(0, 6);
        scanner.Heard(run.AttemptId);
        Look(8, 9);

        Assert.Empty(scanner.Violations);
    }

    [Fact]
    public void Look_RunThatReadersCannotFind_IsOrphaned()
    {
        var run = NewRun() with { State = RunState.Running, Attempt = 1, StartedAt = Noon };
        Publish("a", run);
        Publish("b", run);
        jobs.Remove("b"); // takes the run of the other with it

        Look(0, 1);

        Assert.Equal([InvariantRule.Orphaned], scanner.Violations);
    }

    [Fact]
    public void Look_CountersThatCannotBe_AreMiscounted()
    {
        var snapshot = Snapshot("a");
        var counters = new JobCounters { ErrorCount = 1, ErrorsSinceLastSuccess = 2 };
        Publish(snapshot with { State = snapshot.State with { Counters = counters } });

        Look(0, 1);

        Assert.Equal([InvariantRule.Miscounted], scanner.Violations);
    }

    [Fact]
    public void Metric_BrokenInvariants_CountsByRule()
    {
        Publish("a", NewRun() with { Attempt = 1, RetryAt = Noon - Duration.FromSeconds(1) });
        Look(0, 1);
        var measured = new Dictionary<string, int>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, l) =>
            {
                if (instrument.Name == "chronos.broken.invariants") l.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<int>((_, count, tags, _) =>
        {
            var rule = $"{tags[0].Value}";
            lock (measured) measured[rule] = Math.Max(count, measured.GetValueOrDefault(rule)); // of all nodes here
        });

        listener.Start();
        listener.RecordObservableInstruments();

        Assert.True(measured["Overdue"] >= 1);
        Assert.Equal(Enum.GetNames<InvariantRule>().Order(), measured.Keys.Order());
    }

    [Fact]
    public void Pause_WhileTheStoreIsAway_ForgetsWhatIsLate()
    {
        Publish("a", NewRun() with { Attempt = 1, RetryAt = Noon - Duration.FromSeconds(1) });
        Look(0, 1);

        scanner.Pause();
        Assert.Empty(scanner.Violations);
        Look(2);

        Assert.Empty(scanner.Violations); // it gets its time anew
    }

    private static Run NewRun() => new()
    {
        Id = RunId.For("a", 1, Noon, ""),
        Cause = RunCause.Schedule,
        Nominal = Noon,
        CreatedAt = Noon,
    };

    private static JobSnapshot Snapshot(string name, params Run[] runs)
    {
        var state = new JobState
        {
            Incarnation = 1, Revision = 1, CreatedAt = Noon, UpdatedAt = Noon, Anchor = Noon, Cursor = Noon,
            ActiveRuns = runs.ToValueList(),
        };
        return new(new() { Name = name, Command = "true", Schedule = new() { Text = "@daily" } }, state, null);
    }

    private void Publish(string name, params Run[] runs) => Publish(Snapshot(name, runs));

    private void Publish(JobSnapshot snapshot)
    {
        if (!entries.TryGetValue(snapshot.Job.Name, out var entry))
            entries.Add(snapshot.Job.Name, entry = new(snapshot.Job.Name));
        jobs.Publish(entry, snapshot);
    }

    private void Look(params double[] minutes)
    {
        foreach (var minute in minutes) scanner.Look(Noon + Duration.FromMinutes(minute));
    }

    private sealed class LineLogger : ILogger
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) => Lines.Add(formatter(state, exception));
    }
}
