using System.Net;
using System.Text;
using Chronos.Mesos.Protocol;
using Chronos.Mesos.Protocol.Scheduler;
using Chronos.MesosSimulator;
using Chronos.Testing;
using Xunit;

namespace Mesos.Tests.Simulator;

/// <summary>Transport and validation: several masters, and credentials.</summary>
public sealed class LeadershipTests
{
    private static readonly ClusterOptions Fast = new() { TimeScale = 100, Masters = 2 };

    [Fact]
    public async Task NotLeading_SendsToTheLeader()
    {
        await using var cluster = await SimulatedCluster.StartAsync(Fast);

        var answer = await RawHttp.PostAsync(RawHttp.At(cluster, "/api/v1/scheduler", master: 1), "{}");

        Assert.Equal(HttpStatusCode.TemporaryRedirect, answer.Status);
        Assert.Equal(
            $"//127.0.0.1:{cluster.Masters[0].Address.Port}/master/api/v1/scheduler", answer.Headers["Location"]);
    }

    [Fact]
    public async Task NobodyLeads_IsUnavailable()
    {
        await using var cluster = await SimulatedCluster.StartAsync(Fast);
        cluster.Depose();

        var answer = await RawHttp.PostAsync(RawHttp.At(cluster, "/api/v1/scheduler"), "{}");

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "No leader elected"), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task Redirect_LeadsToTheLeader()
    {
        await using var cluster = await SimulatedCluster.StartAsync(Fast);

        var answer = await RawHttp.GetAsync(RawHttp.At(cluster, "/redirect", master: 1));
        var more = await RawHttp.GetAsync(RawHttp.At(cluster, "/redirect/x"));

        Assert.Equal(HttpStatusCode.TemporaryRedirect, answer.Status);
        Assert.Equal($"//127.0.0.1:{cluster.Masters[0].Address.Port}", answer.Headers["Location"]);
        Assert.Equal(HttpStatusCode.NotFound, more.Status);
    }

    [Fact]
    public async Task Credentials_Wrong_AreChallengedBeforeTheBodyIsRead()
    {
        await using var cluster = await SimulatedCluster.StartAsync(Fast with { Credentials = ("chronos", "secret") });

        var answer = await RawHttp.PostAsync(
            RawHttp.At(cluster, "/api/v1/scheduler"), "{broken", headers: ("Authorization", Basic("chronos:other")));

        Assert.Equal(HttpStatusCode.Unauthorized, answer.Status);
        Assert.Equal("Basic realm=\"mesos-master-scheduler\"", answer.Headers["WWW-Authenticate"]);
    }

    [Theory]
    [InlineData("chronos", HttpStatusCode.OK)]
    [InlineData("other", HttpStatusCode.BadRequest)]
    public async Task Principal_MustBeTheAuthenticatedOne(string principal, HttpStatusCode status)
    {
        await using var cluster = await SimulatedCluster.StartAsync(Fast with { Credentials = ("chronos", "secret") });

        var answer = await RawHttp.PostAsync(
            RawHttp.At(cluster, "/api/v1/scheduler"),
            $$$$"""
            {"type":"SUBSCRIBE","subscribe":{"framework_info":{"user":"u","name":"n","principal":"{{{{principal}}}}"}}}
            """,
            headers: ("Authorization", Basic("chronos:secret")));

        Assert.Equal(status, answer.Status);
    }

    [Fact]
    public async Task FailOver_StreamsEnd_AndTheNewMasterKnowsTasksAsAgentsReturn()
    {
        await using var cluster = await SimulatedCluster.StartAsync(
            Fast with { AgentReturnMax = TimeSpan.FromSeconds(20) }); // scaled: 200 ms
        await Wait.UntilAsync(() => cluster.Agents.All(agent => agent.Id.Length > 0));
        await using var old = await TestScheduler.SubscribeAsync(cluster);
        var offer = await old.RunAsync("t");

        await cluster.FailOverAsync(to: 1);
        await old.Ended;
        var (status, _) = await old.TryCallAsync(new() { Type = Call.Types.Type.Revive });
        Assert.Equal(HttpStatusCode.TemporaryRedirect, status);

        await using var scheduler = await TestScheduler.SubscribeAsync(cluster, id: old.FrameworkId);
        Assert.Equal(old.FrameworkId, scheduler.FrameworkId);
        await scheduler.OfferAsync(offer.AgentId.Value);
        await scheduler.ReconcileAsync(("t", offer.AgentId.Value));
        await scheduler.StatusAsync("t", TaskState.TaskRunning);
    }

