namespace Chronos.Core.Schedules;

/// <summary>What happens to a wall time that exists twice because clocks were moved back over it.</summary>
public enum OverlapRule
{
    /// <summary>It is due at its first copy, before the clocks move.</summary>
    First,

    /// <summary>It is due at its last copy, after the clocks moved.</summary>
    Last,

    /// <summary>It is due at both copies.</summary>
    Both,
}
