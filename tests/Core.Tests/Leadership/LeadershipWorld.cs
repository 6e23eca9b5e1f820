using Chronos.Runtime.Leadership;
using Xunit;

namespace Chronos.Core.Tests.Leadership;

/// <summary>Nodes, each with its own clock and state machine, and a store that keeps its promise about leases by the
/// true time. All on one thread, from one seed.</summary>
internal sealed class LeadershipWorld
{
    private readonly Random random;
    private readonly TimeSpan lease;
    private readonly PriorityQueue<Action, (TimeSpan At, long Order)> events = new();
    private readonly List<Node> nodes = [];
    private TimeSpan now;
    private long order;
    private bool isBad;
    private Node? holder;
    private TimeSpan heldUntil;

    public LeadershipWorld(int seed, int nodes, TimeSpan lease)
    {
        random = new(seed);
        this.lease = lease;
        for (var i = 0; i < nodes; i++)
        {
            var node = new Node(new(new(lease)), Rate: 0.98 + (random.NextDouble() * 0.04));
            this.nodes.Add(node);
            Give(node, new LeadershipInput.Tick());
        }
    }

    /// <summary>Grants so far.</summary>
    public long TermsSoFar { get; private set; }

    /// <summary>The node that may act; null: none.</summary>
    public object? Leader => nodes.SingleOrDefault(IsTrusted);

    public void Run(TimeSpan time, bool isBad)
    {
        this.isBad = isBad;
        var end = now + time;
        while (events.TryPeek(out _, out var next) && next.At <= end)
        {
            now = next.At;
            events.Dequeue()();
            Assert.True(nodes.Count(IsTrusted) <= 1, $"Two nodes believe to lead at {now}.");
        }

        now = end;
    }

    private static bool Leads(Node node) =>
        node.Machine.Phase is LeadershipPhase.Leading or LeadershipPhase.HandingOver;

    // What a node would find, should it wake up just now: its own clock against its own trust.
    private bool IsTrusted(Node node) => Leads(node) && ClockOf(node) < node.Machine.TrustedUntil;

    private TimeSpan ClockOf(Node node) => now * node.Rate;

    private void Give(Node node, LeadershipInput input) => After(Standstill(), () =>
    {
        foreach (var action in node.Machine.Step(ClockOf(node), input).ToList()) Do(node, action);
        if (node.Machine.NextWake is not { } wake) return;
        var version = ++node.Version;
        var wait = (wake - ClockOf(node)) / node.Rate + TimeSpan.FromMilliseconds(1);
        After(wait > TimeSpan.Zero ? wait : TimeSpan.FromMilliseconds(1), () =>
        {
            if (version == node.Version) Give(node, new LeadershipInput.Tick());
        });
    });

    private void Do(Node node, LeadershipAction action)
    {
        switch (action)
        {
            case LeadershipAction.Campaign:
                After(Delay(), () => TryGrant(node));
                break;
            case LeadershipAction.Renew renew:
                Renew(node, renew.Term, ClockOf(node));
                break;
            case LeadershipAction.Lead when isBad && random.Next(20) == 0:
                After(Delay() * 20, () =>
                {
                    if (!Leads(node)) return;
                    Give(node, random.Next(2) == 0
                        ? new LeadershipInput.Left("fenced", IsFatal: false)
                        : new LeadershipInput.GaveWay("the clock was set"));
                });
                break;
            case LeadershipAction.Leave:
                After(Delay(), () => Give(node, new LeadershipInput.Left(null, IsFatal: false)));
                break;
            case LeadershipAction.Resign:
                After(Delay(), () =>
                {
                    if (holder == node && !IsLost()) holder = null;
                    Give(node, new LeadershipInput.Resigned());
                });
                break;
        }
    }

    private void TryGrant(Node node)
    {
        if (holder is not null && now <= heldUntil)
        {
            After(lease / 10, () => TryGrant(node));
            return;
        }

        (holder, heldUntil) = (node, now + lease);
        node.Term = ++TermsSoFar;
        var term = node.Term;
        After(Delay(), () => Give(node, new LeadershipInput.Granted(term)));
    }

    // The store sees it some time after it was begun, and the answer takes its time too; each may get lost.
    private void Renew(Node node, long term, TimeSpan begunAt) => After(Delay(), () =>
    {
        var isHeld = holder == node && node.Term == term && now <= heldUntil;
        var isSeen = !IsLost();
        if (isHeld && isSeen) heldUntil = now + lease;
        LeadershipInput answer = !isSeen || IsLost()
            ? new LeadershipInput.RenewalFailed("lost")
            : isHeld ? new LeadershipInput.Renewed(begunAt) : new LeadershipInput.Lost("over");
        After(Delay(), () => Give(node, answer));
    });

    private TimeSpan Delay() =>
        isBad && random.Next(10) == 0 ? lease * (random.NextDouble() * 3) : lease * (random.NextDouble() * 0.02);

    private TimeSpan Standstill() =>
        isBad && random.Next(50) == 0 ? lease * (random.NextDouble() * 4) : TimeSpan.Zero;

    private bool IsLost() => isBad && random.Next(5) == 0;

    private void After(TimeSpan delay, Action action) => events.Enqueue(action, (now + delay, order++));

    private sealed record Node(Runtime.Leadership.Leadership Machine, double Rate)
    {
        public long Term { get; set; }

        public long Version { get; set; }
    }
}
