using System.Threading.Channels;
using Chronos.Mesos.Client;
using Chronos.Mesos.Protocol.Scheduler;
using Chronos.Runtime.Ports;

namespace Chronos.Mesos.Engine;

/// <summary>The life of the framework, over all its subscriptions. A new framework id is made durable before anything
/// depends on it. One that another scheduler has taken is left to it, unless nodes elect their leader and this one
/// still leads after a while: then it was a former leader's last word. One that was removed is replaced after its
/// executors have had time to end.</summary>
internal sealed class FrameworkSession(
    MesosEngineOptions options, EngineLink link, ChannelWriter<EngineInput> inputs, TimeProvider time)
    : ISchedulerListener
{
    private readonly Channel<string> toKeep = Channel.CreateUnbounded<string>(); // one id for each framework
    private string? known;

    /// <summary>Keeps the framework subscribed until another takes it, or until cancelled.</summary>
    internal async Task RunAsync(SchedulerClient client, string? identity, CancellationToken cancellationToken)
    {
        var keeping = KeepAsync(client, cancellationToken);
        while (true)
        {
            known = identity;
            client.ProvisionalFailoverTimeout = identity is null ? options.ProvisionalFailoverTimeout : null;
            var end = await client.RunAsync(identity, cancellationToken);
            inputs.TryWrite(new EngineInput.Ended(end));
            if (end.Kind == SessionEndKind.FailedOver && link.Term.IsAlone) break;
            var isRemoved = end.Kind == SessionEndKind.Removed;
            await Task.Delay(isRemoved ? options.RemovedPause : options.TakeBackPause, time, cancellationToken);
            identity = isRemoved ? null : known;
        }

        await keeping; // until cancelled: nothing more is to be done
    }

    public void OnSubscribed(Subscription subscription)
    {
        inputs.TryWrite(new EngineInput.Subscribed(subscription));
        if (subscription.FrameworkId == known) return;
        known = subscription.FrameworkId;
        toKeep.Writer.TryWrite(known);
    }

    public void OnEvent(Event message) => inputs.TryWrite(new EngineInput.Told(message));

    public void OnDisconnected(string reason, IReadOnlyList<Call> unsent) =>
        inputs.TryWrite(new EngineInput.Disconnected(reason, unsent));

    public void OnCallsAnswered() => inputs.TryWrite(EngineInput.Tick.Instance);

    public void OnRefused(Call call, string reason) => inputs.TryWrite(new EngineInput.Refused(call, reason));

    private async Task KeepAsync(SchedulerClient client, CancellationToken cancellationToken)
    {
        while (true)
        {
            var id = await toKeep.Reader.ReadAsync(cancellationToken);
            await link.KeepIdentity(id).WaitAsync(cancellationToken);
            client.ProvisionalFailoverTimeout = null;
            inputs.TryWrite(new EngineInput.IdentityKept(id));
        }
    }
}
