using Chronos.Core.Jobs;
using Chronos.Mesos.Protocol;
using DockerInfo = Chronos.Mesos.Protocol.ContainerInfo.Types.DockerInfo;
using Volume = Chronos.Core.Jobs.Volume;

namespace Chronos.Mesos.Tasks;

/// <summary>The container of a job, as agents want it.</summary>
internal static class TaskContainer
{
    /// <summary>Builds it.</summary>
    /// <param name="container">As the job has it.</param>
    /// <param name="ports">Host ports that the task holds; mappings without one get them in ascending order.</param>
    internal static ContainerInfo Build(Container container, IEnumerable<uint> ports)
    {
        var message = new ContainerInfo
        {
            Type = container.Type == ContainerType.Docker
                ? ContainerInfo.Types.Type.Docker
                : ContainerInfo.Types.Type.Mesos,
        };
        message.Volumes.AddRange(container.Volumes.Select(ToMessage));
        if (container.NetworkName.Length > 0)
            message.NetworkInfos.Add(new NetworkInfo { Name = container.NetworkName });
        var named = container.NetworkInfos.SelectMany(network => network.PortMappings)
            .Where(mapping => mapping.HostPort > 0).Select(mapping => (uint)mapping.HostPort).ToHashSet();
        var free = new Queue<uint>(ports.Where(port => !named.Contains(port)).Order());
        var mappings = container.NetworkInfos
            .Select(network => network.PortMappings.Select(mapping => WithHostPort(mapping, free)).ToList()).ToList();
        for (var i = 0; i < container.NetworkInfos.Count; i++)
            message.NetworkInfos.Add(ToMessage(container.NetworkInfos[i], container.Type, mappings[i]));
        if (container.Type == ContainerType.Docker) message.Docker = ToDocker(container, mappings.SelectMany(m => m));
        else
            message.Mesos = new()
            {
                Image = new()
                {
                    Type = Image.Types.Type.Docker,
                    Docker = new() { Name = container.Image },
                    Cached = !container.ForcePullImage,
                },
            };
        return message;
    }

    private static DockerInfo ToDocker(Container container, IEnumerable<PortMapping> mappings)
    {
        var docker = new DockerInfo
        {
            Image = container.Image,
            ForcePullImage = container.ForcePullImage,
            Network = container.Network switch
            {
                ContainerNetwork.Host => DockerInfo.Types.Network.Host,
                ContainerNetwork.Bridge => DockerInfo.Types.Network.Bridge,
                ContainerNetwork.User => DockerInfo.Types.Network.User,
                _ => throw new InvalidOperationException($"Unknown network {container.Network}."),
            },
        };
        docker.Parameters.AddRange(container.Parameters.Select(p => new Parameter { Key = p.Key, Value = p.Value }));
        foreach (var mapping in mappings)
        {
            var message = new DockerInfo.Types.PortMapping
            {
                HostPort = (uint)mapping.HostPort, ContainerPort = (uint)mapping.ContainerPort,
            };
            if (mapping.Protocol is { } protocol) message.Protocol = protocol;
            docker.PortMappings.Add(message);
        }

        return docker;
    }

    // Docker's own mappings are in its part of the message; the Mesos containerizer reads those of the network.
    private static NetworkInfo ToMessage(
        ContainerNetworkLink network, ContainerType type, IEnumerable<PortMapping> mappings)
    {
        var message = new NetworkInfo();
        if (network.Name.Length > 0) message.Name = network.Name;
        if (!network.Labels.IsEmpty) message.Labels = TaskLabels.ToMessage(network.Labels);
        if (network.Protocol is { } protocol)
            message.IpAddresses.Add(new NetworkInfo.Types.IPAddress
            {
                Protocol = protocol.Equals("IPv6", StringComparison.OrdinalIgnoreCase)
                    ? NetworkInfo.Types.Protocol.Ipv6
                    : NetworkInfo.Types.Protocol.Ipv4,
            });
        if (type == ContainerType.Docker) return message;
        foreach (var mapping in mappings)
        {
            var port = new NetworkInfo.Types.PortMapping
            {
                HostPort = (uint)mapping.HostPort, ContainerPort = (uint)mapping.ContainerPort,
            };
            if (mapping.Protocol is { } wanted) port.Protocol = wanted;
            message.PortMappings.Add(port);
        }

        return message;
    }

    private static PortMapping WithHostPort(PortMapping mapping, Queue<uint> free) =>
        mapping.HostPort > 0 ? mapping : mapping with { HostPort = (int)free.Dequeue() };

    private static Protocol.Volume ToMessage(Volume volume)
    {
        var message = new Protocol.Volume
        {
            ContainerPath = volume.ContainerPath,
            Mode = volume.Mode == VolumeMode.ReadOnly
                ? Protocol.Volume.Types.Mode.Ro
                : Protocol.Volume.Types.Mode.Rw,
        };
        if (volume.HostPath is { } path) message.HostPath = path;
        if (volume.External is not { } external) return message;
        var source = new Protocol.Volume.Types.Source.Types.DockerVolume
        {
            Name = external.Name, Driver = external.Provider,
        };
        if (!external.Options.IsEmpty)
            source.DriverOptions = new()
            {
                Parameter = { external.Options.Select(o => new Parameter { Key = o.Key, Value = o.Value }) },
            };
        message.Source = new()
        {
            Type = Protocol.Volume.Types.Source.Types.Type.DockerVolume, DockerVolume = source,
        };
        return message;
    }
}
