using System.Text.Json;

namespace Chronos.Core.Jobs;

public static partial class JobWriter
{
    private static void WriteContainer(Utf8JsonWriter json, Container container)
    {
        var fields = new JobFieldWriter(json, all: true);
        json.WriteStartObject("container");
        json.WriteString("type", JobWords.ContainerTypes.Of(container.Type));
        json.WriteString("image", container.Image);
        json.WriteString("network", JobWords.Networks.Of(container.Network));
        if (container.NetworkName.Length > 0) json.WriteString("networkName", container.NetworkName);
        fields.List("networkInfos", container.NetworkInfos, WriteNetwork);
        fields.List("volumes", container.Volumes, WriteVolume);
        json.WriteBoolean("forcePullImage", container.ForcePullImage);
        fields.List("parameters", container.Parameters, WriteLabel);
        json.WriteEndObject();
    }

    private static void WriteNetwork(Utf8JsonWriter json, ContainerNetworkLink network)
    {
        var fields = new JobFieldWriter(json, all: true);
        json.WriteStartObject();
        json.WriteString("name", network.Name);
        if (network.Protocol is not null) json.WriteString("protocol", network.Protocol);
        fields.List("labels", network.Labels, WriteLabel);
        fields.List("portMappings", network.PortMappings, WritePort);
        json.WriteEndObject();
    }

    private static void WritePort(Utf8JsonWriter json, PortMapping port)
    {
        json.WriteStartObject();
        json.WriteNumber("hostPort", port.HostPort);
        json.WriteNumber("containerPort", port.ContainerPort);
        if (port.Protocol is not null) json.WriteString("protocol", port.Protocol);
        json.WriteEndObject();
    }

    private static void WriteVolume(Utf8JsonWriter json, Volume volume)
    {
        json.WriteStartObject();
        if (volume.HostPath is not null) json.WriteString("hostPath", volume.HostPath);
        json.WriteString("containerPath", volume.ContainerPath);
        if (volume.Mode is { } mode) json.WriteString("mode", JobWords.VolumeModes.Of(mode));
        if (volume.External is { } external)
        {
            json.WriteStartObject("external");
            json.WriteString("name", external.Name);
            json.WriteString("provider", external.Provider);
            new JobFieldWriter(json, all: true).List("options", external.Options, WriteLabel);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteLabel(Utf8JsonWriter json, Label label)
    {
        json.WriteStartObject();
        json.WriteString("key", label.Key);
        json.WriteString("value", label.Value);
        json.WriteEndObject();
    }
}
