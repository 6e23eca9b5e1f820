using Chronos.Cluster.Tests.Faults;
using Chronos.Cluster.Tests.Nodes;
using Xunit;

[assembly: CollectionBehavior(DisableTestParallelization = true)] // they measure how late tasks start

namespace Chronos.Cluster.Tests;

/// <summary>The short form: each fault once over each store. The long one is a command, see
/// <see cref="ClusterCommand"/>.</summary>
public sealed class ClusterFaultTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("etcd")]
    [InlineData("zookeeper")]
    [InlineData("postgresql")]
    public async Task Faults_OneOfEachKind_LoseNothingAndDoubleNothing(string store)
    {
        if (NodeCluster.ObstacleOf(store) is { } obstacle) Assert.Skip(obstacle);
        await using var cluster = await NodeCluster.StartAsync(new() { Store = store, Lease = TimeSpan.FromSeconds(2) });
        var plan = new FaultPlan { Tolerance = TimeSpan.FromSeconds(3) }; // a machine of CI may be busy

        var verdict = await new FaultRun(cluster, plan, output.WriteLine).RunAsync();

        output.WriteLine(verdict.ToString());
        Assert.True(verdict.IsGood, verdict.ToString());
        Assert.True(verdict.Started > plan.Jobs, "Hardly anything ran; the test has shown nothing.");
    }
}
