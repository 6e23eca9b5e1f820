using System.Buffers;
using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Chronos.MesosSimulator.Wire;

/// <summary>JSON as masters and agents write it: names as defined, 64-bit integers as numbers, whole doubles with
/// <c>.0</c>, and fields that are not set but have a declared default with that default.</summary>
internal static class WireJson
{
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    internal static byte[] Write(IMessage message)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output, Options)) WriteMessage(writer, message);
        return output.WrittenSpan.ToArray();
    }

    private static void WriteMessage(Utf8JsonWriter writer, IMessage message)
    {
        writer.WriteStartObject();
        foreach (var field in message.Descriptor.Fields.InDeclarationOrder()) WriteField(writer, message, field);
        writer.WriteEndObject();
    }

    private static void WriteField(Utf8JsonWriter writer, IMessage message, FieldDescriptor field)
    {
        var value = field.Accessor.GetValue(message);
        if (field.IsMap)
        {
            if (value is IDictionary { Count: > 0 } map) WriteMap(writer, field, map);
        }
        else if (field.IsRepeated)
        {
            if (value is IList { Count: > 0 } list) WriteList(writer, field, list);
        }
        else if (field.Accessor.HasValue(message) || HasDefault(field))
        {
            writer.WritePropertyName(field.Name);
            WriteValue(writer, field, value);
        }
    }

    private static bool HasDefault(FieldDescriptor field) =>
        field.ToProto() is { HasDefaultValue: true } proto && proto.Options?.Deprecated != true;

    private static void WriteMap(Utf8JsonWriter writer, FieldDescriptor field, IDictionary map)
    {
        var valueField = field.MessageType.FindFieldByNumber(2); // of the entry that stands for key and value
        writer.WriteStartObject(field.Name);
        foreach (DictionaryEntry pair in map)
        {
            writer.WritePropertyName(Convert.ToString(pair.Key, CultureInfo.InvariantCulture) ?? "");
            WriteValue(writer, valueField, pair.Value);
        }

        writer.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter writer, FieldDescriptor field, IList list)
    {
        writer.WriteStartArray(field.Name);
        foreach (var item in list) WriteValue(writer, field, item);
        writer.WriteEndArray();
    }

    private static void WriteValue(Utf8JsonWriter writer, FieldDescriptor field, object? value)
    {
        switch (value)
        {
            case IMessage message: WriteMessage(writer, message); break;
            case string text: writer.WriteStringValue(text); break;
            case ByteString bytes: writer.WriteBase64StringValue(bytes.Span); break;
            case bool flag: writer.WriteBooleanValue(flag); break;
            case double number: WriteDouble(writer, number); break;
            case int number: writer.WriteNumberValue(number); break;
            case uint number: writer.WriteNumberValue(number); break;
            case long number: writer.WriteNumberValue(number); break;
            case ulong number: writer.WriteNumberValue(number); break;
            case Enum word: writer.WriteStringValue(NameOf(field, word)); break;
            default: throw new NotSupportedException($"{field.FullName} is of type {field.FieldType}.");
        }
    }

    private static string NameOf(FieldDescriptor field, Enum word) =>
        field.EnumType.FindValueByNumber(Convert.ToInt32(word, CultureInfo.InvariantCulture))?.Name ?? "UNKNOWN";

    private static void WriteDouble(Utf8JsonWriter writer, double number)
    {
        if (double.IsPositiveInfinity(number)) writer.WriteStringValue("Infinity");
        else if (double.IsNegativeInfinity(number)) writer.WriteStringValue("-Infinity");
        else writer.WriteRawValue(Encoding.UTF8.GetBytes(Text(number)), skipInputValidation: true);
    }

    private static string Text(double number)
    {
        var text = number.ToString("R", CultureInfo.InvariantCulture);
        return text.AsSpan().ContainsAny('.', 'E') ? text : text + ".0";
    }
}
