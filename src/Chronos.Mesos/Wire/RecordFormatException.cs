namespace Chronos.Mesos.Wire;

/// <summary>A stream of records cannot be read on: there is no way to find the next record. Drop the
/// connection.</summary>
public sealed class RecordFormatException(string message, Exception? inner = null) : IOException(message, inner);
