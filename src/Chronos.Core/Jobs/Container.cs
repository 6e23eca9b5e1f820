namespace Chronos.Core.Jobs;

/// <summary>The container a command runs in.</summary>
public sealed record Container
{
    /// <summary><c>DOCKER</c> or <c>MESOS</c>.</summary>
    public ContainerType Type { get; init; } = ContainerType.Docker;

    /// <summary>Image reference.</summary>
    public required string Image { get; init; }

    /// <summary>Network mode.</summary>
    public ContainerNetwork Network { get; init; } = ContainerNetwork.Host;

    /// <summary>Name of a user-defined network; empty: none.</summary>
    public string NetworkName { get; init; } = "";

    /// <summary>Networks to join.</summary>
    public ValueList<ContainerNetworkLink> NetworkInfos { get; init; }

    /// <summary>Volumes to mount.</summary>
    public ValueList<Volume> Volumes { get; init; }

    /// <summary>Options for the Docker command line.</summary>
    public ValueList<Label> Parameters { get; init; }

    /// <summary>Whether the image is pulled although it is there.</summary>
    public bool ForcePullImage { get; init; }
}

/// <summary>Who runs the container.</summary>
public enum ContainerType
{
    /// <summary>The Docker engine.</summary>
    Docker,

    /// <summary>The Mesos containerizer.</summary>
    Mesos,
}

/// <summary>Network mode of a container.</summary>
public enum ContainerNetwork
{
    /// <summary>The host's own network.</summary>
    Host,

    /// <summary>A bridge with port mappings.</summary>
    Bridge,

    /// <summary>A user-defined network.</summary>
    User,
}

/// <summary>A network to join.</summary>
public sealed record ContainerNetworkLink(
    string Name, string? Protocol, ValueList<Label> Labels, ValueList<PortMapping> PortMappings);

/// <summary>A port of the host that leads into the container.</summary>
public sealed record PortMapping(int HostPort, int ContainerPort, string? Protocol);

/// <summary>A folder or an external volume mounted into the container.</summary>
public sealed record Volume(string? HostPath, string ContainerPath, VolumeMode? Mode, ExternalVolume? External);

/// <summary>Whether a volume may be written.</summary>
public enum VolumeMode
{
    /// <summary>Read only.</summary>
    ReadOnly,

    /// <summary>Read and write.</summary>
    ReadWrite,
}

/// <summary>A volume of a Docker volume driver.</summary>
public sealed record ExternalVolume(string Name, string Provider, ValueList<Label> Options);
