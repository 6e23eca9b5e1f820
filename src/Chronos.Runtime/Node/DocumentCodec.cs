using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using Chronos.Core.Jobs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Ports;

namespace Chronos.Runtime.Node;

/// <summary>Turns decisions into documents and history records. Used by one thread at a time.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A JSON writer over memory has nothing to release.")]
internal sealed class DocumentCodec
{
    private readonly long term;
    private readonly ArrayBufferWriter<byte> buffer = new(4096);
    private readonly Utf8JsonWriter writer;
    private readonly List<DocumentChange> documents = [];
    private readonly List<HistoryRecord> records = [];
    private long eventCount;

    public DocumentCodec(long term)
    {
        this.term = term;
        writer = new(buffer, new() { SkipValidation = true }); // what comes out of Core is well-formed
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
                    documents.Add(
                        new(new(DocumentKind.Definition, put.Snapshot.Job.Name), Definition(put.Snapshot.Job)));
                    documents.Add(new(new(DocumentKind.State, put.Snapshot.Job.Name), State(put.Snapshot.State)));
                    break;
                case JobStateChanged changed:
                    documents.Add(
                        new(new(DocumentKind.State, changed.Snapshot.Job.Name), State(changed.Snapshot.State)));
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

        return new([.. documents], [.. records]);
    }

    private string NextEventId() =>
        string.Create(CultureInfo.InvariantCulture, $"{term:x12}-{++eventCount:x10}");

    private byte[] Definition(Job job)
    {
        Begin();
        JobWriter.WriteStored(writer, job);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private byte[] State(JobState state)
    {
        Begin();
        JobStateJson.Write(writer, state);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private void Begin()
    {
        buffer.ResetWrittenCount();
        writer.Reset();
    }
}
