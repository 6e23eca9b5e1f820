using Chronos.Core.Scheduling;

namespace Chronos.Runtime.Node;

/// <summary>The place of a job in the directory; it stays while the job exists, and what it shows changes.</summary>
public sealed class JobEntry
{
    internal static readonly IComparer<JobEntry> ByName =
        Comparer<JobEntry>.Create((x, y) => string.CompareOrdinal(x.Name, y.Name));

    private volatile JobSnapshot? snapshot;

    internal JobEntry(string name) => Name = name;

    /// <summary>The name of the job.</summary>
    public string Name { get; }

    /// <summary>The job as it is now; null: it is gone.</summary>
    public JobSnapshot? Snapshot
    {
        get => snapshot;
        internal set => snapshot = value;
    }
}
