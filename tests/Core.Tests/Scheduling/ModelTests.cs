using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using NodaTime;
using Xunit;

namespace Chronos.Core.Tests.Scheduling;

/// <summary>Random jobs, commands, statuses, time jumps and crashes from a seed, and after each step everything that
/// must
/// always hold. An engine of the test remembers which attempts it really got, so it can say what no scheduler may do:
/// start one twice.</summary>
public sealed class ModelTests
{
    private const int Steps = 120;

    public static IEnumerable<TheoryDataRow<int>> Seeds =>
        Enumerable.Range(0, 12).Select(i => new TheoryDataRow<int>(i));

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Scheduler_RandomSteps_KeepsItsPromises(int group)
    {
        for (var seed = group * 25; seed < (group + 1) * 25; seed++)
        {
            var world = new RandomWorld(seed);
            for (var step = 0; step < Steps; step++)
            {
                world.Step();
                world.Check();
            }

            world.Settle();
            world.Check();
            world.CheckOccurrences();
        }
    }

    [Fact]
    public void Scheduler_SameSteps_DecidesTheSame()
    {
        var first = new RandomWorld(7);
        var second = new RandomWorld(7);
        for (var step = 0; step < Steps; step++)
        {
            first.Step();
            second.Step();
        }

        Assert.NotEmpty(first.Fixture.Ended);
        Assert.Equal(first.Fixture.Ended, second.Fixture.Ended);
        Assert.Equal(first.Fixture.Effects, second.Fixture.Effects);
    }

    private sealed class RandomWorld
    {
        private static readonly string[] Names = ["allow", "skip", "queue", "replace", "child", "grandchild"];
        private readonly Random random;
        private readonly int seed;
        private readonly Instant createdAt;
        private readonly HashSet<AttemptId> known = [];
        private readonly HashSet<AttemptId> running = [];
        private readonly HashSet<AttemptId> over = [];
        private int seen;

        public RandomWorld(int seed)
        {
            this.seed = seed;
            random = new(seed);
            createdAt = Fixture.Now;
            Fixture.Put(
                Scheduled("allow", "* * * * *", new() { Concurrency = Concurrency.Allow, MaxConcurrent = 3 }),
                Scheduled("skip", "R/2026-01-01T00:00:30Z/PT40S", new() { Retries = 1 }),
                Scheduled("queue", "*/3 * * * *", new() { Concurrency = Concurrency.Queue, Retries = 0 }),
                Scheduled("replace", "*/2 * * * *",
                    new() { Concurrency = Concurrency.Replace, Timeout = Duration.FromMinutes(5) }),
                SchedulerFixture.Child("child", "allow", "skip") with { Policy = new() { Retries = 0 } },
                SchedulerFixture.Child("grandchild", "child") with { Trigger = ParentTrigger.Completion });
        }

        public SchedulerFixture Fixture { get; } = new();

        public void Step()
        {
            switch (random.Next(10))
            {
                case 0 or 1 or 2:
                    Advance(Duration.FromSeconds(random.Next(1, 90)));
                    break;
                case 3 when random.Next(4) == 0:
                    Jump(Duration.FromMinutes(random.Next(1, 30)));
                    break;
                case 4:
                    Fixture.Start(Names[random.Next(Names.Length)]);
                    break;
                case 5:
                    Fixture.Do(new KillRuns(Names[random.Next(Names.Length)], null, SchedulerFixture.Alice));
                    break;
                case 6 when random.Next(3) == 0:
                    Crash();
                    break;
                default:
                    Report();
                    break;
            }

            Deliver();
        }

        /// <summary>Lets everything end that has begun.</summary>
        public void Settle()
        {
            for (var i = 0; i < 500 && running.Count > 0; i++)
            {
                End(running.First(), AttemptPhase.Finished);
                Deliver();
            }
        }

        public void Check()
        {
            var active = Names.SelectMany(n => Fixture.Job(n).State.ActiveRuns).Select(r => r.Id).ToList();
            var ended = Fixture.Ended.Select(r => r.Id).ToList();
            Say(ended.Distinct().Count() == ended.Count, "a run ended twice");
            Say(!active.Intersect(ended).Any(), "a run is active and has ended");
            Say(Launched("allow") <= 3, "more runs than maxConcurrent");
            Say(Launched("skip") <= 1 && Launched("queue") <= 1 && Launched("replace") <= 1, "runs overlap");
            Say(Fixture.NextDue is null || Fixture.NextDue > Fixture.Now, "something stays due");
            foreach (var run in Names.SelectMany(n => Fixture.Job(n).State.ActiveRuns))
                Say(run.Attempt == 0
                    || run.RetryAt is not null || known.Contains(run.AttemptId), "an attempt was never launched");
        }

