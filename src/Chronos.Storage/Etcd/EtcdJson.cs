using System.Globalization;
using System.Text;
using System.Text.Json;
using Chronos.Runtime.Ports;

namespace Chronos.Storage.Etcd;

/// <summary>The forms of etcd's JSON: keys and values in base64, 64-bit numbers as text, what is zero left out.
/// </summary>
internal static class EtcdJson
{
    public static void WriteKey(this Utf8JsonWriter writer, string property, string key) =>
        writer.WriteBase64String(property, Encoding.UTF8.GetBytes(key));

    public static void WriteNumber64(this Utf8JsonWriter writer, string property, long number) =>
        writer.WriteString(property, number.ToString(CultureInfo.InvariantCulture));

    /// <summary>A part of a transaction's condition.</summary>
    public static void WriteCompare(
        this Utf8JsonWriter writer, string key, string target, string property, long number)
    {
        writer.WriteStartObject();
        writer.WriteKey("key", key);
        writer.WriteString("target", target);
        writer.WriteString("result", "EQUAL");
        writer.WriteNumber64(property, number);
        writer.WriteEndObject();
    }

    public static void WritePut(this Utf8JsonWriter writer, string key, ReadOnlySpan<byte> value, long lease = 0)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("request_put");
        writer.WriteKey("key", key);
        writer.WriteBase64String("value", value);
        if (lease != 0) writer.WriteNumber64("lease", lease);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    public static void WriteDelete(this Utf8JsonWriter writer, string key)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("request_delete_range");
        writer.WriteKey("key", key);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    public static void WriteRange(this Utf8JsonWriter writer, string key)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("request_range");
        writer.WriteKey("key", key);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    public static long Number64(this JsonElement element, string property) =>
        element.TryGetProperty(property, out var value)
            ? long.Parse(value.GetString() ?? "", CultureInfo.InvariantCulture)
            : 0;

    public static bool Flag(this JsonElement element, string property) =>
        element.TryGetProperty(property, out var value) && value.GetBoolean();

    /// <summary>The store's revision when it answered.</summary>
    public static long Revision(this JsonDocument answer) =>
        answer.RootElement.GetProperty("header").Number64("revision");

    /// <summary>The keys that a range answered with.</summary>
    public static IEnumerable<JsonElement> Keys(this JsonElement range) =>
        range.TryGetProperty("kvs", out var keys) ? keys.EnumerateArray() : [];

    /// <summary>The answer to one request of a transaction.</summary>
    public static JsonElement Response(this JsonDocument transaction, int index, string kind) =>
        transaction.RootElement.GetProperty("responses")[index].GetProperty(kind);

    public static string Key(this JsonElement key) =>
        Encoding.UTF8.GetString(key.GetProperty("key").GetBytesFromBase64());

    public static byte[] Value(this JsonElement key) =>
        key.TryGetProperty("value", out var value) ? value.GetBytesFromBase64() : [];

    /// <summary>The first key that is not below <paramref name="prefix"/>.</summary>
    public static string EndOf(string prefix) => prefix[..^1] + (char)(prefix[^1] + 1);
}
