using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Chronos.Core.Jobs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Ports;

namespace Chronos.Runtime.Node;

/// <summary>Turns decisions into documents and history records. For the thread of the loop only.</summary>
internal sealed class DocumentCodec(long term)
{
    private readonly ArrayBufferWriter<byte> buffer = new(4096);
    private long eventCount;

    /// <summary>One decision: the changes from <paramref name="start"/> up to <paramref name="end"/>.</summary>
    public CommitUnit Encode(IReadOnlyList<Change> changes, int start, int end)
    {
        var documents = new List<DocumentChange>(end - start);
        var records = new List<HistoryRecord>();
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

        return new(documents, records);
    }

    private string NextEventId() =>
        string.Create(CultureInfo.InvariantCulture, $"{term:x12}-{++eventCount:x10}");

    private byte[] Definition(Job job)
    {
        buffer.ResetWrittenCount();
        using (var writer = new Utf8JsonWriter(buffer)) JobWriter.WriteStored(writer, job);
        return buffer.WrittenSpan.ToArray();
    }

    private byte[] State(JobState state)
    {
        buffer.ResetWrittenCount();
        using (var writer = new Utf8JsonWriter(buffer)) JobStateJson.Write(writer, state);
        return buffer.WrittenSpan.ToArray();
    }
}
