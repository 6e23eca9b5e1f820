using Chronos.MesosSimulator;
using Mesos.Tests.Recorded;
using Xunit;

namespace Mesos.Tests.Simulator;

/// <summary>The requests that a scheduler once sent to a running master, sent to the simulated one. It must answer each
/// as the real one did: with the same status, headers and text, and on the streams with the same events; each has the
/// same fields and, where it does not change from run to run, the same content.</summary>
public sealed class ReplayTests
{
    [Fact]
    public async Task RecordedRequests_AreAnsweredAsTheRealMasterDid()
    {
        await using var cluster = await SimulatedCluster.StartAsync(new()
        {
            CustomExecutors = CustomExecutors.External, // the replay plays the one of the recording
            Agent = number => new() { Attributes = new Dictionary<string, string> { ["rack"] = $"r{2 - number}" } },
            Script = static task => task.TaskId.Value is "k1" or "g2" or "d1"
                ? TaskScript.OfCommand(task) with { Duration = null }
                : TaskScript.OfCommand(task),
            AllocationInterval = TimeSpan.FromMilliseconds(500),
        });
        await using var replay = new Replay(cluster, new RecordedTrace());

        await replay.RunAsync();

        Assert.Equal(48, replay.Requests);
        Assert.Empty(replay.Differences);
        Assert.Empty(replay.Unexpected);
    }
}
