using System.Globalization;
using System.Text.Json;
using Chronos.Core.Jobs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Ports;
using Chronos.Runtime.Replication;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Chronos.Runtime.Node;

/// <summary>Brings everything from the store, or from a copy of it, into a new scheduler. A job whose documents cannot
/// be read is set aside and reported, not dropped: its documents stay as they are, and the other jobs run.</summary>
internal sealed partial class StateLoader(
    IStateStore store, Scheduler scheduler, JobDirectory jobs, DateTimeZone defaultZone, ILogger logger)
{
    private const int ChunkDocumentsMax = 1024;
    private static readonly int ChunksAheadMax = 2 * Environment.ProcessorCount;

    private readonly Dictionary<string, Job> definitions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, JobState> states = new(StringComparer.Ordinal);
    private readonly HashSet<string> unreadable = new(StringComparer.Ordinal);
    private readonly DocumentReader reader = new(defaultZone);

    /// <summary>Settings of the whole cluster.</summary>
    public Dictionary<string, string> Meta { get; } = new(StringComparer.Ordinal);

    /// <summary>What could not be read, as sentences.</summary>
    public List<string> Problems { get; } = [];

    public async Task LoadAsync(long term, CancellationToken cancellationToken)
    {
        // Chunks are decoded on all processors while more is read, and taken in their order.
        var decoding = new Queue<Task<Decoded[]>>();
        var chunk = new List<StoredDocument>(ChunkDocumentsMax);
        await foreach (var document in store.LoadAsync(term, cancellationToken))
        {
            chunk.Add(document);
            if (chunk.Count < ChunkDocumentsMax) continue;
            var full = chunk;
            decoding.Enqueue(Task.Run(() => full.Select(Decode).ToArray(), cancellationToken));
            chunk = new(ChunkDocumentsMax);
            if (decoding.Count > ChunksAheadMax) Take(await decoding.Dequeue());
        }

        while (decoding.TryDequeue(out var decoded)) Take(await decoded);
        Take(chunk.Select(Decode));
        if (Meta.ContainsKey(UnfinishedCopy.Key.Name))
            throw new StoreCorruptException("The store holds a part of another one: a copy into it was not finished. "
                + "Run chronos migrate again with --replace, or use the store that was copied.");
        foreach (var name in definitions.Keys.Concat(states.Keys).Except(unreadable).Order(StringComparer.Ordinal))
            SetAside(name, definitions.ContainsKey(name) ? "its state is missing" : "its definition is missing");
    }

    /// <summary>Takes a copy that holds what the store holds.</summary>
    public void Load(Replica replica)
    {
        foreach (var (name, text) in replica.Meta) Meta[name] = text;
        foreach (var (job, state) in replica.Jobs) Restore(job, state);
    }

    private void Take(IEnumerable<Decoded> documents)
    {
        foreach (var document in documents) Take(document);
    }

    private Decoded Decode(StoredDocument document)
    {
        try
        {
            return new(document.Key, reader.Read(document.Key.Kind, document.Json));
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            return new(document.Key, e);
        }
    }

    private void Take(Decoded document)
    {
        var name = document.Key.Name;
        switch (document.Content)
        {
            case string text:
                Meta[name] = text;
                break;
            case Job job:
                if (states.Remove(name, out var known)) Restore(job, known);
                else definitions.Add(name, job);
                break;
            case JobState state:
                if (definitions.Remove(name, out var definition)) Restore(definition, state);
                else states.Add(name, state);
                break;
            case Exception fault:
                unreadable.Add(name);
                SetAside(name, fault.Message);
                break;
        }
    }

    private void Restore(Job job, JobState state)
    {
        try
        {
            var (entry, snapshot) = scheduler.Restore(job, state);
            jobs.Publish(entry, snapshot);
        }
        catch (InvalidOperationException e)
        {
            unreadable.Add(job.Name);
            SetAside(job.Name, e.Message); // a time zone may have been renamed since
        }
    }

    private void SetAside(string name, string why)
    {
        var problem = string.Create(
            CultureInfo.InvariantCulture, $"Job '{name}' cannot be read and is set aside: {why}");
        Problems.Add(problem);
        LogSetAside(name, why);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Job {Name} cannot be read and is set aside: {Why}")]
    private partial void LogSetAside(string name, string why);

    /// <summary>A document and what it says: a job, a state, a setting's text, or why it cannot be read.</summary>
    private readonly record struct Decoded(DocumentKey Key, object Content);
}
