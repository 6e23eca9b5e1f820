namespace Chronos.MesosSimulator.Faults;

/// <summary>What becomes of an event on its way to a scheduler.</summary>
public enum EventFaultKind
{
    /// <summary>It arrives.</summary>
    Deliver,

    /// <summary>It is lost.</summary>
    Drop,

    /// <summary>It arrives twice.</summary>
    Repeat,

    /// <summary>It arrives later than those behind it.</summary>
    Delay,

    /// <summary>It changes places with the one behind it.</summary>
    Swap,
}

/// <summary>What becomes of an event on its way to a scheduler.</summary>
/// <param name="Kind">The fault.</param>
/// <param name="Time">For <see cref="EventFaultKind.Delay"/>, real time.</param>
public readonly record struct EventFault(EventFaultKind Kind, TimeSpan Time = default);

/// <summary>What becomes of a call of a scheduler.</summary>
public enum CallFault
{
    /// <summary>It is answered and done.</summary>
    None,

    /// <summary>It is answered with 202 and then forgotten.</summary>
    LoseAfterAnswer,

    /// <summary>It is done, and the connection closed without an answer.</summary>
    LoseAnswer,

    /// <summary>The connection is closed; nothing is done.</summary>
    Close,

    /// <summary>It is refused with 503.</summary>
    Refuse,

    /// <summary>It is not answered before the client gives up; nothing is done.</summary>
    Hang,
}
