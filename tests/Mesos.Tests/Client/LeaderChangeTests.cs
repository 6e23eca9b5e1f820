using Chronos.Mesos.Detection;
using Chronos.Testing;
using Mesos.Tests.Simulator;
using Xunit;

namespace Mesos.Tests.Client;

/// <summary>What a client does when ZooKeeper names another leader, or does not do so in time.</summary>
public sealed class LeaderChangeTests
{
    private const string Id = "f-1";

    [Fact]
    public async Task Pause_AnotherLeaderIsNamed_Ends()
    {
        await using var leader = await FakeMaster.StartAsync();
        await using var refusing = await FakeMaster.StartAsync();
        refusing.Intercept = async (context, _) =>
        {
            await FakeMaster.RefuseAsync(context, 401, "");
            return true;
        };
        await using var detector = new SetDetector(refusing.Address);
        await using var client = new ClientHarness(
            [], Id, options: new() { RefusedPause = TimeSpan.FromHours(1) }, detector: detector);
        Assert.Contains("answered 401", await client.NextAsync());

        detector.Name(leader.Address);

        await leader.NextStreamAsync();
    }

    [Fact]
    public async Task Redirect_LeaderIsNotNamedYet_SubscriptionLasts()
    {
        await using var leader = await FakeMaster.StartAsync();
        await using var former = await FakeMaster.StartAsync();
        await using var third = await FakeMaster.StartAsync();
        former.Intercept = (context, _) =>
        {
            context.Response.StatusCode = 307;
            context.Response.Headers.Location = $"//127.0.0.1:{leader.Address.Port}/master/api/v1/scheduler";
            return Task.FromResult(true);
        };
        await using var detector = new SetDetector(former.Address);
        await using var client = new ClientHarness([], Id, detector: detector);
        var stream = await leader.NextStreamAsync();
        await UntilAskedAsync(detector, former.Address);

        detector.Name(leader.Address);
        await UntilAskedAsync(detector, leader.Address);

        Assert.False(stream.Closed.IsCompleted);
        Assert.Single(leader.Subscriptions);
        detector.Name(third.Address);
        await third.NextStreamAsync();
        await stream.Closed.WaitAsync(TimeSpan.FromSeconds(20));
    }

    private static Task UntilAskedAsync(SetDetector detector, MasterAddress current) =>
        Wait.UntilAsync(() => detector.Awaited == current);

    /// <summary>Names whom a test tells it to.</summary>
    private sealed class SetDetector(MasterAddress leader) : IMasterDetector
    {
        private readonly Lock gate = new();
        private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Whose replacement somebody waits for; null: nobody has to wait.</summary>
        internal MasterAddress? Awaited { get; private set; }

        internal void Name(MasterAddress another)
        {
            lock (gate)
            {
                leader = another;
                Awaited = null;
                changed.SetResult();
                changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }

        public Task<MasterAddress> DetectAsync(CancellationToken cancellationToken)
        {
            lock (gate) return Task.FromResult(leader);
        }

        public async Task<MasterAddress> WaitForChangeAsync(MasterAddress current, CancellationToken cancellationToken)
        {
            while (true)
            {
                Task next;
                lock (gate)
                {
                    if (leader != current) return leader;
                    Awaited = current;
                    next = changed.Task;
                }

                await next.WaitAsync(cancellationToken);
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
