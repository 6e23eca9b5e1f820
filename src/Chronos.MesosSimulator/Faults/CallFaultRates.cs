using Chronos.Mesos.Protocol.Scheduler;

namespace Chronos.MesosSimulator.Faults;

/// <summary>How often calls go wrong: shares between 0 and 1. Subscriptions are only closed and refused; a lost
/// <c>DECLINE</c> would keep its offer until the agent goes, so it is never lost after its answer, and a lost
/// <c>ACCEPT</c> needs <see cref="ClusterOptions.OfferTimeout"/>.</summary>
/// <param name="LoseAfterAnswer">Answered, and not done.</param>
/// <param name="LoseAnswer">Done, and not answered.</param>
/// <param name="Close">Neither; the connection breaks.</param>
/// <param name="Refuse">Refused with 503.</param>
/// <param name="Hang">Never answered.</param>
public sealed record CallFaultRates(double LoseAfterAnswer, double LoseAnswer, double Close, double Refuse, double Hang)
{
    /// <summary>A switch for <see cref="ClusterFaults.OnCall"/> that draws from a generator of its own.</summary>
    public Func<Call, CallFault> ToSwitch(int seed)
    {
        var random = new Random(seed);
        return call =>
        {
            lock (random) return Draw(call.Type, random.NextDouble());
        };
    }

    private CallFault Draw(Call.Types.Type type, double draw)
    {
        if ((draw -= Close) < 0) return CallFault.Close;
        if ((draw -= Refuse) < 0) return CallFault.Refuse;
        if (type == Call.Types.Type.Subscribe) return CallFault.None;
        if ((draw -= Hang) < 0) return CallFault.Hang;
        if ((draw -= LoseAnswer) < 0) return CallFault.LoseAnswer;
        return draw - LoseAfterAnswer < 0 && type != Call.Types.Type.Decline
            ? CallFault.LoseAfterAnswer
            : CallFault.None;
    }
}
