using Chronos.Core.Jobs;
using Chronos.Simulation.Checks;
using Chronos.Simulation.Cluster;
using NodaTime;

namespace Chronos.Simulation.Workload;

/// <summary>What people and machines do to a cluster: commands at any moment, clocks that are set, agents and stores
/// that fail, leaders that lose their lease.</summary>
internal sealed class Disturbances(
    SimulatedTime time, FaultPlan faults, Profile profile, JobGenerator jobs, ApiClient client, CommitChecker checker)
{
    private readonly List<string> names = [];

    public required ClusterStore Store { get; init; }

    public required ClusterEngine Engine { get; init; }

    public required Lease Lease { get; init; }

    public required IReadOnlyList<NodeClock> Clocks { get; init; }

    /// <summary>Creates the first jobs, and plans what happens until the length of the profile is over.</summary>
    public void Plan()
    {
        var count = faults.Between(3, 9);
        for (var i = 0; i < count; i++) Create(i);
        var commands = (int)(profile.CommandCount * Math.Min(1, faults.Intensity + 0.2));
        for (var i = 0; i < commands; i++) time.After(AnyTime(), Command);
        var incidents = (int)(12 * faults.Intensity);
        for (var i = 0; i < incidents; i++) time.After(AnyTime(), Incident);
        Engine.Began += _ =>
        {
            // Most of what goes wrong goes wrong while something happens.
            if (faults.Strikes(0.01)) time.After(Soon(), Incident);
            if (faults.Strikes(0.02)) time.After(Soon(), Command);
        };
    }

    private Duration AnyTime() => faults.Between(Duration.Zero, profile.Length);

    private Duration Soon() => faults.Between(Duration.Zero, Duration.FromSeconds(3));

    private void Create(int index)
    {
        var name = $"job-{index}";
        var before = names.ToList();
        names.Add(name);
        time.After(Soon() + (Duration.FromSeconds(4) * index), () => client.Put(() => jobs.Make(name, before)));
    }

    private void Command()
    {
        if (!faults.IsActive || names.Count == 0) return;
        var index = faults.Between(0, names.Count - 1);
        var name = names[index];
        switch (faults.Between(0, 11))
        {
            case 0 or 1 or 2:
                client.Put(() => checker.Jobs.TryGetValue(name, out var model)
                    ? jobs.Change(model.Job) : jobs.Make(name, names[..index]));
                break;
            case 3:
                client.Put(() => jobs.Make(name, names[..index]));
                break;
            case 4:
                client.Delete(name);
                time.After(Soon() * 20, () => client.Put(() => jobs.Make(name, names[..index])));
                break;
            case 5 or 6:
                client.SetDisabled(name, true);
                time.After(Soon() * 50, () => client.SetDisabled(name, false, tries: 20));
                break;
            case 7:
                client.Kill(name);
                break;
            case 8:
                client.MarkSuccess(name);
                break;
            case 9:
                var reach = profile.Length / 20;
                client.Backfill(name, time.Now - reach, time.Now);
                break;
            default:
                client.Start(name);
                break;
        }
    }

    private void Incident()
    {
        if (!faults.IsActive) return;
        switch (faults.Between(0, 6))
        {
            case 0 or 1:
                Lease.Revoke();
                break;
            case 2:
                Engine.LoseAgent(faults.Between(Duration.FromSeconds(5), Duration.FromMinutes(10)));
                break;
            case 3:
                Store.Fail(faults.Between(Duration.FromSeconds(1), Duration.FromMinutes(3)));
                break;
            case 4:
                var reach = Duration.FromSeconds(faults.Pick([1, 60, 7200]));
                Set(faults.Pick(Clocks), faults.Between(-reach, reach));
                break;
            case 5:
                Set(faults.Pick(Clocks), Duration.Zero);
                break;
            default:
                Lease.Leader?.Leave("is killed");
                break;
        }
    }

    private void Set(NodeClock clock, Duration offset)
    {
        clock.Set(offset, faults.Between(-100, 100));
        foreach (var node in Lease.Believers) node.Wake(); // a real loop looks at its clock every second
    }
}
