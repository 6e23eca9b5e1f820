using System.Buffers;
using System.Text;
using System.Text.Json;
using Google.Protobuf;

namespace Chronos.Mesos.Wire;

/// <summary>JSON with the field names of the message definitions. Masters write 64-bit integers as numbers, this side
/// writes them as texts; both read both.</summary>
internal sealed class JsonCodec : MessageCodec
{
    private static readonly JsonFormatter Formatter =
        new(JsonFormatter.Settings.Default.WithPreserveProtoFieldNames(true));

    public override string MediaType => "application/json";

    public override byte[] Encode(IMessage message)
    {
        CheckComplete(message);
        return Encoding.UTF8.GetBytes(Formatter.Format(message));
    }

    public override T Decode<T>(ReadOnlySequence<byte> bytes)
    {
        var message = new T();
        try
        {
            JsonMessageReader.Read(message, bytes);
        }
        catch (JsonException e)
        {
            throw new MessageFormatException($"The text is no {message.Descriptor.FullName}: {e.Message}", e);
        }

        CheckComplete(message);
        return message;
    }
}
