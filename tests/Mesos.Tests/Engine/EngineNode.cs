using System.Collections.Concurrent;
using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using Chronos.Mesos;
using Chronos.Mesos.Client;
using Chronos.Mesos.Detection;
using Chronos.MesosSimulator;
using Chronos.Runtime.Leadership;
using Chronos.Runtime.Ports;
using Chronos.Testing.Engines;
using Mesos.Tests.Offers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mesos.Tests.Engine;

/// <summary>What a node does with an engine, and no more: it keeps the identity, launches again what never started,
/// acknowledges ends once they are noted, and lists what is under way when it comes back.</summary>
internal sealed class EngineNode(SimulatedCluster cluster) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<AttemptId, LaunchRequest> underWay = new();
    private readonly ConcurrentDictionary<AttemptId, AttemptStatus> latest = new();
    private readonly ConcurrentDictionary<AttemptId, AttemptStatus> ends = new();

    internal MesosEngine Engine { get; private set; } = null!; // set by ConnectAsync

    internal string? Identity { get; set; }

    internal int IdentitiesKept { get; private set; }

    internal Func<MesosEngineOptions, MesosEngineOptions> Configure { get; set; } = static options => options;

    /// <summary>The leadership of the node.</summary>
    internal LeadershipTerm Term { get; set; } = LeadershipTerm.Alone(1);

    /// <summary>How attempts ended.</summary>
    internal IReadOnlyDictionary<AttemptId, AttemptStatus> Ends => ends;

    internal AttemptStatus? Latest(AttemptId id) => latest.GetValueOrDefault(id);

    internal async Task ConnectAsync()
    {
        var options = Configure(new()
        {
            Master = new MasterSetting.Addresses(cluster.Masters.Select(master => master.Address).ToValueList()),
            Client = new()
            {
                FirstPause = TimeSpan.FromMilliseconds(5), LongestPause = TimeSpan.FromMilliseconds(200),
            },
            ReviveInterval = TimeSpan.FromMilliseconds(20),
            DeclineTime = TimeSpan.FromMilliseconds(200),
            LaunchTimeout = TimeSpan.FromMilliseconds(500),
            KillPause = TimeSpan.FromMilliseconds(200),
            ReconcilePause = TimeSpan.FromMilliseconds(100),
            ReconcileInterval = TimeSpan.FromSeconds(2),
            RemovedPause = TimeSpan.FromMilliseconds(200),
            TakeBackPause = TimeSpan.FromMilliseconds(200),
            Tick = TimeSpan.FromMilliseconds(20),
        });
        var engine = new MesosEngine(options, TimeProvider.System, NullLoggerFactory.Instance);
        Engine = engine;
        var link = new EngineLink(status => Take(engine, status), KeepAsync, Term);
        await engine.ConnectAsync(Identity, link, CancellationToken.None);
        var known = underWay.Values.Select(request => new KnownAttempt(
            request.Id, request.Job.Name, Latest(request.Id)?.Phase is AttemptPhase.Starting or AttemptPhase.Running));
        await engine.ReconcileAsync([.. known], CancellationToken.None);
    }

    /// <summary>The process is killed and started again.</summary>
    internal async Task RestartAsync()
    {
        await Engine.DisposeAsync();
        await ConnectAsync();
    }

    internal async Task<IReadOnlyList<AttemptId>> LaunchAsync(Job job, int count = 1)
    {
        var requests = Enumerable.Range(0, count).Select(_ => LaunchRequests.For(job)).ToList();
        foreach (var request in requests) underWay[request.Id] = request;
        await Engine.LaunchAsync(requests, CancellationToken.None);
        return requests.ConvertAll(request => request.Id);
    }

    public ValueTask DisposeAsync() => Engine.DisposeAsync();

    private Task KeepAsync(string identity)
    {
        (Identity, IdentitiesKept) = (identity, IdentitiesKept + 1);
        return Task.CompletedTask;
    }

    private void Take(MesosEngine engine, AttemptStatus status)
    {
        latest[status.Id] = status;
        if (status.Phase == AttemptPhase.NeverStarted && underWay.TryGetValue(status.Id, out var request))
            engine.LaunchAsync([request], CancellationToken.None);
        if (status.Phase < AttemptPhase.Finished || status.Phase == AttemptPhase.NeverStarted) return;
        if (underWay.TryRemove(status.Id, out _)) ends[status.Id] = status;
        engine.AcknowledgeAsync([status.Id], CancellationToken.None);
    }
}
