using System.Text.Json;

namespace Chronos.Core.Jobs;

/// <summary>Reads the <c>container</c> of a job.</summary>
internal static class ContainerReader
{
    private static readonly FieldNames Names = new(
        "type", "image", "network", "networkName", "networkInfos", "volumes", "forcePullImage", "parameters");

    private static readonly FieldNames NetworkNames = new("name", "protocol", "labels", "portMappings");
    private static readonly FieldNames PortNames = new("hostPort", "containerPort", "protocol");
    private static readonly FieldNames VolumeNames = new("hostPath", "containerPath", "mode", "external");
    private static readonly FieldNames ExternalNames = new("name", "provider", "options");

    public static Container? Read(JsonFields fields)
    {
        if (fields.Object("container", Names) is not { } container) return null;
        return new Container
        {
            Image = container.RequiredText("image", "Name the image, or remove the container."),
            Type = container.Word("type", JobWords.ContainerTypes) ?? ContainerType.Docker,
            Network = container.Word("network", JobWords.Networks) ?? ContainerNetwork.Host,
            NetworkName = container.Text("networkName"),
            NetworkInfos = container.List("networkInfos", (e, path) => ReadNetwork(e, path, fields.Reading)),
            Volumes = container.List("volumes", (e, path) => ReadVolume(e, path, fields.Reading)),
            ForcePullImage = container.Flag("forcePullImage"),
            Parameters = ReadLabels(container, "parameters"),
        };
    }

    private static ContainerNetworkLink? ReadNetwork(JsonElement element, string path, JobReading reading)
    {
        if (JsonFields.Open(element, path, NetworkNames, reading) is not { } network) return null;
        return new(
            network.RequiredText("name", "Name the network."),
            ReadChoice(network, "protocol", ["IPv4", "IPv6"]),
            ReadLabels(network, "labels"),
            network.List("portMappings", (e, portPath) => ReadPort(e, portPath, reading)));
    }

    private static PortMapping? ReadPort(JsonElement element, string path, JobReading reading)
    {
        if (JsonFields.Open(element, path, PortNames, reading) is not { } port) return null;
        if (!port.Has("containerPort"))
        {
            reading.Log.Refuse(port.At("containerPort"), (string?)null, "'containerPort' is required.",
                "Give the port inside the container.");
        }

        return new(
            port.Whole("hostPort", 0, 65_535) ?? 0,
            port.Whole("containerPort", 0, 65_535) ?? 0,
            ReadChoice(port, "protocol", ["tcp", "udp"]));
    }

    private static Volume? ReadVolume(JsonElement element, string path, JobReading reading)
    {
        if (JsonFields.Open(element, path, VolumeNames, reading) is not { } volume) return null;
        return new(
            volume.TextOrNull("hostPath"),
            volume.RequiredText("containerPath", "Give the path inside the container."),
            volume.Word("mode", JobWords.VolumeModes),
            ReadExternal(volume));
    }

    private static ExternalVolume? ReadExternal(JsonFields volume)
    {
        if (volume.Object("external", ExternalNames) is not { } external) return null;
        return new(
            external.RequiredText("name", "Name the volume."),
            external.RequiredText("provider", "Name the volume driver, such as 'dvdi'."),
            ReadLabels(external, "options"));
    }

    private static ValueList<Label> ReadLabels(JsonFields fields, string name) => fields.List(name, (element, path) =>
    {
        if (JsonFields.Open(element, path, JobFieldNames.Label, fields.Reading) is not { } label) return null;
        return new Label(label.RequiredText("key", "Give the key."), label.Text("value"));
    });

    /// <summary>One of a few words in its usual spelling; null: absent.</summary>
    private static string? ReadChoice(JsonFields fields, string name, string[] choices)
    {
        if (fields.TextOrNull(name) is not { } text) return null;
        foreach (var choice in choices)
            if (choice.Equals(text, StringComparison.OrdinalIgnoreCase)) return choice;
        fields.Reading.Log.Refuse(fields.At(name), text, $"This must be one of {string.Join(", ", choices)}.",
            "Choose one of these words.");
        return null;
    }
}
