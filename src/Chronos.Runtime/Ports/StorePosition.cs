namespace Chronos.Runtime.Ports;

/// <summary>How far the commits of a store have come. Each commit moves it on, so who knows everything up to a position
/// knows everything that a store at this position holds.</summary>
/// <param name="Term">The leadership of the newest commit; 0: there was none yet.</param>
/// <param name="Batch">The id of its newest batch.</param>
/// <param name="Units">How many units of that batch are committed; null: all.</param>
public readonly record struct StorePosition(long Term, long Batch, int? Units = null);
