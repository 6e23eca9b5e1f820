namespace Chronos.Runtime.Ports;

/// <summary>There is output, or was, but it cannot be read: the machine that has it is away, refuses, or has removed
/// it. The message says which, for people.</summary>
public sealed class LogUnavailableException(string message, Exception? inner) : Exception(message, inner);
