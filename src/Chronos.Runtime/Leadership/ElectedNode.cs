using System.Threading.Channels;
using Chronos.Runtime.Node;
using Chronos.Runtime.Ports;
using Microsoft.Extensions.Logging;

namespace Chronos.Runtime.Leadership;

/// <summary>This process as a node of a cluster: it campaigns, leads when it is elected, and campaigns again. What it
/// does when is said by <see cref="Leadership"/>.</summary>
public sealed partial class ElectedNode : IAsyncDisposable
{
    private static readonly TimeSpan LongestSleep = TimeSpan.FromHours(1);
    private static readonly TimeSpan WatchPause = TimeSpan.FromSeconds(0.5);

    // Shorter than an executor without a server waits before it ends.
    private static readonly TimeSpan StandByPause = TimeSpan.FromSeconds(4);

    private readonly ILeaderElection election;
    private readonly ClusterMember self;
    private readonly IReplicas replicas;
    private readonly Func<SchedulerNode> create;
    private readonly ILogger<ElectedNode> logger;
    private readonly LeadershipTimes times;
    private readonly Leadership leadership;
    private readonly Channel<LeadershipInput> inputs = Channel.CreateUnbounded<LeadershipInput>();
    private readonly TaskCompletionSource settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenSource withdraw = new();
    private CancellationTokenSource leave = new();
    private Task mayDecide = Task.CompletedTask;
    private volatile LeadershipTerm? term;
    private volatile SchedulerNode node;
    private volatile Leader? leader;
    private Exception? fault;

    /// <summary>A node that does nothing until <see cref="RunAsync"/>.</summary>
    /// <param name="election">Kept and disposed of by the caller.</param>
    /// <param name="self">This node, as the election knows it.</param>
    /// <param name="replicas">Keeps a copy of what the leader decides, while that is another node. Disposed by the
    /// caller.</param>
    /// <param name="create">Makes a scheduler with engines of its own; called once for each leadership.</param>
    /// <param name="logger">Hears of each change.</param>
    public ElectedNode(
        ILeaderElection election, ClusterMember self, IReplicas replicas, Func<SchedulerNode> create,
        ILogger<ElectedNode> logger)
    {
        (this.election, this.self, this.replicas, this.create, this.logger) =
            (election, self, replicas, create, logger);
        times = new(election.Lease);
        leadership = new(times);
        node = create();
    }

    /// <summary>The scheduler of the present leadership, or of the next one.</summary>
    public SchedulerNode Node => node;

    /// <summary>This node, as the others know it.</summary>
    public ClusterMember Self => self;

    /// <summary>Who leads, as far as this node has heard; null: nobody.</summary>
    public Leader? Leader => leader;

    /// <summary>The leader, where it is another node; null: this one leads, or nobody does.</summary>
    public Leader? OtherLeader => leader is { } known && known.Member.Id != self.Id ? known : null;

    /// <summary>Whether this node leads, and may answer from what it knows.</summary>
    public bool Leads => term is { IsTrusted: true } && node.Ready.IsCompletedSuccessfully;

    /// <summary>The copy that this node keeps while another leads; null: it has none.</summary>
    public ReplicaStatus? Copy => replicas.Status;

    /// <summary>Ends when this node decides for the first time, or another is known to; fails when it cannot.</summary>
    public Task Settled => settled.Task;

    /// <summary>Takes part until cancelled; then hands over.</summary>
    /// <param name="begin">Awaited before the first decision.</param>
    /// <param name="cancellationToken">Ends the part of this node.</param>
    /// <exception cref="StoreCorruptException">The store cannot be used.</exception>
    public async Task RunAsync(Task begin, CancellationToken cancellationToken)
    {
        mayDecide = begin;
        using var watching = new CancellationTokenSource();
        var beside = Task.WhenAll(WatchAsync(watching.Token), StandByAsync(watching.Token));
        await using var stop = cancellationToken.Register(() => Tell(new LeadershipInput.Stop()));
        try
        {
            while (leadership.Phase != LeadershipPhase.Ended) await StepAsync();
        }
        finally
        {
            await watching.CancelAsync();
            await beside.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (fault is null) return;
        settled.TrySetException(fault);
        throw fault;
    }

    /// <summary>The members of the cluster.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be reached now.</exception>
    public Task<IReadOnlyList<ClusterMember>> ListMembersAsync(CancellationToken cancellationToken) =>
        election.ListMembersAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await CloseAsync(node);
        withdraw.Dispose();
        leave.Dispose();
    }

    private async Task StepAsync()
    {
        var input = await NextAsync();
        foreach (var action in leadership.Step(BootClock.Now, input))
        {
            term?.TrustUntil(leadership.TrustedUntil);
            Do(action);
        }

        term?.TrustUntil(leadership.TrustedUntil);
    }

    private async Task<LeadershipInput> NextAsync()
    {
        if (inputs.Reader.TryRead(out var waiting)) return waiting;
        var sleep = leadership.NextWake is { } wake ? wake - BootClock.Now : LongestSleep;
        if (sleep <= TimeSpan.Zero) return new LeadershipInput.Tick();
        using var timer = new CancellationTokenSource(sleep < LongestSleep ? sleep : LongestSleep);
        try
        {
            return await inputs.Reader.ReadAsync(timer.Token);
        }
        catch (OperationCanceledException)
        {
            return new LeadershipInput.Tick();
        }
    }

