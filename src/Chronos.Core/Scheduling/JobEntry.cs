namespace Chronos.Core.Scheduling;

/// <summary>The place of a job among what readers see; it stays while the job exists, and what it shows changes.
/// </summary>
public class JobEntry
{
    /// <summary>By name, in ordinal order.</summary>
    public static readonly IComparer<JobEntry> ByName =
        Comparer<JobEntry>.Create((x, y) => string.CompareOrdinal(x.Name, y.Name));

    private volatile JobSnapshot? snapshot;

    /// <summary>A place that shows nothing yet.</summary>
    internal JobEntry(string name) => Name = name;

    /// <summary>The name of the job.</summary>
    public string Name { get; }

    /// <summary>The job as it is now, to read from any thread; null: it is gone, or not there yet. Whoever publishes
    /// decisions sets it, once they are durable.</summary>
    public JobSnapshot? Snapshot
    {
        get => snapshot;
        set => snapshot = value;
    }
}
