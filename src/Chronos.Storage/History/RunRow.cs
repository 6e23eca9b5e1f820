namespace Chronos.Storage.History;

/// <summary>A row of <c>runs</c>. Instants are ticks since 1970.</summary>
internal readonly record struct RunRow(
    long Nominal,
    string Id,
    string Job,
    string State,
    long Created,
    long? Started,
    long? Ended,
    string Owner,
    ReadOnlyMemory<byte> Json,
    string Cause);
