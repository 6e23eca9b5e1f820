using Chronos.Cluster.Tests.Faults;
using Chronos.Cluster.Tests.Nodes;
using Xunit;

[assembly: CollectionBehavior(DisableTestParallelization = true)] // three servers and a store keep a machine busy

namespace Chronos.Cluster.Tests;

/// <summary>The short form: each fault once. The long one is a command, see <see cref="ClusterCommand"/>.</summary>
public abstract class ClusterFaultTests(string store, ITestOutputHelper output)
{
    [Fact]
    public async Task Faults_OneOfEachKind_LoseNothingAndDoubleNothing()
    {
        if (NodeCluster.ObstacleOf(store) is { } obstacle) Assert.Skip(obstacle);
        var options = new ClusterOptions { Store = store, Lease = TimeSpan.FromSeconds(3) };
        await using var cluster = await NodeCluster.StartAsync(options);
        // How late is for the long form to judge, on a machine that is not busy; here, that it does run.
        var plan = new FaultPlan { Tolerance = TimeSpan.FromSeconds(15) };

        var verdict = await new FaultRun(cluster, plan, output.WriteLine).RunAsync();

        output.WriteLine(verdict.ToString());
        Assert.True(verdict.IsGood, verdict.ToString());
        Assert.Contains(cluster.Nodes, node => node.Process.HasWritten("jobs from a copy"));
        Assert.True(verdict.Started > plan.Jobs, "Hardly anything ran; the test has shown nothing.");
    }
}

public sealed class EtcdFaultTests(ITestOutputHelper output) : ClusterFaultTests("etcd", output);

public sealed class ZooKeeperFaultTests(ITestOutputHelper output) : ClusterFaultTests("zookeeper", output);

public sealed class PostgreSqlFaultTests(ITestOutputHelper output) : ClusterFaultTests("postgresql", output);
