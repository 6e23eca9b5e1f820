using System.Text.Json;
using Chronos.Runtime.Ports;
using Chronos.Runtime.Replication;
using NodaTime;

namespace Chronos.Simulation.Cluster;

/// <summary>The real copy of the state that nodes which do not lead keep, over a line to the leader that breaks and is
/// made anew. A leader may stop at any moment after it has told a batch.</summary>
internal sealed class StandbyCopy(ClusterStore store, FaultPlan faults, Trace trace) : IReplicas
{
    private StorePosition taken; // where the store stood when the newest leadership began
    private CommitBatch? heard;
    private long term;
    private Replica? coming; // what the line to the leader brings; null: it is broken
    private Replica? kept;

    /// <summary>How often a leadership began with a copy.</summary>
    public int UsedCount { get; private set; }

    /// <inheritdoc/>
    public ReplicaStatus? Status => null;

    /// <inheritdoc/>
    public void Follow(Leader? leader)
    {
    }

    /// <summary>A leader begins to commit a batch, maybe again.</summary>
    public void Hear(ClusterNode node, CommitBatch batch)
    {
        if (batch == heard) return;
        heard = batch;
        if (node.Term != term || faults.Strikes(0.02)) coming = null;
        term = node.Term;
        if (coming is null && faults.Chance(0.1)) Begin(batch);
        if (coming is { IsComplete: false } && faults.Chance(0.5)) Complete(coming, node);
        coming?.Take(Read(ReplicationLines.Batch(batch)));
    }

    /// <inheritdoc/>
    public Task<Replica?> TakeAsync(StorePosition position, CancellationToken cancellationToken)
    {
        taken = position;
        var copy = kept;
        kept = coming = null;
        if (copy?.Reaches(position) != true) return Task.FromResult<Replica?>(null);
        copy.MoveTo(position);
        trace.Say("standby", $"has a copy of {copy.JobCount} jobs at {position}");
        UsedCount++;
        return Task.FromResult<Replica?>(copy);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Begin(CommitBatch batch)
    {
        var settings = store.Content.Snapshot().Where(document => document.Key.Kind == DocumentKind.Meta)
            .ToDictionary(
                document => document.Key.Name, document => System.Text.Encoding.UTF8.GetString(document.Json.Span));
        var before = batch.Id == 1 ? taken : new(batch.Term, batch.Id - 1);
        coming = new(new(DateTimeZone.Utc));
        coming.Take(Read(ReplicationLines.Head(before, settings, [])));
    }

    private void Complete(Replica replica, ClusterNode node)
    {
        foreach (var jobs in node.Jobs.InNoOrder().Chunk(7))
            replica.Take(Read(ReplicationLines.Documents(jobs)));
        replica.Take(Read(ReplicationLines.Complete));
        kept = replica;
    }

    private static JsonElement Read(byte[] line)
    {
        using var document = JsonDocument.Parse(line);
        return document.RootElement.Clone();
    }
}
