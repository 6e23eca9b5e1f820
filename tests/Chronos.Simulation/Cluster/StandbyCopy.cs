using System.Text;
using System.Text.Json;
using Chronos.Runtime.Ports;
using Chronos.Runtime.Replication;
using NodaTime;

namespace Chronos.Simulation.Cluster;

/// <summary>The real copy of the state that nodes which do not lead keep, over a line to the leader that breaks and is
/// made anew. A leader may stop at any moment after it has told a batch.</summary>
internal sealed class StandbyCopy(ClusterStore store, FaultPlan faults, Trace trace) : IReplicas
{
    private readonly List<byte[]> lines = []; // on their way to the copy that is coming
    private StorePosition taken; // where the store stood when the newest leadership began
    private CommitBatch? heard;
    private long term;
    private Replica? coming; // what the line to the leader brings; null: it is broken
    private bool isSent; // whether all jobs were
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
        if (coming is null) return;
        lines.Add(ReplicationLines.Batch(batch));
        // All jobs come first, as they are after some of the batches that follow them.
        if (!isSent && faults.Chance(0.5)) SendJobs(coming, node, new(batch.Term, batch.Id - 1));
        if (isSent) SendLines(coming);
    }

    /// <inheritdoc/>
    public Task<Replica?> TakeAsync(StorePosition? position, CancellationToken cancellationToken)
    {
        taken = position!.Value; // this store always tells
        var copy = kept;
        kept = coming = null;
        if (copy?.Reaches(taken) != true) return Task.FromResult<Replica?>(null);
        copy.MoveTo(taken);
        trace.Say("standby", $"has a copy of {copy.JobCount} jobs at {taken}");
        UsedCount++;
        return Task.FromResult<Replica?>(copy);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Begin(CommitBatch batch)
    {
        var settings = store.Content.Snapshot().Where(document => document.Key.Kind == DocumentKind.Meta)
            .ToDictionary(
                document => document.Key.Name, document => Encoding.UTF8.GetString(document.Json.Span));
        var before = batch.Id == 1 ? taken : new(batch.Term, batch.Id - 1);
        coming = new(new(DateTimeZone.Utc));
        coming.Take(Read(ReplicationLines.Head(before, settings)));
        lines.Clear();
        isSent = false;
    }

    private void SendJobs(Replica replica, ClusterNode node, StorePosition durable)
    {
        foreach (var jobs in node.Jobs.InNoOrder().Chunk(7))
            replica.Take(Read(ReplicationLines.Documents(jobs)));
        replica.Take(Read(ReplicationLines.Complete(durable.Batch == 0 ? taken : durable)));
        isSent = true;
    }

    private void SendLines(Replica replica)
    {
        foreach (var line in lines) replica.Take(Read(line));
        lines.Clear();
        if (replica.IsComplete) kept = replica;
    }

    private static JsonElement Read(byte[] line)
    {
        using var document = JsonDocument.Parse(line);
        return document.RootElement.Clone();
    }
}
