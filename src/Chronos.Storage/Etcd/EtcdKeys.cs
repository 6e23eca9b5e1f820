using Chronos.Storage.KeyValues;

namespace Chronos.Storage.Etcd;

/// <summary>The names of keys.</summary>
internal sealed class EtcdKeys(string prefix)
{
    /// <summary>Guards all writes.</summary>
    public string Fence { get; } = prefix + "/fence";

    /// <summary>Who leads; lives with its lease.</summary>
    public string Leader { get; } = prefix + "/leader";

    /// <summary>What the keys of nodes begin with; they live with leases.</summary>
    public string Members { get; } = prefix + "/members/";

    public string PrefixOf(Area area) => area switch
    {
        Area.Definitions => prefix + "/definitions/",
        Area.States => prefix + "/states/",
        Area.Meta => prefix + "/meta/",
        Area.Parts => prefix + "/parts/",
        _ => throw new InvalidOperationException($"There is no prefix for {area}."),
    };

    public string Of(Area area, string name) => PrefixOf(area) + name;
}
