using Chronos.Runtime.Ports;

namespace Chronos.Storage.PostgreSql;

/// <summary>The row of <c>leadership</c>.</summary>
/// <param name="Term">The newest term.</param>
/// <param name="Member">Who leads; null: nobody.</param>
/// <param name="Address">Its address.</param>
/// <param name="Version">Its version.</param>
/// <param name="Key">Its key.</param>
/// <param name="Beat">Grows with each renewal.</param>
/// <param name="LeaseMilliseconds">How long it may stand still.</param>
internal sealed record LeadershipRow(
    long Term, string? Member, string Address, string Version, string Key, long Beat, long LeaseMilliseconds)
{
    /// <summary>Without the key.</summary>
    public override string ToString() => $"{Member} at {Address} in term {Term}";

    public Leader? Leader => Member is null ? null : new(new(Member, Address, Version, Key), Term);
}
