namespace Chronos.Migration;

/// <summary>A migration cannot be done, or was not done well; the message says why, and what to do.</summary>
public sealed class MigrationRefusedException(string message) : Exception(message);
