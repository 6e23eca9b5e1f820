using System.Runtime.CompilerServices;
using Chronos.Runtime.Ports;
using Chronos.Testing.Storage;
using NodaTime;

namespace Chronos.Simulation.Cluster;

/// <summary>The store that all nodes share, at the far end of a network.</summary>
internal sealed class ClusterStore(SimulatedTime time, FaultPlan faults, Trace trace)
{
    private Instant unavailableUntil;

    /// <summary>What is durable.</summary>
    public MemoryStateStore Content { get; init; } = new();

    /// <summary>Called with each batch that had an effect, after it.</summary>
    public Action<CommitBatch, NodeStore> Committed { get; set; } = static (_, _) => { };

    /// <summary>It answers nobody for a while.</summary>
    public void Fail(Duration length)
    {
        unavailableUntil = Instant.Max(unavailableUntil, time.Now + length);
        trace.Say("store", $"unavailable for {length}");
    }

    /// <summary>Everything works again.</summary>
    public void Heal() => unavailableUntil = time.Now;

    /// <summary>Carries out a call after a delay and answers after another. Either message may get lost, and the call
    /// happens whether its caller still lives or not.</summary>
    public async Task CallAsync(string what, Action effect)
    {
        await DelayAsync();
        if (time.Now < unavailableUntil || faults.Strikes(0.01))
        {
            await DelayAsync();
            trace.Say("store", $"lost the request: {what}");
            throw new StoreUnavailableException("The request was lost.");
        }

        effect();
        await DelayAsync();
        if (!faults.Strikes(0.01)) return;
        trace.Say("store", $"lost the answer: {what}");
        throw new StoreUnavailableException("The answer was lost.");
    }

    private Task DelayAsync()
    {
        var done = new TaskCompletionSource();
        time.After(faults.Delay() / 4, done.SetResult);
        return done.Task;
    }
}

/// <summary>One process's connection to the store. It ends with its process; what is on the way is not called back.
/// </summary>
internal sealed class NodeStore(ClusterStore cluster, string node, Trace trace) : IStateStore
{
    /// <summary>Called when the process begins a commit.</summary>
    public Action<CommitBatch> Committing { get; set; } = static _ => { };

    /// <summary>Called when a commit had its effect and the process does not know it yet.</summary>
    public Action Applied { get; set; } = static () => { };

    /// <summary>The process's name.</summary>
    public string Node => node;

    /// <inheritdoc/>
    public int BatchUnits => 50; // small, so that work often waits for the next batch

    /// <inheritdoc/>
    public async Task<long> ReadTermAsync(CancellationToken cancellationToken)
    {
        long term = 0;
        await cluster.CallAsync("read the term", () => term = cluster.Content
            .ReadTermAsync(cancellationToken).GetAwaiter().GetResult()); // in memory: has ended
        return term;
    }

    /// <inheritdoc/>
    public async Task<StorePosition?> TakeAsync(long term, CancellationToken cancellationToken)
    {
        StorePosition position = default;
        await cluster.CallAsync($"take for term {term}", () => position = cluster.Content.TakeOver(term));
        return position;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredDocument> LoadAsync(
        long term, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IReadOnlyList<StoredDocument> documents = [];
        await cluster.CallAsync($"load for term {term}", () =>
        {
            cluster.Content.TakeOver(term);
            documents = cluster.Content.Snapshot();
            trace.Say(node, $"loads {documents.Count} documents for term {term}");
        });
        foreach (var document in documents)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return document;
        }
    }

    /// <inheritdoc/>
    public async Task CommitAsync(CommitBatch batch, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Committing(batch);
        await cluster.CallAsync($"commit {batch.Term}/{batch.Id}", () => Apply(batch));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Apply(CommitBatch batch)
    {
        var before = cluster.Content.CommittedBatches;
        try
        {
            cluster.Content.CommitAsync(batch, CancellationToken.None).GetAwaiter().GetResult(); // in memory: has ended
        }
        catch (StoreFencedException)
        {
            trace.Say("store", $"refuses commit {batch.Term}/{batch.Id} of {node}: fenced");
            throw;
        }

        if (cluster.Content.CommittedBatches == before) return; // a repetition
        trace.Say("store", $"has commit {batch.Term}/{batch.Id} of {node}, {batch.Units.Count} units");
        cluster.Committed(batch, this);
        Applied();
    }
}
