using System.Text.Json;
using Chronos.Core.Jobs;
using Chronos.Runtime.Node;
using Chronos.Runtime.Ports;

namespace Chronos.Runtime.Replication;

/// <summary>A copy of everything that the store holds, made of what the leader tells. The newest batch is kept apart:
/// it was told before it was committed, and whether it was, or how much of it, the store will say.</summary>
public sealed class Replica
{
    private readonly DocumentReader reader;
    private readonly Dictionary<string, Job> definitions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, JobState> states = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> meta = new(StringComparer.Ordinal);
    private StorePosition position;
    private StorePosition? shown; // how new what was sent of jobs may be; null: not all was sent yet
    private JsonElement? newest;

    internal Replica(DocumentReader reader) => this.reader = reader;

    /// <summary>Whether all jobs have been heard of, and all batches that some of them showed already.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>The number of jobs.</summary>
    public int JobCount => definitions.Count;

    /// <summary>Settings of the whole cluster, each a JSON text.</summary>
    public IReadOnlyDictionary<string, string> Meta => meta;

    /// <summary>All jobs with their states, in no order.</summary>
    public IEnumerable<(Job Job, JobState State)> Jobs =>
        definitions.Values.Select(job => (job, states[job.Name]));

    /// <summary>Takes a line that <see cref="ReplicationLines"/> wrote.</summary>
    /// <exception cref="FormatException">It cannot be understood, or does not fit to the lines before.</exception>
    internal void Take(JsonElement line) => Understand(() =>
    {
        if (line.TryGetProperty("units", out _)) TakeBatch(line);
        else if (line.TryGetProperty("documents", out var documents)) Apply(documents);
        else if (line.TryGetProperty("format", out var format)) TakeHead(line, format.GetInt32());
        else if (line.TryGetProperty("complete", out _)) TakeEnd(PositionOf(line));
        else if (line.TryGetProperty("alive", out _)) TakeDurable(PositionOf(line));
    });

    /// <summary>Whether the copy can stand where the store stands.</summary>
    internal bool Reaches(StorePosition wanted) =>
        IsComplete && (wanted == position || (newest is { } next && wanted with { Units = null } == PositionOf(next)));

    /// <summary>Brings the copy to a position that it reaches; nothing may be taken after that.</summary>
    /// <exception cref="FormatException">What the leader told does not fit together.</exception>
    internal void MoveTo(StorePosition wanted)
    {
        if (wanted != position && newest is { } next) Understand(() => Apply(next, wanted.Units));
        (position, newest) = (wanted, null);
        if (states.Count != definitions.Count || definitions.Keys.Any(name => !states.ContainsKey(name)))
            throw new FormatException("The copy has definitions without states, or states without definitions.");
    }

    private static void Understand(Action read)
    {
        try
        {
            read();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException
            or ArgumentException)
        {
            throw new FormatException($"The leader's copy cannot be understood: {e.Message}", e);
        }
    }

    private static StorePosition PositionOf(JsonElement batch) =>
        new(batch.GetProperty("term").GetInt64(), batch.GetProperty("batch").GetInt64());

    private void TakeHead(JsonElement head, int format)
    {
        if (format != ReplicationLines.Format)
            throw new FormatException($"The leader's copies have format {format}; this version knows "
                + $"{ReplicationLines.Format}.");
        position = PositionOf(head);
        foreach (var setting in head.GetProperty("meta").EnumerateObject())
            meta[setting.Name] = setting.Value.GetString() ?? "";
    }

    private void TakeBatch(JsonElement batch)
    {
        // One is committed after the other, so the one before is durable.
        if (newest is { } before) TakeDurable(PositionOf(before));
        var next = PositionOf(batch);
        var follows = next.Term == position.Term ? next.Batch == position.Batch + 1 : next.Batch == 1;
        if (!follows) throw new FormatException($"Batch {next.Batch} of term {next.Term} does not follow batch "
            + $"{position.Batch} of term {position.Term}.");
        newest = batch;
        if (shown is { } durable && !IsComplete) TakeDurable(durable);
    }

    private void TakeEnd(StorePosition durable)
    {
        shown = durable;
        IsComplete = durable == position;
    }

    private void TakeDurable(StorePosition durable)
    {
        if (newest is not { } batch || PositionOf(batch) != durable) return;
        Apply(batch, units: null);
        (position, newest) = (durable, null);
        IsComplete |= shown == position;
    }

    private void Apply(JsonElement batch, int? units)
    {
        foreach (var unit in batch.GetProperty("units").EnumerateArray().Take(units ?? int.MaxValue)) Apply(unit);
    }

    private void Apply(JsonElement documents)
    {
        foreach (var document in documents.EnumerateArray())
        {
            var kind = Enum.Parse<DocumentKind>(document.GetProperty("kind").GetString() ?? "");
            var name = document.GetProperty("name").GetString() ?? "";
            var json = document.GetProperty("json");
            if (json.ValueKind == JsonValueKind.Null) Remove(kind, name);
            else Put(name, reader.Read(kind, json));
        }
    }

    private void Put(string name, object content)
    {
        switch (content)
        {
            case Job job:
                definitions[name] = job;
                break;
            case JobState state:
                states[name] = state;
                break;
            case string text:
                meta[name] = text;
                break;
        }
    }

    private void Remove(DocumentKind kind, string name)
    {
        switch (kind)
        {
            case DocumentKind.Definition:
                definitions.Remove(name);
                break;
            case DocumentKind.State:
                states.Remove(name);
                break;
            case DocumentKind.Meta:
                meta.Remove(name);
                break;
        }
    }
}