    [Fact]
    public async Task FailOver_CallBeforeSubscription_IsRefused()
    {
        await using var cluster = await SimulatedCluster.StartAsync(Fast);
        await using var old = await TestScheduler.SubscribeAsync(cluster);
        await old.RunAsync("t");
        await cluster.FailOverAsync(to: 1);

        var known = await RawHttp.PostAsync(
            RawHttp.At(cluster, "/api/v1/scheduler", master: 1),
            $$$"""{"type":"REVIVE","framework_id":{"value":"{{{old.FrameworkId}}}"}}""");
        var unknown = await RawHttp.PostAsync(
            RawHttp.At(cluster, "/api/v1/scheduler", master: 1), """{"type":"REVIVE","framework_id":{"value":"x"}}""");

        Assert.Equal(HttpStatusCode.Forbidden, known.Status); // an agent told of it
        Assert.Equal(HttpStatusCode.BadRequest, unknown.Status);
    }

    [Fact]
    public async Task FailOver_RemovedFrameworks_AreForgotten()
    {
        await using var cluster = await SimulatedCluster.StartAsync(Fast);
        await using var old = await TestScheduler.SubscribeAsync(cluster);
        await old.CallAsync(new() { Type = Call.Types.Type.Teardown });
        await cluster.FailOverAsync(to: 1);

        await using var again = await TestScheduler.SubscribeAsync(cluster, id: old.FrameworkId);

        Assert.Equal(old.FrameworkId, again.FrameworkId);
    }

    [Fact]
    public async Task LeadsAgain_NewAgentsAndFrameworks_GetIdsThatNobodyHas()
    {
        await using var cluster = await SimulatedCluster.StartAsync(Fast with { Agents = 2 });
        await using var old = await TestScheduler.SubscribeAsync(cluster);
        await old.RunAsync("t", agentId: cluster.Agents[0].Id);
        await cluster.FailOverAsync(to: 1);
        await cluster.FailOverAsync(to: 0);
        await using var scheduler = await TestScheduler.SubscribeAsync(cluster, id: old.FrameworkId);
        await using var other = await TestScheduler.SubscribeAsync(cluster);

        cluster.Agents[1].LoseMachine();
        cluster.Agents[1].Restart();

        Assert.NotEqual(cluster.Agents[0].Id, cluster.Agents[1].Id);
        Assert.NotEqual(old.FrameworkId, other.FrameworkId);
        await scheduler.ReconcileAsync(("t", cluster.Agents[0].Id)); // the new agent must not answer for it
        Assert.Equal(TaskState.TaskRunning, (await scheduler.StatusAsync("t")).State);
    }

    /// <summary>Real masters end where two agents have a task of one id; this one counts that, and tells them apart.
    /// </summary>
    [Fact]
    public async Task FailOver_AnAgentReturnsWithAnIdThatWasUsedAgain_EachTaskIsForgottenByItself()
    {
        await using var cluster = await SimulatedCluster.StartAsync(Fast with { Agents = 2 });
        var (late, other) = (cluster.Agents[0], cluster.Agents[1]);
        await using var old = await TestScheduler.SubscribeAsync(cluster);
        await old.RunAsync("t", agentId: late.Id);
        late.Crash();
        await cluster.FailOverAsync(to: 1);
        await using var scheduler = await TestScheduler.SubscribeAsync(cluster, id: old.FrameworkId);
        var offer = await scheduler.OfferAsync(other.Id);
        await scheduler.LaunchAsync(offer, TestScheduler.NewTask("t", offer));

        late.Restart();

        Assert.Equal(1, cluster.Tasks.Collisions);
        await scheduler.KillAsync("t");
        await scheduler.FollowAsync("t", TaskState.TaskKilling, TaskState.TaskKilled);
        await scheduler.FollowAsync("t", TaskState.TaskStarting, TaskState.TaskRunning, TaskState.TaskFinished);
        other.Disconnect();
        other.Reconnect();
        scheduler.DropOffers();
        offer = await scheduler.OfferAsync(other.Id);
        await scheduler.LaunchAsync(offer, TestScheduler.NewTask("t", offer));
        await scheduler.StatusAsync("t", TaskState.TaskStarting);
    }

    [Fact]
    public async Task MasterProcess_Stopped_RefusesConnections()
    {
        await using var cluster = await SimulatedCluster.StartAsync(Fast);
        var address = RawHttp.At(cluster, "/api/v1/scheduler");

        await cluster.Masters[0].StopAsync();

        await Assert.ThrowsAsync<HttpRequestException>(() => RawHttp.PostAsync(address, "{}"));
        await cluster.Masters[0].StartAsync();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await RawHttp.PostAsync(address, "{}")).Status);
    }

    private static string Basic(string text) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
