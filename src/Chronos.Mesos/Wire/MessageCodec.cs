using System.Buffers;
using Google.Protobuf;

namespace Chronos.Mesos.Wire;

/// <summary>How messages are written on the wire: protobuf, or JSON with the same field names. Stateless.</summary>
public abstract class MessageCodec
{
    /// <summary>Binary, three to five times smaller than JSON.</summary>
    public static readonly MessageCodec Protobuf = new ProtobufCodec();

    /// <summary>Readable in a packet trace.</summary>
    public static readonly MessageCodec Json = new JsonCodec();

    private protected MessageCodec()
    {
    }

    /// <summary>The exact value of <c>Content-Type</c> and <c>Accept</c>: masters compare it byte by byte, a charset
    /// behind it is refused with 415.</summary>
    public abstract string MediaType { get; }

    /// <summary>The codec of a media type; null: there is none.</summary>
    public static MessageCodec? Find(string mediaType) =>
        mediaType == Protobuf.MediaType ? Protobuf : mediaType == Json.MediaType ? Json : null;

    /// <summary>The bytes of a message.</summary>
    /// <exception cref="MessageFormatException">A required field is not set.</exception>
    public abstract byte[] Encode(IMessage message);

    /// <summary>The message in some bytes; fields and enum values that are not known are left out.</summary>
    /// <exception cref="MessageFormatException">They hold no such message, or a required field is
    /// missing.</exception>
    public abstract T Decode<T>(ReadOnlySequence<byte> bytes)
        where T : IMessage<T>, new();

    private protected static void CheckComplete(IMessage message)
    {
        if (!RequiredFields.AreSet(message))
            throw new MessageFormatException($"A required field of {message.Descriptor.FullName} is not set.");
    }
}
