using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using NodaTime;

namespace Chronos.Runtime.Ports;

/// <summary>Append-only record of runs that have ended and of what happened to jobs. Safe for concurrent use; reading
/// never waits for writing longer than a page takes.</summary>
public interface IRunHistory : IAsyncDisposable
{
    /// <summary>What is wrong with the history, as a sentence for people; empty: nothing is known to be.</summary>
    string Problem { get; }

    /// <summary>Keeps records. A record with the id of an older one replaces it.</summary>
    /// <exception cref="StoreUnavailableException">Unknown whether they were kept; append them again.</exception>
    Task AppendAsync(IReadOnlyList<HistoryRecord> records, CancellationToken cancellationToken);

    /// <summary>A page of runs, newest nominal time first (then by descending id).</summary>
    Task<HistoryPage<RunRecord>> ListRunsAsync(RunQuery query, CancellationToken cancellationToken);

    /// <summary>One run; null: unknown or past its retention.</summary>
    Task<RunRecord?> FindRunAsync(RunId id, CancellationToken cancellationToken);

    /// <summary>A page of events, newest first.</summary>
    Task<HistoryPage<EventRecord>> ListEventsAsync(EventQuery query, CancellationToken cancellationToken);

    /// <summary>Removes what the retention no longer keeps, a bounded part at a time.</summary>
    /// <returns>The attempts whose logs may go too; empty: nothing is left to remove.</returns>
    Task<IReadOnlyList<AttemptId>> PruneAsync(Retention retention, Instant now, CancellationToken cancellationToken);
}

/// <summary>What is kept.</summary>
/// <param name="Age">Records older than this go.</param>
/// <param name="RunsPerJob">Of each job at most this many runs stay, the newest.</param>
public sealed record Retention(Duration Age, int RunsPerJob);

/// <summary>Something to keep in the history.</summary>
public abstract record HistoryRecord;

/// <summary>A run that ended. Its id is the run's id.</summary>
/// <param name="JobName">The job.</param>
/// <param name="Labels">The job's labels at that time.</param>
/// <param name="Owner">The job's owner at that time.</param>
/// <param name="Run">The run, in a final state.</param>
public sealed record RunRecord(string JobName, ValueList<Label> Labels, string Owner, Run Run) : HistoryRecord;

/// <summary>Something that happened to a job and is no run.</summary>
/// <param name="Id">Unique and growing: the batch's term and id, and the place in it.</param>
/// <param name="Event">What happened.</param>
public sealed record EventRecord(string Id, JobEvent Event) : HistoryRecord;

/// <summary>Which runs to list; what is null does not filter.</summary>
public sealed record RunQuery
{
    /// <summary>Only of this job.</summary>
    public string? JobName { get; init; }

    /// <summary>Only in one of these states; empty: any.</summary>
    public ValueList<RunState> States { get; init; }

    /// <summary>Only with a nominal time at or after this.</summary>
    public Instant? From { get; init; }

    /// <summary>Only with a nominal time before this.</summary>
    public Instant? Until { get; init; }

    /// <summary>Only of jobs that had this label.</summary>
    public Label? Label { get; init; }

    /// <summary>At most this many; 1 to 1000.</summary>
    public int Limit { get; init; } = 50;

    /// <summary>Where the last page ended, from <see cref="HistoryPage{T}.Next"/>.</summary>
    public string? After { get; init; }
}

/// <summary>Which events to list; what is null does not filter.</summary>
public sealed record EventQuery
{
    /// <summary>Only of this job.</summary>
    public string? JobName { get; init; }

    /// <summary>At most this many; 1 to 1000.</summary>
    public int Limit { get; init; } = 50;

    /// <summary>Where the last page ended, from <see cref="HistoryPage{T}.Next"/>.</summary>
    public string? After { get; init; }
}

/// <summary>One page of a listing.</summary>
/// <param name="Items">The items.</param>
/// <param name="Next">Where the next page begins, opaque; null: this was the last.</param>
public sealed record HistoryPage<T>(IReadOnlyList<T> Items, string? Next);
