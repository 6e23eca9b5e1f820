using Chronos.Mesos.Protocol;
using Chronos.Mesos.Protocol.Scheduler;
using Chronos.MesosSimulator.Resources;
using Capability = Chronos.Mesos.Protocol.FrameworkInfo.Types.Capability.Types.Type;

namespace Chronos.MesosSimulator.Masters;

/// <summary>Gives what is free to the frameworks in turn, all of an agent to one role at a time.</summary>
internal sealed class Allocator(LeadingTerm term)
{
    private static readonly TimeSpan RefuseDefault = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RefuseMax = TimeSpan.FromDays(365);
    private readonly Dictionary<Framework, List<Offer>> batch = [];
    private int turn;
    private bool isRunningSoon;

    private TimeSpan Interval => term.Core.Timers.Scaled(term.Core.Options.AllocationInterval);

    /// <summary>Begins the rounds.</summary>
    internal void Begin() => RunAndRepeat();

    /// <summary>Runs once between two rounds: there is something new.</summary>
    internal void RunSoon()
    {
        if (isRunningSoon) return;
        isRunningSoon = true;
        term.Core.Timers.Add(TimeSpan.Zero, static allocator => allocator.RunOnce(), this);
    }

    /// <summary>Ends suppression and filters of roles; no roles: of all.</summary>
    internal void Revive(Framework framework, IReadOnlyCollection<string> roles)
    {
        if (!AreOwn(framework, ref roles)) return;
        foreach (var role in roles)
        {
            framework.Suppressed.Remove(role);
            foreach (var key in framework.Filters.Keys.Where(key => key.Role == role).ToList())
                framework.Filters.Remove(key);
        }

        RunSoon();
    }

    /// <summary>Makes no more offers to roles; no roles: to none.</summary>
    internal static void Suppress(Framework framework, IReadOnlyCollection<string> roles)
    {
        if (AreOwn(framework, ref roles)) framework.Suppressed.UnionWith(roles);
    }

    /// <summary>Keeps resources from a role for a while.</summary>
    internal void Filter(Framework framework, string role, string agentId, ResourceBag refused, Filters? filters)
    {
        if (refused.IsEmpty) return;
        var seconds = filters is { HasRefuseSeconds: true } ? filters.RefuseSeconds : RefuseDefault.TotalSeconds;
        if (seconds == 0) return;
        var time = seconds < 0 || double.IsNaN(seconds) ? RefuseDefault
            : TimeSpan.FromSeconds(Math.Min(seconds, RefuseMax.TotalSeconds));
        var (timers, scaled) = (term.Core.Timers, term.Core.Timers.Scaled(time));
        if (!framework.Filters.TryGetValue((role, agentId), out var list))
            framework.Filters[(role, agentId)] = list = [];
        list.Add(new(refused, timers.Now + (scaled > Interval ? scaled : Interval)));
    }

    private static bool AreOwn(Framework framework, ref IReadOnlyCollection<string> roles)
    {
        if (roles.Count == 0) roles = [.. framework.Roles];
        return roles.All(framework.Roles.Contains);
    }

    private void RunAndRepeat()
    {
        if (!term.IsCurrent) return;
        Run();
        term.Core.Timers.Add(Interval, static allocator => allocator.RunAndRepeat(), this);
    }

    private void RunOnce()
    {
        isRunningSoon = false;
        Run();
    }

    private void Run()
    {
        if (!term.IsCurrent) return;
        var frameworks = term.Frameworks.Values
            .Where(framework => framework.State == FrameworkState.Connected).ToList();
        if (frameworks.Count == 0) return;
        foreach (var agent in term.Agents.All)
        {
            if (!agent.IsConnected || !agent.Free.IsWorthAnOffer) continue;
            turn = (turn + 1) % frameworks.Count;
            for (var i = 0; i < frameworks.Count; i++)
                OfferTo(frameworks[(turn + i) % frameworks.Count], agent);
        }

        foreach (var (framework, offers) in batch)
            framework.Send(new Event
            {
                Type = Event.Types.Type.Offers,
                Offers = new() { Offers_ = { offers } },
            });
        batch.Clear();
    }

    private void OfferTo(Framework framework, RegisteredAgent agent)
    {
        if (agent.HasGpus && !framework.Has(Capability.GpuResources)) return;
        if (agent.Region is { } region && term.Core.Options.Region is { } home && region != home
            && !framework.Has(Capability.RegionAware)) return;
        foreach (var role in framework.Roles)
        {
            if (framework.Suppressed.Contains(role)) continue;
            var part = agent.Free.ForRole(role);
            if (!part.IsWorthAnOffer || IsFiltered(framework, role, agent.Id, part)) continue;
            if (!batch.TryGetValue(framework, out var offers)) batch[framework] = offers = [];
            offers.Add(term.Offers.Make(framework, agent, role, part));
        }
    }

    private bool IsFiltered(Framework framework, string role, string agentId, ResourceBag resources)
    {
        if (!framework.Filters.TryGetValue((role, agentId), out var filters)) return false;
        var now = term.Core.Timers.Now;
        filters.RemoveAll(filter => filter.Until <= now);
        if (filters.Count == 0) framework.Filters.Remove((role, agentId));
        return filters.Exists(filter => filter.Refused.Contains(resources));
    }
}
