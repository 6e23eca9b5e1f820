using Chronos.Mesos.Wire;
using Google.Protobuf;

namespace Chronos.MesosSimulator.Wire;

/// <summary>The encodings of answers and events.</summary>
internal static class Encodings
{
    /// <summary>Text of the real system for a record or body.</summary>
    internal static byte[] Encode(MessageCodec codec, IMessage message) =>
        codec == MessageCodec.Json ? WireJson.Write(message) : codec.Encode(message);

    /// <summary>What an Accept header allows, JSON before protobuf; null: neither.</summary>
    internal static MessageCodec? Negotiate(string? accept)
    {
        if (string.IsNullOrWhiteSpace(accept)) return MessageCodec.Json;
        var allowed = accept.Split(',').Select(part => part.Split(';', StringSplitOptions.TrimEntries))
            .Where(part => !part.Skip(1).Any(IsZeroQuality)).Select(part => part[0]).ToHashSet();
        if (allowed.Contains("*/*") || allowed.Contains("application/*")) return MessageCodec.Json;
        return allowed.Contains(MessageCodec.Json.MediaType) ? MessageCodec.Json
            : allowed.Contains(MessageCodec.Protobuf.MediaType) ? MessageCodec.Protobuf
            : null;
    }

    private static bool IsZeroQuality(string parameter) => parameter is "q=0" or "q=0.0" or "q=0.00" or "q=0.000";
}
