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
        JsonNode array = new JsonArray([.. values.Select(value => JsonSerializer.SerializeToNode(value, type))]);
        Write(output, array);
    }

    /// <summary>Writes a node.</summary>
    public static void Write(TextWriter output, JsonNode node) => output.WriteLine(node.ToJsonString(Options));
}
