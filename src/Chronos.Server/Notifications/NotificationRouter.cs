using Chronos.Core.Jobs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Ports;

namespace Chronos.Server.Notifications;

/// <summary>Decides who hears of what: the job's rules, and for failures, disabled and deleted jobs also its owners on
/// every channel, as in Mesos Chronos. Nobody hears the same twice on one channel.</summary>
public sealed class NotificationRouter(IReadOnlyList<INotifier> channels)
{
    private static readonly ValueList<NotifyEvent> RuleDefault =
        [NotifyEvent.Failure, NotifyEvent.Recovery, NotifyEvent.Disabled];

    /// <summary>Channel and target of each delivery, and the targets that no channel serves.</summary>
    public (IReadOnlyList<Delivery> Deliveries, IReadOnlyList<string> Unserved) Route(Notify message)
    {
        var deliveries = new List<Delivery>();
        var unserved = new List<string>();
        foreach (var rule in message.Snapshot.Job.Policy.Notify)
            if ((rule.On.IsEmpty ? RuleDefault : rule.On).Contains(message.Event))
                foreach (var target in rule.To) AddTarget(target, deliveries, unserved);
        if (message.Event is NotifyEvent.Failure or NotifyEvent.Disabled or NotifyEvent.Removed)
            foreach (var owner in OwnersOf(message.Snapshot.Job))
                foreach (var channel in channels)
                    if (channel is not MailNotifier || owner.Contains('@', StringComparison.Ordinal))
                        Add(channel, owner, deliveries);
        return (deliveries, unserved);
    }

    private static string[] OwnersOf(Job job) =>
        job.Owner.Owner.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private void AddTarget(string target, List<Delivery> deliveries, List<string> unserved)
    {
        var channel = target.Contains('@', StringComparison.Ordinal)
            ? channels.FirstOrDefault(c => c is MailNotifier)
            : channels.FirstOrDefault(c => string.Equals(c.Name, target, StringComparison.OrdinalIgnoreCase));
        if (channel is null) unserved.Add(target);
        else Add(channel, target, deliveries);
    }

    private static void Add(INotifier channel, string target, List<Delivery> deliveries)
    {
        var delivery = new Delivery(channel, channel is WebhookNotifier { IsShared: true } ? "" : target);
        if (!deliveries.Contains(delivery)) deliveries.Add(delivery);
    }
}

/// <summary>One message to one target.</summary>
public sealed record Delivery(INotifier Channel, string Target);
