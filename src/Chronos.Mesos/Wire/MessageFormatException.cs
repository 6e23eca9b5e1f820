namespace Chronos.Mesos.Wire;

/// <summary>Some bytes are not the message that they should be, or a message cannot be written.</summary>
public sealed class MessageFormatException(string message, Exception? inner = null) : FormatException(message, inner);
