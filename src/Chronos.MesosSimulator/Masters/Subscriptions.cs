using Chronos.Mesos.Protocol;
using Chronos.Mesos.Protocol.Scheduler;
using Chronos.MesosSimulator.Http;

namespace Chronos.MesosSimulator.Masters;

/// <summary>How frameworks come, are replaced, and go.</summary>
internal sealed class Subscriptions(LeadingTerm term)
{
    /// <summary>Between two heartbeats, before scaling.</summary>
    internal static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(15);

    private readonly Queue<Framework> completed = new();
    private readonly HashSet<string> completedIds = new(StringComparer.Ordinal);
    private int count;

    /// <summary>The frameworks that were removed, as far as remembered.</summary>
    internal IEnumerable<Framework> Completed => completed;

    internal bool IsCompleted(string id) => completedIds.Contains(id);

    /// <summary>Subscribes on a stream, or says there why not and ends it.</summary>
    internal void Subscribe(Call.Types.Subscribe subscribe, RecordStream stream)
    {
        var events = new EventSender(stream, term.Core.Faults, term.Core.Timers);
        var info = subscribe.FrameworkInfo;
        var known = info.Id is null ? null : term.Frameworks.GetValueOrDefault(info.Id.Value);
        if (Refusal(subscribe, known) is { } refusal)
        {
            SendError(events, refusal);
            return;
        }

        var framework = known ?? Create(info);
        if (framework.State == FrameworkState.Connected) FailOver(framework);
        framework.Update(info);
        framework.State = FrameworkState.Connected;
        framework.Events = events;
        framework.Generation++;
        SetSuppressed(framework, subscribe.SuppressedRoles);
        Greet(framework, events);
        foreach (var agent in term.Agents.All)
        {
            if (agent.Link is not { } link || !link.Frameworks.ContainsKey(framework.Id)) continue;
            link.Frameworks[framework.Id] = framework.Info;
            link.Resume(framework.Id);
        }

        term.Allocator.RunSoon();
    }

    /// <summary>Changes a framework that stays subscribed; null: done, otherwise why not.</summary>
    internal string? Update(Framework framework, Call.Types.UpdateFramework update)
    {
        var info = update.FrameworkInfo;
        if (info.User != framework.Info.User) return "Updating 'FrameworkInfo.user' is unsupported";
        if (info.Checkpoint != framework.Info.Checkpoint) return "Updating 'FrameworkInfo.checkpoint' is unsupported";
        if (info.Principal != framework.Info.Principal) return "Changing framework's principal is not allowed.";
        if (FrameworkCheck.Problem(info, update.SuppressedRoles) is { } problem) return problem;
        framework.Update(info);
        SetSuppressed(framework, update.SuppressedRoles);
        term.Offers.RescindWhere(framework, offer => !framework.Roles.Contains(offer.Role));
        term.Allocator.RunSoon();
        return null;
    }

    /// <summary>The scheduler has closed its stream, or the connection broke.</summary>
    internal void OnStreamClosed(RecordStream stream)
    {
        var framework = term.Frameworks.Values.FirstOrDefault(known => known.Stream == stream);
        if (framework is not { State: FrameworkState.Connected }) return;
        framework.State = FrameworkState.Disconnected;
        framework.Events = null;
        term.Offers.RecoverAll(framework);
        framework.Filters.Clear();
        var seconds = Math.Clamp(framework.Info.FailoverTimeout, 0, TimeSpan.MaxValue.TotalSeconds / 8);
        if (seconds == 0)
        {
            Remove(framework);
            return;
        }

        term.Core.Timers.Add(
            term.Core.Timers.Scaled(TimeSpan.FromSeconds(seconds)), GiveUp,
            new Absence(framework.Id, framework.Generation));
    }

    /// <summary>Ends a framework and all its tasks; nobody is told of the tasks.</summary>
    internal void Remove(Framework framework)
    {
        term.Offers.RecoverAll(framework);
        foreach (var agent in term.Agents.All) agent.Link?.RemoveFramework(framework.Id);
        foreach (var task in framework.Tasks.Values.ToList()) term.Forget(framework, task);
        term.Frameworks.Remove(framework.Id);
        framework.Stream?.Close();
        framework.Events = null;
        framework.State = FrameworkState.Disconnected;
        completed.Enqueue(framework);
        completedIds.Add(framework.Id);
        if (completed.Count > term.Core.Options.CompletedFrameworksMax) completedIds.Remove(completed.Dequeue().Id);
    }

    /// <summary>A framework that an agent tells of.</summary>
    internal Framework Recover(string id, FrameworkInfo info)
    {
        if (term.Frameworks.TryGetValue(id, out var known)) return known;
        return term.Frameworks[id] = new(id, info);
    }

    private string? Refusal(Call.Types.Subscribe subscribe, Framework? known)
    {
        var info = subscribe.FrameworkInfo;
        if (FrameworkCheck.Problem(info, subscribe.SuppressedRoles) is { } problem) return problem;
        if (info.Id is { } id && IsCompleted(id.Value)) return "Framework has been removed";
        return known is not null && known.State != FrameworkState.Recovered && known.Info.Principal != info.Principal
            ? "Changing framework's principal is not allowed."
            : null;
    }

    private Framework Create(FrameworkInfo info)
    {
        var id = info.Id is { Value.Length: > 0 } given ? given.Value : $"{term.Info.Id}-{count++:0000}";
        var described = info.Clone();
        described.Id = new() { Value = id };
        return term.Frameworks[id] = new(id, described);
    }

    private void FailOver(Framework framework)
    {
        if (framework.Events is { } old) SendError(old, "Framework failed over");
        term.Offers.RecoverAll(framework);
    }

    private static void SendError(EventSender events, string message)
    {
        events.Send(new() { Type = Event.Types.Type.Error, Error = new() { Message = message } });
        events.Stream.Close();
    }

    private static void SetSuppressed(Framework framework, IEnumerable<string> roles)
    {
        framework.Suppressed.Clear();
        framework.Suppressed.UnionWith(roles);
    }

    private void Greet(Framework framework, EventSender events)
    {
        events.Send(new()
        {
            Type = Event.Types.Type.Subscribed,
            Subscribed = new()
            {
                FrameworkId = new() { Value = framework.Id },
                HeartbeatIntervalSeconds = term.Core.Timers.Scaled(HeartbeatInterval).TotalSeconds,
                MasterInfo = term.Info,
            },
        });
        Beat(events);
    }

    private void Beat(EventSender events)
    {
        if (!events.Stream.IsOpen) return;
        events.Send(new() { Type = Event.Types.Type.Heartbeat });
        term.Core.Timers.Add(term.Core.Timers.Scaled(HeartbeatInterval), Beat, events);
    }

    private void GiveUp(Absence absence)
    {
        if (term.IsCurrent && term.Frameworks.TryGetValue(absence.FrameworkId, out var framework)
            && framework.Generation == absence.Generation && framework.State == FrameworkState.Disconnected)
            Remove(framework);
    }

    private sealed record Absence(string FrameworkId, int Generation);
}
