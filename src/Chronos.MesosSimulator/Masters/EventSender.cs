using Chronos.Mesos.Protocol.Scheduler;
using Chronos.MesosSimulator.Faults;
using Chronos.MesosSimulator.Http;
using Chronos.MesosSimulator.Timing;

namespace Chronos.MesosSimulator.Masters;

/// <summary>Sends events on a stream, through the faults that are switched on.</summary>
internal sealed class EventSender(RecordStream stream, ClusterFaults faults, TimerQueue timers)
{
    private static readonly TimeSpan SwapMax = TimeSpan.FromMilliseconds(50);
    private Event? held;

    internal RecordStream Stream { get; } = stream;

    internal void Send(Event message)
    {
        var fault = faults.OnEvent(message);
        switch (fault.Kind)
        {
            case EventFaultKind.Deliver:
                Stream.Send(message);
                break;
            case EventFaultKind.Drop:
                return;
            case EventFaultKind.Repeat:
                Stream.Send(message);
                Stream.Send(message);
                break;
            case EventFaultKind.Delay:
                timers.Add(fault.Time, late => Stream.Send(late), message);
                return;
            case EventFaultKind.Swap:
                Release();
                held = message;
                timers.Add(SwapMax, static sender => sender.Release(), this); // nothing may come behind it
                return;
            default:
                throw new InvalidOperationException($"Unknown fault {fault.Kind}.");
        }

        Release();
    }

    private void Release()
    {
        if (held is not { } message) return;
        held = null;
        Stream.Send(message);
    }
}
