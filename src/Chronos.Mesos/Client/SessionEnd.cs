namespace Chronos.Mesos.Client;

/// <summary>Why a subscription, or the try to get one, ended.</summary>
/// <param name="Kind">What follows from it.</param>
/// <param name="Reason">For people.</param>
public sealed record SessionEnd(SessionEndKind Kind, string Reason);

/// <summary>What follows from the end of a subscription.</summary>
public enum SessionEndKind
{
    /// <summary>It is tried again soon.</summary>
    Lost,

    /// <summary>Something must be mended by an operator; it is tried again after a long pause.</summary>
    Refused,

    /// <summary>Another scheduler has the framework id now. Final: taking it back would make both go on for
    /// ever.</summary>
    FailedOver,

    /// <summary>The framework id is dead. Final.</summary>
    Removed,
}
