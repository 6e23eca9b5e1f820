using Chronos.Core.Jobs;
using Chronos.Mesos.Protocol;
using Label = Chronos.Core.Jobs.Label;

namespace Chronos.Mesos.Client;

/// <summary>How Chronos presents itself to masters.</summary>
public sealed record FrameworkOptions
{
    /// <summary>Name shown by Mesos. Default <c>chronos</c>.</summary>
    public string Name { get; init; } = "chronos";

    /// <summary>Account that tasks run as where a job names none. Default <c>root</c>; a master may refuse
    /// that.</summary>
    public string User { get; init; } = "root";

    /// <summary>Roles to get offers for; default <c>*</c>.</summary>
    public ValueList<string> Roles { get; init; } = ["*"];

    /// <summary>Who the framework is, where masters authenticate; empty, the default: nobody.</summary>
    public string Principal { get; init; } = "";

    /// <summary>Masters keep the tasks of an absent framework so long. Default one week.</summary>
    public TimeSpan FailoverTimeout { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Whether agents keep tasks over their own restart. Default true.</summary>
    public bool Checkpoint { get; init; } = true;

    /// <summary>Name of this machine; empty: masters find out themselves.</summary>
    public string HostName { get; init; } = "";

    /// <summary>Address of this server's page, which Mesos links to; empty, the default: none.</summary>
    public string WebUiUrl { get; init; } = "";

    /// <summary>Labels of the framework.</summary>
    public ValueList<Label> Labels { get; init; }

    /// <summary>Whether to be offered agents with GPUs. Default false: they are kept for those who need them.</summary>
    public bool UseGpus { get; init; }

    /// <summary>Whether to be offered agents of other regions than the master's. Default false.</summary>
    public bool UseOtherRegions { get; init; }

    /// <summary>The message for masters, without an id.</summary>
    public FrameworkInfo ToMessage()
    {
        var message = new FrameworkInfo
        {
            Name = Name,
            User = User,
            FailoverTimeout = FailoverTimeout.TotalSeconds,
            Checkpoint = Checkpoint,
            Roles = { Roles },
        };
        if (Principal.Length > 0) message.Principal = Principal;
        if (HostName.Length > 0) message.Hostname = HostName;
        if (WebUiUrl.Length > 0) message.WebuiUrl = WebUiUrl;
        if (!Labels.IsEmpty)
            message.Labels = new()
            {
                Labels_ = { Labels.Select(label => new Protocol.Label { Key = label.Key, Value = label.Value }) },
            };
        foreach (var type in Capabilities())
            message.Capabilities.Add(new FrameworkInfo.Types.Capability { Type = type });
        return message;
    }

    private IEnumerable<FrameworkInfo.Types.Capability.Types.Type> Capabilities()
    {
        yield return FrameworkInfo.Types.Capability.Types.Type.MultiRole;
        yield return FrameworkInfo.Types.Capability.Types.Type.PartitionAware;
        yield return FrameworkInfo.Types.Capability.Types.Type.TaskKillingState;
        yield return FrameworkInfo.Types.Capability.Types.Type.ReservationRefinement;
        if (UseGpus) yield return FrameworkInfo.Types.Capability.Types.Type.GpuResources;
        if (UseOtherRegions) yield return FrameworkInfo.Types.Capability.Types.Type.RegionAware;
    }
}
