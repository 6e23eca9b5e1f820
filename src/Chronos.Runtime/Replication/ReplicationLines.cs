using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Chronos.Core.Jobs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Ports;

namespace Chronos.Runtime.Replication;

/// <summary>What a leader tells a node that keeps a copy, as lines of JSON: a head, documents of all jobs, a line that
/// ends them, and then each batch. <see cref="Replica"/> reads them.</summary>
internal static class ReplicationLines
{
    /// <summary>Of the lines. Who does not know it keeps no copy.</summary>
    public const int Format = 1;

    private static readonly JsonWriterOptions Options =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Begins.</summary>
    /// <param name="position">Where the store stands before the first batch that follows.</param>
    /// <param name="meta">Settings of the whole cluster, each a JSON text.</param>
    public static byte[] Head(StorePosition position, IReadOnlyDictionary<string, string> meta) => Line(json =>
    {
        json.WriteNumber("format", Format);
        WritePosition(json, position);
        json.WriteStartObject("meta");
        foreach (var (name, text) in meta) json.WriteString(name, text);
        json.WriteEndObject();
    });

    /// <summary>Ends the documents of all jobs, which show nothing newer than this.</summary>
    public static byte[] Complete(StorePosition durable) => Line(json =>
    {
        json.WriteBoolean("complete", true);
        WritePosition(json, durable);
    });

    /// <summary>Says that the leader is still there, and which batch is durable.</summary>
    public static byte[] Alive(StorePosition durable) => Line(json =>
    {
        json.WriteBoolean("alive", true);
        WritePosition(json, durable);
    });

    /// <summary>The documents of some jobs.</summary>
    public static byte[] Documents(IEnumerable<JobSnapshot> jobs) => Line(json =>
    {
        json.WriteStartArray("documents");
        foreach (var (job, state) in jobs)
        {
            BeginDocument(json, DocumentKind.Definition, job.Name);
            JobWriter.WriteStored(json, job);
            json.WriteEndObject();
            BeginDocument(json, DocumentKind.State, job.Name);
            JobStateJson.Write(json, state);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    /// <summary>What is about to be committed.</summary>
    public static byte[] Batch(CommitBatch batch) => Line(json =>
    {
        WritePosition(json, new(batch.Term, batch.Id));
        json.WriteStartArray("units");
        foreach (var unit in batch.Units)
        {
            json.WriteStartArray();
            foreach (var (key, content) in unit.Documents)
            {
                BeginDocument(json, key.Kind, key.Name);
                if (content is { } text) json.WriteRawValue(text.Span, skipInputValidation: true);
                else json.WriteNullValue();
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndArray();
    });

    private static void WritePosition(Utf8JsonWriter json, StorePosition position)
    {
        json.WriteNumber("term", position.Term);
        json.WriteNumber("batch", position.Batch);
    }

    private static void BeginDocument(Utf8JsonWriter json, DocumentKind kind, string name)
    {
        json.WriteStartObject();
        json.WriteString("kind", kind.ToString());
        json.WriteString("name", name);
        json.WritePropertyName("json");
    }

    private static byte[] Line(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }
}
