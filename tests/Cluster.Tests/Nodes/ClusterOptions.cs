namespace Chronos.Cluster.Tests.Nodes;

/// <summary>What a cluster is made of.</summary>
internal sealed record ClusterOptions
{
    /// <summary>The program that is built with the tests.</summary>
    public static readonly string BuiltServer = Path.Combine(AppContext.BaseDirectory, "chronos");

    /// <summary>One of <see cref="Stores.StoreServers.Names"/>.</summary>
    public required string Store { get; init; }

    /// <summary>The setting <c>--lease</c>.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The program of a node.</summary>
    public string Server { get; init; } = BuiltServer;

    /// <summary>How many nodes.</summary>
    public int Nodes { get; init; } = 3;
}
