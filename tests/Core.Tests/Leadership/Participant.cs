using System.Runtime.CompilerServices;
using Chronos.Core.Jobs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Leadership;
using Chronos.Runtime.Node;
using Chronos.Runtime.Ports;
using Chronos.Testing;
using Chronos.Testing.Elections;
using Chronos.Testing.Engines;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;
using Xunit;

namespace Chronos.Core.Tests.Leadership;

/// <summary>A node of a cluster in memory, which takes part from the start until it is stopped.</summary>
internal sealed class Participant : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly Actor Alice = new("alice", "");
    private readonly CancellationTokenSource stopping = new();

    /// <param name="id">Names it.</param>
    /// <param name="ballot">What the nodes share.</param>
    /// <param name="store">Shared too.</param>
    /// <param name="history">Shared too.</param>
    /// <param name="replicas">Its copy of the leader's state; disposed of by the caller.</param>
    /// <param name="clock">Its clock; null: that of the machine.</param>
    public Participant(
        string id, MemoryBallot ballot, IStateStore store, IRunHistory history, IReplicas replicas,
        IClock? clock = null)
    {
        var self = new ClusterMember(id, $"http://{id}:8080", "test");
        Election = new(ballot, self);
        SchedulerNode Create() => new(
            new(), store, history, new([new SimulatedEngine()]), new(NullLogger<NotificationQueue>.Instance),
            clock ?? SystemClock.Instance, NullLogger<SchedulerNode>.Instance);
        Node = new(Election, self, replicas, Create, NullLogger<ElectedNode>.Instance);
        Running = Node.RunAsync(Task.CompletedTask, stopping.Token);
    }

    public MemoryElection Election { get; }

    public ElectedNode Node { get; }

    public Task Running { get; }

    public Task LeadsAsync() => UntilAsync(node => node is { Leads: true, Leader: not null });

    public Task UntilAsync(
        Func<ElectedNode, bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        Wait.UntilAsync(() => condition(Node), what);

    public async Task PutAsync(string name)
    {
        var reply = await Node.Node.SubmitAsync(
            new PutJobs([new Job { Name = name, Command = "true" }], Alice), CancellationToken.None);
        Assert.IsNotType<Refused>(reply);
    }

    public async Task StopAsync()
    {
        await stopping.CancelAsync();
        await Running.WaitAsync(Patience);
    }

    public async ValueTask DisposeAsync()
    {
        Election.IsCut = false;
        await stopping.CancelAsync();
        await Task.WhenAny(Running).WaitAsync(Patience); // a test may have made it fail
        await Node.DisposeAsync();
        await Election.DisposeAsync();
        stopping.Dispose();
    }
}
