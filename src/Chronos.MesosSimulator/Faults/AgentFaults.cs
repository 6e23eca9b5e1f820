namespace Chronos.MesosSimulator.Faults;

/// <summary>What happens to an agent after its offers were found valid and before its tasks are launched.</summary>
public enum AcceptFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It loses its connection to the master.</summary>
    AgentDisconnects,

    /// <summary>It is taken for lost.</summary>
    AgentIsRemoved,
}

/// <summary>What becomes of a request to an agent.</summary>
public enum RequestFault
{
    /// <summary>It is answered.</summary>
    None,

    /// <summary>The connection is closed.</summary>
    Close,

    /// <summary>It is refused with 503.</summary>
    Refuse,

    /// <summary>It is not answered before the client gives up.</summary>
    Hang,
}
