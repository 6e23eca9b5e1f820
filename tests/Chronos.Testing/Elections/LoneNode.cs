using Chronos.Runtime.Leadership;
using Chronos.Runtime.Node;
using Chronos.Runtime.Ports;
using Chronos.Runtime.Replication;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chronos.Testing.Elections;

/// <summary>Nodes that share their store with nobody.</summary>
public static class LoneNode
{
    /// <summary>What it knows its cluster by.</summary>
    public const string Key = "key-of-the-lone-node";

    /// <summary>A node that is sure to be elected once it runs.</summary>
    public static ElectedNode Elect(IStateStore store, Func<SchedulerNode> create)
    {
        var self = new ClusterMember("lone", "http://127.0.0.1", "test", Key);
        return new(new SoleElection(store, self), self, NoReplicas.Instance, create, NullLogger<ElectedNode>.Instance);
    }
}
