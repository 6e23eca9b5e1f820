using Chronos.Mesos.Protocol.Scheduler;

namespace Chronos.Mesos.Client;

/// <summary>Whom a <see cref="SchedulerClient"/> tells. Calls come one at a time, except
/// <see cref="OnRefused"/> and <see cref="OnCallsAnswered"/>, and should return soon: the master buffers for a slow
/// reader without bound.</summary>
public interface ISchedulerListener
{
    /// <summary>A subscription began: offers of an earlier one are void, and calls whose fate is unknown must be
    /// settled by reconciliation. Keep the framework id durably before anything is launched.</summary>
    void OnSubscribed(Subscription subscription);

    /// <summary>Something happened; never SUBSCRIBED, HEARTBEAT or ERROR.</summary>
    void OnEvent(Event message);

    /// <summary>The subscription ended, or could not be had. Calls that were not answered may have been
    /// taken.</summary>
    /// <param name="reason">For people.</param>
    /// <param name="unsent">Calls that had not had their turn: they were not taken.</param>
    void OnDisconnected(string reason, IReadOnlyList<Call> unsent);

    /// <summary>All calls but acknowledgements are answered: there is room for more. From any thread.</summary>
    void OnCallsAnswered();

    /// <summary>A call was refused as wrong in itself; it has no effect. From any thread.</summary>
    void OnRefused(Call call, string reason);
}