    private void Do(LeadershipAction action)
    {
        switch (action)
        {
            case LeadershipAction.Campaign:
                _ = CampaignAsync();
                break;
            case LeadershipAction.Withdraw:
                withdraw.Cancel();
                break;
            case LeadershipAction.Renew renew:
                _ = RenewAsync(renew.Term);
                break;
            case LeadershipAction.Lead lead:
                LogElected(lead.Term);
                term = election is SoleElection
                    ? LeadershipTerm.Alone(lead.Term)
                    : new(lead.Term, static () => BootClock.Now);
                term.TrustUntil(leadership.TrustedUntil);
                leave.Dispose();
                leave = new();
                _ = LeadAsync(node, term, leave.Token);
                break;
            case LeadershipAction.Leave why:
                if (!why.IsOrderly) LogLeaving(leadership.Term, why.Reason);
                leave.Cancel();
                break;
            case LeadershipAction.Resign resign:
                _ = ResignAsync(resign.Term);
                break;
            case LeadershipAction.End { Reason: { } reason }:
                fault ??= new StoreCorruptException(reason);
                break;
        }
    }

    private async Task CampaignAsync()
    {
        withdraw.Dispose();
        withdraw = new();
        try
        {
            Tell(new LeadershipInput.Granted(await election.CampaignAsync(withdraw.Token)));
        }
        catch (Exception e)
        {
            var isFatal = e is StoreCorruptException;
            if (isFatal) fault = e;
            else if (e is not OperationCanceledException) LogCampaignFailed(e.Message);
            Tell(new LeadershipInput.CampaignFailed(e.Message, isFatal));
        }
    }

    private async Task RenewAsync(long number)
    {
        var begunAt = BootClock.Now;
        using var timeout = new CancellationTokenSource(times.RenewalTimeout);
        try
        {
            await election.RenewAsync(number, timeout.Token);
            Tell(new LeadershipInput.Renewed(begunAt));
        }
        catch (LeadershipLostException e)
        {
            Tell(new LeadershipInput.Lost(e.Message));
        }
        catch (Exception e)
        {
            LogRenewalFailed(number, e.Message);
            Tell(new LeadershipInput.RenewalFailed(e.Message));
        }
    }

    // The scheduler and its engines live for one term: nothing of it may show up in the next.
    private async Task LeadAsync(
        SchedulerNode leading, LeadershipTerm inTerm, CancellationToken cancellationToken)
    {
        Exception? ended = null;
        _ = leading.Ready.ContinueWith(
            _ => settled.TrySetResult(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion,
            TaskScheduler.Default);
        try
        {
            await leading.RunAsync(inTerm, replicas, mayDecide, cancellationToken);
        }
        catch (Exception e)
        {
            ended = e;
        }

        var isFatal = ended is not (null or StoreFencedException or LeadershipLostException
            or StoreUnavailableException or ClockMovedException);
        if (isFatal) fault = ended;
        else if (ended is not null) LogLeft(inTerm.Number, ended.Message);
        if (ended is not null || !inTerm.IsTrusted)
        {
            node = create();
            await CloseAsync(leading);
        }

        Tell(ended is ClockMovedException
            ? new LeadershipInput.GaveWay(ended.Message)
            : new LeadershipInput.Left(ended?.Message, isFatal));
    }

    private async Task ResignAsync(long number)
    {
        using var timeout = new CancellationTokenSource(times.RenewalTimeout);
        try
        {
            await election.ResignAsync(number, timeout.Token);
        }
        catch (Exception e)
        {
            LogResignFailed(number, e.Message); // it runs out by itself
        }

        Tell(new LeadershipInput.Resigned());
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await foreach (var now in election.WatchAsync(cancellationToken)) Hear(now);
            }
            catch (StoreUnavailableException e)
            {
                LogWatchFailed(e.Message);
            }

            await Task.Delay(WatchPause, cancellationToken);
        }
    }

    // While another leads, so that nothing has to come up first when this node takes over.
    private async Task StandByAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(StandByPause, cancellationToken);
            if (OtherLeader is null) continue;
            foreach (var engine in node.Engines.All) engine.Prepare();
        }
    }

    private void Hear(Leader? now)
    {
        if (now is not null && now != leader) LogLeader(now.Member.Address, now.Member.Id, now.Term);
        leader = now;
        replicas.Follow(OtherLeader);
        // Its own lead shows when the scheduler is ready.
        if (OtherLeader is not null) settled.TrySetResult();
    }

    private static async Task CloseAsync(SchedulerNode closed)
    {
        foreach (var engine in closed.Engines.All) await engine.DisposeAsync();
    }

    private void Tell(LeadershipInput input) => inputs.Writer.TryWrite(input);

    [LoggerMessage(Level = LogLevel.Information, Message = "Elected for term {Term}")]
    private partial void LogElected(long term);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Leaves the lead of term {Term}: {Reason}")]
    private partial void LogLeaving(long term, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The lead of term {Term} has ended: {Reason}")]
    private partial void LogLeft(long term, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The campaign failed and is repeated: {Reason}")]
    private partial void LogCampaignFailed(string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Term {Term} was perhaps not renewed: {Reason}")]
    private partial void LogRenewalFailed(long term, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Term {Term} could not be given back, and runs out: {Reason}")]
    private partial void LogResignFailed(long term, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Cannot see who leads: {Reason}")]
    private partial void LogWatchFailed(string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Address} ({Id}) leads in term {Term}")]
    private partial void LogLeader(string address, string id, long term);
}
