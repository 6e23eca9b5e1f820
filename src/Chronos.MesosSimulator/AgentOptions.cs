using Chronos.Mesos.Protocol;

namespace Chronos.MesosSimulator;

/// <summary>An agent as offers describe it.</summary>
public sealed record AgentOptions
{
    private const ulong PortFirst = 31000;

    /// <summary>Its name; default 127.0.0.1.</summary>
    public string Hostname { get; init; } = "127.0.0.1";

    /// <summary>Processors; default 2.</summary>
    public double Cpus { get; init; } = 2;

    /// <summary>Memory in MiB; default 2048.</summary>
    public double Mem { get; init; } = 2048;

    /// <summary>Disk in MiB; default 4096.</summary>
    public double Disk { get; init; } = 4096;

    /// <summary>Graphics processors; default none. Only frameworks that ask for them see agents that have some.
    /// </summary>
    public int Gpus { get; init; }

    /// <summary>Ports from 31000 on; default 1000 of them.</summary>
    public int Ports { get; init; } = 1000;

    /// <summary>Texts by name; default none.</summary>
    public IReadOnlyDictionary<string, string> Attributes { get; init; } = new Dictionary<string, string>();

    /// <summary>More resources, such as reserved ones; default none.</summary>
    public IReadOnlyList<Resource> Reserved { get; init; } = [];

    /// <summary>How far its clock is ahead of the master's; default none.</summary>
    public TimeSpan ClockOffset { get; init; }

    /// <summary>Region and zone; default null: none.</summary>
    public (string Region, string Zone)? Domain { get; init; }

    internal IEnumerable<Resource> ToResources()
    {
        if (Ports > 0)
            yield return new()
            {
                Name = "ports",
                Type = Value.Types.Type.Ranges,
                Ranges = new()
                {
                    Range = { new Value.Types.Range { Begin = PortFirst, End = PortFirst + (ulong)Ports - 1 } },
                },
            };
        foreach (var (name, amount) in new[] { ("cpus", Cpus), ("mem", Mem), ("disk", Disk), ("gpus", Gpus) })
            if (amount > 0)
                yield return new() { Name = name, Type = Value.Types.Type.Scalar, Scalar = new() { Value = amount } };
        foreach (var resource in Reserved) yield return resource;
    }

    internal IEnumerable<Mesos.Protocol.Attribute> ToAttributes() => Attributes.Select(pair =>
        new Mesos.Protocol.Attribute
        {
            Name = pair.Key,
            Type = Value.Types.Type.Text,
            Text = new() { Value = pair.Value },
        });

    internal DomainInfo? ToDomain() => Domain is not { } domain ? null : new()
    {
        FaultDomain = new() { Region = new() { Name = domain.Region }, Zone = new() { Name = domain.Zone } },
    };
}
