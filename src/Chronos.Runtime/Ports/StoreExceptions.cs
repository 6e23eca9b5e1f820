namespace Chronos.Runtime.Ports;

/// <summary>A newer term has taken the store: this node leads no more.</summary>
public sealed class StoreFencedException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>This node's term is over: its lease ran out, it resigned, or another node leads. It may campaign again.
/// </summary>
public sealed class LeadershipLostException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The store cannot be reached, or refused for a reason that may pass, such as a full disk.</summary>
public sealed class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The store cannot be used: damaged, written by a newer version, or in use by another process. The message
/// says what to do.</summary>
public sealed class StoreCorruptException(string message, Exception? inner = null) : Exception(message, inner);
