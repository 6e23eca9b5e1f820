namespace Chronos.Mesos.Detection;

/// <summary>No leading master is known now. The message says whom was asked and what came back.</summary>
public sealed class MasterNotFoundException(string message, Exception? inner = null) : Exception(message, inner);
