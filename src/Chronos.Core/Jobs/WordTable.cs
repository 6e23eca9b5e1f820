using Chronos.Core.Schedules;

namespace Chronos.Core.Jobs;

/// <summary>The words that stand for the values of an enumeration in JSON.</summary>
internal sealed class WordTable<T>(StringComparison comparison, params (string Word, T Value)[] entries)
    where T : struct, Enum
{
    public string Choices { get; } = string.Join(", ", entries.Select(entry => entry.Word));

    public bool TryParse(string word, out T value)
    {
        foreach (var entry in entries)
        {
            if (!string.Equals(entry.Word, word, comparison)) continue;
            value = entry.Value;
            return true;
        }

        value = default;
        return false;
    }

    public string Of(T value)
    {
        foreach (var entry in entries)
            if (EqualityComparer<T>.Default.Equals(entry.Value, value)) return entry.Word;
        throw new ArgumentOutOfRangeException(nameof(value), value, "No word stands for this value.");
    }
}

/// <summary>All word tables of job JSON.</summary>
internal static class JobWords
{
    private const StringComparison AnyCase = StringComparison.OrdinalIgnoreCase;

    public static readonly WordTable<ParentTrigger> Triggers = new(AnyCase,
        ("success", ParentTrigger.Success), ("failure", ParentTrigger.Failure),
        ("completion", ParentTrigger.Completion));

    public static readonly WordTable<Concurrency> Concurrencies = new(AnyCase,
        ("skip", Concurrency.Skip), ("allow", Concurrency.Allow), ("queue", Concurrency.Queue),
        ("replace", Concurrency.Replace));

    public static readonly WordTable<MissedMode> MissedModes = new(AnyCase,
        ("none", MissedMode.None), ("latest", MissedMode.Latest), ("all", MissedMode.All));

    public static readonly WordTable<DoubtPolicy> Doubts = new(AnyCase,
        ("skip", DoubtPolicy.Skip), ("run", DoubtPolicy.Run));

    public static readonly WordTable<NotifyEvent> NotifyEvents = new(AnyCase,
        ("failure", NotifyEvent.Failure), ("attempt", NotifyEvent.Attempt), ("recovery", NotifyEvent.Recovery),
        ("success", NotifyEvent.Success), ("missed", NotifyEvent.Missed), ("disabled", NotifyEvent.Disabled),
        ("removed", NotifyEvent.Removed));

    public static readonly WordTable<GapRule> Gaps = new(AnyCase,
        ("next", GapRule.Next), ("shift", GapRule.Shift), ("skip", GapRule.Skip));

    public static readonly WordTable<OverlapRule> Overlaps = new(AnyCase,
        ("first", OverlapRule.First), ("last", OverlapRule.Last), ("both", OverlapRule.Both));

    public static readonly WordTable<ContainerType> ContainerTypes = new(AnyCase,
        ("DOCKER", ContainerType.Docker), ("MESOS", ContainerType.Mesos));

    public static readonly WordTable<ContainerNetwork> Networks = new(AnyCase,
        ("HOST", ContainerNetwork.Host), ("BRIDGE", ContainerNetwork.Bridge), ("USER", ContainerNetwork.User));

    public static readonly WordTable<VolumeMode> VolumeModes = new(AnyCase,
        ("RO", VolumeMode.ReadOnly), ("RW", VolumeMode.ReadWrite));

    public static readonly WordTable<ConstraintOperator> Operators = new(StringComparison.Ordinal,
        ("EQUALS", ConstraintOperator.Equals), ("LIKE", ConstraintOperator.Like),
        ("UNLIKE", ConstraintOperator.Unlike));
}
