using Chronos.Mesos.Protocol.Scheduler;

namespace Chronos.MesosSimulator.Faults;

/// <summary>How often events go wrong: shares between 0 and 1 of the events that are not SUBSCRIBED, HEARTBEAT or
/// ERROR. Lost updates come again, a lost offer is gone until its agent or framework goes; so the losses are for
/// updates only.</summary>
/// <param name="Drop">Of the updates that agents repeat.</param>
/// <param name="Repeat">Of the updates.</param>
/// <param name="Delay">Of all.</param>
/// <param name="Swap">Of all.</param>
/// <param name="DelayMax">The longest delay, real time.</param>
public sealed record FaultRates(double Drop, double Repeat, double Delay, double Swap, TimeSpan DelayMax)
{
    /// <summary>A switch for <see cref="ClusterFaults.OnEvent"/> that draws from a generator of its own.</summary>
    public Func<Event, EventFault> ToSwitch(int seed)
    {
        var random = new Random(seed);
        return message =>
        {
            if (message.Type is Event.Types.Type.Subscribed or Event.Types.Type.Heartbeat or Event.Types.Type.Error)
                return default;
            lock (random) return Draw(message, random);
        };
    }

    private EventFault Draw(Event message, Random random)
    {
        var draw = random.NextDouble();
        if (message.Type == Event.Types.Type.Update)
        {
            if (draw < Drop && message.Update.Status.HasUuid) return new(EventFaultKind.Drop);
            if (draw < Drop + Repeat) return new(EventFaultKind.Repeat);
        }

        draw = random.NextDouble();
        if (draw < Delay) return new(EventFaultKind.Delay, DelayMax * random.NextDouble());
        return draw < Delay + Swap ? new(EventFaultKind.Swap) : default;
    }
}
