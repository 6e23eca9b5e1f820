using System.Buffers;
using System.Collections;
using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Chronos.Mesos.Wire;

/// <summary>Fills messages from JSON as masters and agents do: names exactly as defined, 64-bit integers exact whether
/// numbers or texts, null and words that an enumeration does not know mean "not set", unknown fields are passed over,
/// the last of several equal names counts.</summary>
internal static class JsonMessageReader
{
    /// <summary>Reads one object, which must be all there is.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    /// <exception cref="MessageFormatException">A value does not fit its field.</exception>
    internal static void Read(IMessage message, ReadOnlySequence<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        ReadFields(message, ref reader);
        reader.Read(); // complains about anything behind the object
    }

    private static void ReadFields(IMessage message, ref Utf8JsonReader reader)
    {
        Expect(JsonTokenType.StartObject, reader.TokenType, message.Descriptor.FullName);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = message.Descriptor.FindFieldByName(reader.GetString());
            reader.Read();
            if (field is null) reader.Skip();
            else ReadField(message, field, ref reader);
        }
    }

    private static void ReadField(IMessage message, FieldDescriptor field, ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null) field.Accessor.Clear(message);
        else if (field.IsMap) ReadMap((IDictionary)field.Accessor.GetValue(message), field, ref reader);
        else if (field.IsRepeated) ReadList((IList)field.Accessor.GetValue(message), field, ref reader);
        else if (ReadValue(field, ref reader) is { } value) field.Accessor.SetValue(message, value);
        else field.Accessor.Clear(message);
    }

    private static void ReadMap(IDictionary map, FieldDescriptor field, ref Utf8JsonReader reader)
    {
        Expect(JsonTokenType.StartObject, reader.TokenType, field.FullName);
        var valueField = field.MessageType.FindFieldByNumber(2); // of the entry that stands for key and value
        map.Clear();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString() ?? "";
            reader.Read();
            if (ReadValue(valueField, ref reader) is { } value) map[key] = value;
        }
    }

    private static void ReadList(IList list, FieldDescriptor field, ref Utf8JsonReader reader)
    {
        list.Clear();
        if (reader.TokenType == JsonTokenType.StartObject) // one message without its brackets
        {
            list.Add(ReadValue(field, ref reader));
            return;
        }

        Expect(JsonTokenType.StartArray, reader.TokenType, field.FullName);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            if (ReadValue(field, ref reader) is { } value) list.Add(value);
    }

    // null: a word that the enumeration does not know.
    private static object? ReadValue(FieldDescriptor field, ref Utf8JsonReader reader) => field.FieldType switch
    {
        FieldType.Message => ReadMessage(field, ref reader),
        FieldType.Enum => ReadWord(field, ref reader),
        FieldType.String => ReadText(field, ref reader),
        FieldType.Bytes => ReadBytes(field, ref reader),
        FieldType.Bool => ReadFlag(field, ref reader),
        FieldType.Double => ReadDouble(field, ref reader),
        FieldType.Int32 => ReadNumber<int>(field, ref reader),
        FieldType.Int64 => ReadNumber<long>(field, ref reader),
        FieldType.UInt32 => ReadNumber<uint>(field, ref reader),
        FieldType.UInt64 => ReadNumber<ulong>(field, ref reader),
        _ => throw new NotSupportedException($"{field.FullName} is of type {field.FieldType}."),
    };

    private static IMessage ReadMessage(FieldDescriptor field, ref Utf8JsonReader reader)
    {
        Expect(JsonTokenType.StartObject, reader.TokenType, field.FullName);
        var message = (IMessage)Activator.CreateInstance(field.MessageType.ClrType)!; // messages are classes
        ReadFields(message, ref reader);
        return message;
    }

    private static object? ReadWord(FieldDescriptor field, ref Utf8JsonReader reader)
    {
        var word = ReadText(field, ref reader);
        return field.EnumType.FindValueByName(word) is { } known
            ? Enum.ToObject(field.EnumType.ClrType, known.Number)
            : null;
    }

    private static string ReadText(FieldDescriptor field, ref Utf8JsonReader reader)
    {
        Expect(JsonTokenType.String, reader.TokenType, field.FullName);
        return reader.GetString() ?? "";
    }

    private static ByteString ReadBytes(FieldDescriptor field, ref Utf8JsonReader reader)
    {
        Expect(JsonTokenType.String, reader.TokenType, field.FullName);
        return reader.TryGetBytesFromBase64(out var bytes)
            ? UnsafeByteOperations.UnsafeWrap(bytes)
            : throw DoesNotFit(field, "Base64 text", ref reader);
    }

    private static bool ReadFlag(FieldDescriptor field, ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        JsonTokenType.String when reader.ValueTextEquals("true"u8) => true,
        JsonTokenType.String when reader.ValueTextEquals("false"u8) => false,
        _ => throw DoesNotFit(field, "true or false", ref reader),
    };

    private static double ReadDouble(FieldDescriptor field, ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Number) return reader.GetDouble();
        var text = ReadText(field, ref reader);
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && !double.IsNaN(number)
                ? number
                : throw DoesNotFit(field, "a number", ref reader);
    }

    private static object ReadNumber<T>(FieldDescriptor field, ref Utf8JsonReader reader)
        where T : struct, IUtf8SpanParsable<T>
    {
        if (reader.TokenType is JsonTokenType.Number or JsonTokenType.String && !reader.ValueIsEscaped)
        {
            var digits = reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan;
            if (T.TryParse(digits, CultureInfo.InvariantCulture, out var number)) return number;
        }

        throw DoesNotFit(field, $"an integer of type {field.FieldType}", ref reader);
    }

    private static void Expect(JsonTokenType expected, JsonTokenType found, string name)
    {
        if (found != expected) throw new MessageFormatException($"{name} must be {expected}, it is {found}.");
    }

    private static MessageFormatException DoesNotFit(FieldDescriptor field, string wanted, ref Utf8JsonReader reader)
    {
        var found = reader.TokenType is JsonTokenType.String ? $"'{Cut(reader.GetString() ?? "")}'"
            : reader.TokenType.ToString();
        return new($"{field.FullName} must be {wanted}, it is {found}.");
    }

    private static string Cut(string text) => text.Length <= 100 ? text : text[..100];
}
