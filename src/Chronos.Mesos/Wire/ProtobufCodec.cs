using System.Buffers;
using Google.Protobuf;

namespace Chronos.Mesos.Wire;

internal sealed class ProtobufCodec : MessageCodec
{
    public override string MediaType => "application/x-protobuf";

    public override byte[] Encode(IMessage message)
    {
        CheckComplete(message);
        return message.ToByteArray();
    }

    public override T Decode<T>(ReadOnlySequence<byte> bytes)
    {
        var message = new T();
        try
        {
            message.MergeFrom(bytes);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new MessageFormatException($"The bytes are no {message.Descriptor.FullName}: {e.Message}", e);
        }

        CheckComplete(message);
        return message;
    }
}
