using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Chronos.Api;

namespace Chronos.CommandLine;

/// <summary>Writes JSON for people who pipe it: indented, nothing escaped that need not be.</summary>
public static class JsonOutput
{
    private const int ChunkBytes = 64 * 1024;

    private static readonly JsonSerializerOptions Options = new(ApiJson.Default.Options)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    // Nodes may hold values that are no part of the wire contract.
    private static readonly JsonSerializerOptions NodeOptions = new(Options)
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    /// <summary>Writes a value of the wire contract.</summary>
    public static void Write<T>(TextWriter output, T value)
    {
        var type = (JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T));
        output.WriteLine(JsonSerializer.Serialize(value, type));
    }

    /// <summary>Writes values of the wire contract as an array, as they come.</summary>
    public static async Task WriteListAsync<T>(TextWriter output, IAsyncEnumerable<T> values)
    {
        var type = (JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T));
        var buffer = new ArrayBufferWriter<byte>();
        await using var json = new Utf8JsonWriter(buffer, new() { Indented = true, Encoder = Options.Encoder });
        json.WriteStartArray();
        await foreach (var value in values)
        {
            JsonSerializer.Serialize(json, value, type);
            if (json.BytesPending > ChunkBytes) await FlushAsync(output, json, buffer);
        }

        json.WriteEndArray();
        await FlushAsync(output, json, buffer);
        await output.WriteLineAsync();
    }

    private static async Task FlushAsync(TextWriter output, Utf8JsonWriter json, ArrayBufferWriter<byte> buffer)
    {
        await json.FlushAsync();
        await output.WriteAsync(Encoding.UTF8.GetString(buffer.WrittenSpan));
        buffer.ResetWrittenCount();
    }

    /// <summary>Writes a node.</summary>
    public static void WriteNode(TextWriter output, JsonNode node) => output.WriteLine(node.ToJsonString(NodeOptions));
}