        /// <summary>Every occurrence since the beginning is a run or lies in exactly one missed record.</summary>
        public void CheckOccurrences()
        {
            CheckEvery("allow", createdAt + Duration.FromMinutes(1), Duration.FromMinutes(1));
            CheckEvery("skip", createdAt + Duration.FromSeconds(30), Duration.FromSeconds(40));
        }

        private static Job Scheduled(string name, string schedule, RunPolicy policy) =>
            SchedulerFixture.Scheduled(name, schedule) with { Policy = policy };

        private void CheckEvery(string name, Instant first, Duration period)
        {
            var runs = Fixture.Job(name).State.ActiveRuns.Concat(Fixture.Ended.Where(r => JobOf(r) == name))
                .Where(r => r.Cause.Kind == RunCauseKind.Schedule).ToList();
            for (var at = first; at <= Fixture.Now; at += period)
            {
                var covering = runs.Count(r =>
                    r.Nominal == at || (r.Range is { } range && r.Nominal < at && at <= range.Last));
                Say(covering == 1, $"{name} at {at} has {covering} decisions");
            }
        }

        private string JobOf(Run run) => Fixture.EndedJobs[run.Id];

        private int Launched(string name) => Fixture.Job(name).State.ActiveRuns
            .Count(r => r.Attempt > 0 && r.Cause.Kind != RunCauseKind.Backfill);

        private void Advance(Duration by) =>
            Fixture.AdvanceTo((Fixture.Now + by).ToString("uuuu-MM-ddTHH:mm:ss.FFFFFFFFF'Z'", null));

        private void Jump(Duration by) =>
            Fixture.JumpTo((Fixture.Now + by).ToString("uuuu-MM-ddTHH:mm:ss.FFFFFFFFF'Z'", null));

        /// <summary>The effects of the last step get lost with the server, and the next one asks the engine.</summary>
        private void Crash()
        {
            Advance(Duration.FromSeconds(1));
            seen = 0;
            var launched = Fixture.Restart();
            foreach (var attempt in launched)
            {
                if (running.Contains(attempt.Id)) Fixture.Report(attempt.Id, attempt.JobName, AttemptPhase.Running);
                else if (over.Contains(attempt.Id)) Fixture.Report(
                    attempt.Id, attempt.JobName, AttemptPhase.Finished, 0);
                else if (!known.Contains(attempt.Id)) Fixture.Report(
                    attempt.Id, attempt.JobName, AttemptPhase.NeverStarted);
            }
        }

        private void Report()
        {
            if (running.Count == 0) return;
            var attempt = running.OrderBy(a => a.ToString(), StringComparer.Ordinal)
                .ElementAt(random.Next(running.Count));
            End(attempt, random.Next(3) == 0 ? AttemptPhase.Failed : AttemptPhase.Finished);
        }

        private void End(AttemptId attempt, AttemptPhase phase)
        {
            running.Remove(attempt);
            over.Add(attempt);
            var repeats = random.Next(4) == 0 ? 2 : 1; // an engine may say it twice
            for (var i = 0; i < repeats; i++)
                Fixture.Report(attempt, owners[attempt], phase, phase == AttemptPhase.Finished ? 0 : 1);
        }

        private readonly Dictionary<AttemptId, string> owners = [];

        private void Deliver()
        {
            while (seen < Fixture.Effects.Count)
            {
                switch (Fixture.Effects[seen++])
                {
                    case Launch launch:
                        Begin(launch.Request);
                        break;
                    case Kill kill when running.Contains(kill.Attempt):
                        End(kill.Attempt, AttemptPhase.Killed);
                        break;
                }
            }
        }

        private void Begin(LaunchRequest request)
        {
            if (!known.Add(request.Id)) return; // it was launched before; an engine does not start it again
            owners[request.Id] = request.Job.Name;
            running.Add(request.Id);
            Fixture.Report(request.Id, request.Job.Name, AttemptPhase.Running);
        }

        private void Say(bool holds, string what) => Assert.True(holds, $"Seed {seed}, at {Fixture.Now}: {what}.");
    }
}
