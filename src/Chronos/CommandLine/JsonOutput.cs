using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Chronos.Api;

namespace Chronos.CommandLine;

/// <summary>Writes JSON for people who pipe it: indented, nothing escaped that need not be.</summary>
public static class JsonOutput
{
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

    /// <summary>Writes values of the wire contract as an array.</summary>
    public static void WriteList<T>(TextWriter output, IEnumerable<T> values)
    {
        var type = (JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T));
        WriteNode(output, new JsonArray([.. values.Select(value => JsonSerializer.SerializeToNode(value, type))]));
    }

    /// <summary>Writes a node.</summary>
    public static void WriteNode(TextWriter output, JsonNode node) => output.WriteLine(node.ToJsonString(NodeOptions));
}
