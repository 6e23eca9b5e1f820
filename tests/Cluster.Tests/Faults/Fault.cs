using Chronos.Cluster.Tests.Nodes;

namespace Chronos.Cluster.Tests.Faults;

/// <summary>Something that goes wrong, and is mended again.</summary>
internal abstract record Fault(string Name)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Fault> All { get; } =
    [
        new LeaderKilled(), new LeaderPaused(), new CutFromStore(), new CutFromNodes(), new CutFromAll(),
        new StoreLeaderKilled(), new StoreGone(), new ClockSet("ahead", TimeSpan.FromHours(1)),
        new ClockSet("back", TimeSpan.FromHours(-1)),
    ];

    public static Fault Find(string name) => All.FirstOrDefault(fault => fault.Name == name)
        ?? throw new ArgumentException(
            $"There is no fault '{name}'; there are: {string.Join(", ", All.Select(fault => fault.Name))}.");

    /// <summary>Whether another node has to take over.</summary>
    public virtual bool MovesLead => true;

    /// <summary>Whether it lasts as long as a pause is asked to, and not just until another node leads.</summary>
    public virtual bool IsPause => false;

    /// <summary>Whether nothing can be decided before it is mended.</summary>
    public virtual bool StopsAll => false;

    public abstract Task BeginAsync(NodeCluster cluster, ChronosNode leader);

    public abstract Task EndAsync(NodeCluster cluster, ChronosNode leader);

    private sealed record LeaderKilled() : Fault("leader killed")
    {
        public override Task BeginAsync(NodeCluster cluster, ChronosNode leader) => leader.Process.KillAsync();

        public override Task EndAsync(NodeCluster cluster, ChronosNode leader)
        {
            leader.Process.Start();
            return Task.CompletedTask;
        }
    }

    private sealed record LeaderPaused() : Fault("leader paused")
    {
        public override bool IsPause => true;

        public override Task BeginAsync(NodeCluster cluster, ChronosNode leader) => leader.Process.PauseAsync();

        public override Task EndAsync(NodeCluster cluster, ChronosNode leader) => leader.Process.ResumeAsync();
    }

    private sealed record CutFromStore() : Fault("leader cut from the store")
    {
        public override Task BeginAsync(NodeCluster cluster, ChronosNode leader) =>
            leader.Process.Machine.CutAsync(cluster.Store.Machines);

        public override Task EndAsync(NodeCluster cluster, ChronosNode leader) => leader.Process.Machine.MendAsync();
    }

    private sealed record CutFromNodes() : Fault("leader cut from the other nodes")
    {
        public override bool MovesLead => false;

        public override bool IsPause => true;

        public override Task BeginAsync(NodeCluster cluster, ChronosNode leader) =>
            leader.Process.Machine.CutAsync(cluster.MachinesBut(leader));

        public override Task EndAsync(NodeCluster cluster, ChronosNode leader) => leader.Process.Machine.MendAsync();
    }

    private sealed record CutFromAll() : Fault("leader cut from everything")
    {
        public override Task BeginAsync(NodeCluster cluster, ChronosNode leader) =>
            leader.Process.Machine.CutAsync(cluster.Store.Machines.Concat(cluster.MachinesBut(leader)));

        public override Task EndAsync(NodeCluster cluster, ChronosNode leader) => leader.Process.Machine.MendAsync();
    }

    private sealed record StoreLeaderKilled() : Fault("leader of the store killed")
    {
        public override bool MovesLead => false;

        public override async Task BeginAsync(NodeCluster cluster, ChronosNode leader)
        {
            await cluster.Store.KillLeaderAsync();
            if (cluster.Store.Servers.Count == 1) await cluster.Store.StartAllAsync(); // there is no other to go on
        }

        public override Task EndAsync(NodeCluster cluster, ChronosNode leader) => cluster.Store.StartAllAsync();
    }

    private sealed record StoreGone() : Fault("store down")
    {
        public override bool MovesLead => false;

        public override bool IsPause => true;

        public override bool StopsAll => true;

        public override Task BeginAsync(NodeCluster cluster, ChronosNode leader) => cluster.Store.KillAllAsync();

        public override Task EndAsync(NodeCluster cluster, ChronosNode leader) => cluster.Store.StartAllAsync();
    }

    private sealed record ClockSet(string Direction, TimeSpan Step) : Fault($"clock of the leader set {Direction}")
    {
        public override Task BeginAsync(NodeCluster cluster, ChronosNode leader)
        {
            leader.Clock.Step(Step);
            return Task.CompletedTask;
        }

        public override Task EndAsync(NodeCluster cluster, ChronosNode leader)
        {
            leader.Clock.Step(TimeSpan.Zero);
            return Task.CompletedTask;
        }
    }
}
