using Chronos.Core.Jobs;
using Chronos.Simulation.Cluster;
using NodaTime;
using NodaTime.Text;

namespace Chronos.Simulation.Workload;

/// <summary>Makes jobs that use everything a job can say about when and how often it runs.</summary>
internal sealed class JobGenerator(FaultPlan chance, Profile profile, SimulatedTime time)
{
    private static readonly string[] Zones =
        ["", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"];

    /// <summary>A job of this name; parents come from those that must go before it.</summary>
    public Job Make(string name, IReadOnlyList<string> before)
    {
        var isChild = before.Count > 0 && chance.Chance(0.4);
        return new()
        {
            Name = name,
            Command = "task",
            Schedule = isChild || chance.Chance(0.05) ? null : MakeSchedule(),
            Parents = isChild ? MakeParents(before) : default,
            Trigger = chance.Pick([ParentTrigger.Success, ParentTrigger.Success, ParentTrigger.Completion,
                ParentTrigger.Failure]),
            Policy = MakePolicy(),
        };
    }

    /// <summary>The job with another policy, schedule or neither.</summary>
    public Job Change(Job job)
    {
        if (chance.Chance(0.4)) return job with { Policy = MakePolicy() };
        if (job.Schedule is null) return job with { Description = $"Changed at {time.Now}." };
        var schedule = chance.Chance(0.5)
            ? MakeSchedule()
            : job.Schedule with { Epsilon = chance.Pick(profile.Epsilons), Missed = MakeMissed() };
        return job with { Schedule = schedule };
    }

    private ValueList<string> MakeParents(IReadOnlyList<string> before)
    {
        var parents = new SortedSet<string>(StringComparer.Ordinal) { chance.Pick(before) };
        if (chance.Chance(0.5)) parents.Add(chance.Pick(before));
        return parents.ToValueList();
    }

    private JobSchedule MakeSchedule()
    {
        var start = time.Now + chance.Between(-profile.LongestTask, profile.LongestTask);
        var text = chance.Pick(profile.Schedules)
            .Replace("START", InstantPattern.General.Format(Whole(start)), StringComparison.Ordinal);
        return new()
        {
            Text = text,
            TimeZone = chance.Chance(0.5) ? "" : chance.Pick(Zones),
            Epsilon = chance.Pick(profile.Epsilons),
            Missed = MakeMissed(),
            Jitter = chance.Chance(0.15) ? profile.LongestTask / 8 : Duration.Zero,
            EndBefore = chance.Chance(0.05) ? Whole(time.Now + (profile.Length / 2)) : null,
            StartAfter = chance.Chance(0.05) ? Whole(time.Now + (profile.Length / 5)) : null,
        };
    }

    private MissedPolicy MakeMissed() => chance.Between(0, 3) switch
    {
        0 => new(MissedMode.None, 100, Duration.MaxValue),
        1 => new(MissedMode.All, chance.Between(1, 6),
            Duration.FromSeconds(Math.Floor(profile.Length.TotalSeconds / 3))),
        _ => MissedPolicy.Default,
    };

    private static Instant Whole(Instant time) => Instant.FromUnixTimeSeconds(time.ToUnixTimeSeconds());

    // Definitions count in whole seconds where people write them.
    private Duration Length(Duration shortest) =>
        Duration.FromSeconds(Math.Ceiling(chance.Between(shortest, profile.LongestTask).TotalSeconds));

    private RunPolicy MakePolicy() => new()
    {
        Retries = chance.Between(0, 3),
        RetryDelay = chance.Chance(0.5) ? null : Length(Duration.Zero),
        Backoff = chance.Chance(0.7) ? RetryBackoff.Constant : new(2, profile.LongestTask, 0.2),
        Timeout = chance.Chance(0.3) ? Length(profile.LongestTask / 4) : null,
        Concurrency = chance.Pick([Concurrency.Skip, Concurrency.Skip, Concurrency.Allow, Concurrency.Queue,
            Concurrency.Replace]),
        MaxConcurrent = chance.Between(0, 3),
        OnDoubt = chance.Pick([DoubtPolicy.Skip, DoubtPolicy.Run]),
        DisableAfterFailures = chance.Chance(0.1) ? chance.Between(2, 5) : null,
        SoftError = chance.Chance(0.1),
        Async = chance.Chance(0.1),
    };
}
