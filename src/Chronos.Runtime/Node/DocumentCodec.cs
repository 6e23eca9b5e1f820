using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using Chronos.Core.Jobs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Ports;

namespace Chronos.Runtime.Node;

/// <summary>Turns decisions into documents and history records. Used by one thread at a time. The documents of a batch
/// share buffers, which the next batch takes over.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A JSON writer over memory has nothing to release.")]
internal sealed class DocumentCodec
{
    private readonly long term;
    private const int BufferBytes = 1 << 20;
    private const int BuffersKept = 16;
    private readonly List<ArrayBufferWriter<byte>> buffers = [new()];
    private int current;
    private readonly Utf8JsonWriter writer;
    private readonly List<DocumentChange> documents = [];
    private readonly List<HistoryRecord> records = [];
    private long eventCount;

    public DocumentCodec(long term)
    {
        this.term = term;
        writer = new(buffers[0], new() { SkipValidation = true }); // what comes out of Core is well-formed
    }

    /// <summary>Begins a batch; the documents of the last one are no more.</summary>
    public void BeginBatch()
    {
        if (buffers.Count > BuffersKept) buffers.RemoveRange(BuffersKept, buffers.Count - BuffersKept);
        foreach (var buffer in buffers) buffer.ResetWrittenCount();
        current = 0;
    }

    /// <summary>One decision: the changes from <paramref name="start"/> up to <paramref name="end"/>.</summary>
    public CommitUnit Encode(IReadOnlyList<Change> changes, int start, int end)
    {
        documents.Clear();
        records.Clear();
        for (var i = start; i < end; i++)
        {
            switch (changes[i])
            {
                case JobPut put:
                    documents.Add(new(new(DocumentKind.Definition, put.Entry.Name), Definition(put.Snapshot.Job)));
                    documents.Add(new(new(DocumentKind.State, put.Entry.Name), State(put.Snapshot.State)));
                    break;
                case JobStateChanged changed:
                    documents.Add(new(new(DocumentKind.State, changed.Entry.Name), State(changed.Snapshot.State)));
                    break;
                case JobDeleted deleted:
                    documents.Add(new(new(DocumentKind.Definition, deleted.Name), null));
                    documents.Add(new(new(DocumentKind.State, deleted.Name), null));
                    break;
                case RunEnded ended:
                    records.Add(new RunRecord(ended.Job.Name, ended.Job.Labels, ended.Job.Owner.Owner, ended.Run));
                    break;
                case JobEvent happened:
                    records.Add(new EventRecord(NextEventId(), happened));
                    break;
                default:
                    throw new InvalidOperationException($"Unknown change {changes[i].GetType().Name}.");
            }
        }

        return new(documents.ToValueList(), records.ToValueList());
    }

    private string NextEventId() =>
        string.Create(CultureInfo.InvariantCulture, $"{term:x12}-{++eventCount:x10}");

    private ReadOnlyMemory<byte> Definition(Job job)
    {
        var start = Begin();
        JobWriter.WriteStored(writer, job);
        return DocumentFrom(start);
    }

    private ReadOnlyMemory<byte> State(JobState state)
    {
        var start = Begin();
        JobStateJson.Write(writer, state);
        return DocumentFrom(start);
    }

    private int Begin()
    {
        // What is written stays where it is, so a buffer that is full is followed by another.
        if (buffers[current].WrittenCount > BufferBytes && ++current == buffers.Count)
            buffers.Add(new(2 * BufferBytes));
        writer.Reset(buffers[current]);
        return buffers[current].WrittenCount;
    }

    private ReadOnlyMemory<byte> DocumentFrom(int start)
    {
        writer.Flush();
        return buffers[current].WrittenMemory[start..];
    }
}
