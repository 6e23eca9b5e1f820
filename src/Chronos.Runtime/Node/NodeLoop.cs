using System.Collections.Concurrent;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Leadership;
using Chronos.Runtime.Ports;
using Chronos.Runtime.Replication;
using Chronos.Runtime.Telemetry;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Chronos.Runtime.Node;

/// <summary>The loop: decide, make durable, act, answer; always in this order.
/// <para><see cref="Pump"/> goes round once and never waits: a commit runs while the next batch is collected, and its
/// end comes back through the inbox. Whoever drives the loop calls it when woken, and at <see cref="NextWake"/>.</para>
/// <para>A commit whose result is unknown is repeated until the store says that it happened: decisions in memory are
/// never dropped, work only becomes late.</para></summary>
internal sealed partial class NodeLoop(
    Scheduler scheduler,
    LeadershipTerm term,
    IStateStore store,
    EffectRunner effects,
    DocumentCodec codec,
    ReplicationFeed feed,
    NodeMetrics metrics,
    Action wake,
    ILogger logger)
{
    // Decisions between two looks at the commit in flight. A store that is fast gets small batches whose objects are
    // still in the processor's caches; one that is slow finds more collected each time.
    private const int DecisionsPerRound = 100;
    private static readonly Duration FirstRetryDelay = Duration.FromMilliseconds(100);
    private static readonly Duration LongestRetryDelay = Duration.FromSeconds(5);

    private readonly ConcurrentQueue<Envelope> inbox = new();
    private readonly ConcurrentQueue<(DocumentChange Document, TaskCompletionSource<Reply> Caller)> documents = new();
    private readonly ConcurrentQueue<Exception?> commitResults = new();
    private DecisionBatch collecting = new();
    private DecisionBatch spare = new();
    private DecisionBatch? committing;
    private CommitBatch? written;
    private Instant? retryAt;
    private Duration retryDelay = FirstRetryDelay;
    private Task commit = Task.CompletedTask;
    private long batchId;

    /// <summary>Why the store does not take commits now; null: it does.</summary>
    public string? StoreProblem { get; private set; }

    /// <summary>Inputs that wait.</summary>
    public int PendingCount => inbox.Count;

    /// <summary>Whether nothing waits to be decided or stored.</summary>
    public bool IsIdle => inbox.IsEmpty && documents.IsEmpty && collecting.IsEmpty && committing is null;

    /// <summary>When the loop has something to do by itself; null: only when woken.</summary>
    public Instant? NextWake
    {
        get
        {
            var due = IsFull ? null : scheduler.NextDue;
            return retryAt is { } retry && (due is null || retry < due) ? retry : due;
        }
    }

    /// <summary>How long the most overdue decision has waited.</summary>
    public Duration OverdueAt(Instant now) =>
        scheduler.NextDue is { } due && due < now ? now - due : Duration.Zero;

    private bool IsFull => collecting.UnitCount >= store.BatchUnits;

    /// <summary>Takes an input; any thread may call it.</summary>
    public void Post(Command command, TaskCompletionSource<Reply>? caller)
    {
        inbox.Enqueue(new(command, caller));
        wake();
    }

    /// <summary>Goes round once.</summary>
    /// <exception cref="StoreFencedException">Another node leads; this loop must not go on.</exception>
    /// <exception cref="LeadershipLostException">Another node may lead; this loop must not go on.</exception>
    public void Pump(Instant now)
    {
        FinishCommit(now);
        // A clock that was set back meanwhile must not put the next try off until it has caught up.
        if (retryAt is { } again && (again <= now || again - now > LongestRetryDelay)) StartCommit();
        TakeDocuments();
        DecideInputs(now);
        DecideDue(now);
        if (committing is null && !collecting.IsEmpty) Commit(now);
    }

    /// <summary>Collects what a start of the node has decided.</summary>
    public void TakeDecisions() => collecting.Take(scheduler);

    /// <summary>Stores a document that no decision made; any thread may call it.</summary>
    /// <returns>Ends when it is durable.</returns>
    public Task StoreAsync(DocumentChange document)
    {
        var caller = new TaskCompletionSource<Reply>(TaskCreationOptions.RunContinuationsAsynchronously);
        documents.Enqueue((document, caller));
        wake();
        return caller.Task;
    }

    /// <summary>Refuses everyone who still waits for an answer.</summary>
    public void Abandon(Exception reason)
    {
        while (inbox.TryDequeue(out var envelope)) envelope.Caller?.TrySetException(reason);
        while (documents.TryDequeue(out var document)) document.Caller.TrySetException(reason);
        foreach (var answer in collecting.Answers) answer.Caller.TrySetException(reason);
        if (committing is not null)
            foreach (var answer in committing.Answers) answer.Caller.TrySetException(reason);
    }

    private void TakeDocuments()
    {
        while (documents.TryDequeue(out var next))
        {
            collecting.AddUnit(new([next.Document], []));
            collecting.AddAnswer(new(next.Caller, Done.Instance));
        }
    }

    private void DecideInputs(Instant now)
    {
        for (var i = 0; i < DecisionsPerRound && !IsFull; i++)
        {
            if (!inbox.TryDequeue(out var envelope)) return;
            var reply = scheduler.Step(new(now, envelope.Command));
            collecting.Take(scheduler);
            if (envelope.Caller is { } caller && reply is not null) collecting.AddAnswer(new(caller, reply));
        }

        if (!IsFull) wake(); // there may be more
    }

    private void DecideDue(Instant now)
    {
        if (IsFull || scheduler.NextDue is not { } due || due > now) return;
        metrics.Lateness(now - due);
        scheduler.Step(new(now, Tick.Instance));
        collecting.Take(scheduler);
    }

    private void Commit(Instant now)
    {
        (committing, collecting) = (collecting, spare); // one of the two is always free here
        metrics.Batch(committing.UnitCount);
        if (committing.UnitCount == 0)
        {
            Finish(now); // nothing to store: answers and effects only
            return;
        }

        written = new(++batchId, term.Number, committing.Units(codec));
        StartCommit();
    }

    private void StartCommit()
    {
        retryAt = null;
        commit = CommitAsync(written!); // set before the first call
    }

    private async Task CommitAsync(CommitBatch batch)
    {
        try
        {
            // Before it is durable: what the store has, the others were told.
            feed.Announce(batch);
            await store.CommitAsync(batch, CancellationToken.None);
            commitResults.Enqueue(null);
        }
        catch (Exception e)
        {
            commitResults.Enqueue(e);
        }

        wake();
    }

    private void FinishCommit(Instant now)
    {
        if (!commitResults.TryDequeue(out var failure)) return;
        switch (failure)
        {
            case null:
                if (StoreProblem is not null) LogStoreBack();
                StoreProblem = null;
                retryDelay = FirstRetryDelay;
                Finish(now);
                break;
            case StoreFencedException:
                throw failure;
            default:
                // Also for errors nobody foresaw: the batch has an id, so repeating it is always safe.
                if (StoreProblem is null) LogCommitFailed(failure);
                StoreProblem = failure.Message;
                retryAt = now + retryDelay;
                retryDelay = Duration.Min(retryDelay * 2, LongestRetryDelay);
                break;
        }
    }

    private void Finish(Instant now)
    {
        var batch = committing!; // called only while one is committing
        (committing, written) = (null, null); // a large one is not to stay until the next
        // What is durable is answered as done in any case; but a task that this node decided to start may meanwhile be
        // another leader's to start.
        if (term.IsTrusted)
        {
            effects.Act(batch, now);
            feed.End(batch.Ready);
        }

        foreach (var answer in batch.Answers) answer.Caller.TrySetResult(answer.Reply);
        if (!term.IsTrusted) throw new LeadershipLostException($"The lead of term {term.Number} is over.");
        batch.Clear();
        spare = batch;
    }

    /// <summary>The commit in flight; for an orderly end.</summary>
    public Task CommitInFlight => commit;

    [LoggerMessage(Level = LogLevel.Error, Message = "The store did not take a commit; it is repeated until it does")]
    private partial void LogCommitFailed(Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "The store takes commits again")]
    private partial void LogStoreBack();

    private readonly record struct Envelope(Command Command, TaskCompletionSource<Reply>? Caller);
}
