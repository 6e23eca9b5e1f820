namespace Chronos.Mesos.Tasks;

/// <summary>Where an attempt stands between the node and Mesos.</summary>
internal enum TaskStage
{
    /// <summary>The node asks for it, and so do we.</summary>
    Unknown,

    /// <summary>Mesos has not got it, and the node knows; it will be launched or forgotten.</summary>
    Absent,

    /// <summary>It waits for an offer.</summary>
    Waiting,

    /// <summary>An offer was accepted for it, or Mesos has said that it has it.</summary>
    Launched,

    /// <summary>It has ended, and the node has yet to say that this is durable.</summary>
    Ended,
}
