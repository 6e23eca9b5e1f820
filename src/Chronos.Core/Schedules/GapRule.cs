namespace Chronos.Core.Schedules;

/// <summary>What happens to a wall time that does not exist because clocks were moved forward over it.</summary>
public enum GapRule
{
    /// <summary>It is due at the first instant after the gap: 02:30 becomes 03:00.</summary>
    Next,

    /// <summary>It moves by the length of the gap: 02:30 becomes 03:30.</summary>
    Shift,

    /// <summary>It is dropped.</summary>
    Skip,
}
