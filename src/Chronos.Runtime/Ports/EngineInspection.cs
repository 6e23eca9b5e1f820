using Chronos.Core.Jobs;

namespace Chronos.Runtime.Ports;

/// <summary>An engine looked at closely, for people.</summary>
/// <param name="Machines">Where attempts can run.</param>
/// <param name="Waiting">Why attempts wait; those with equal needs together.</param>
/// <param name="OpenOffers">Offers that are held now; null: the engine knows no offers.</param>
public sealed record EngineInspection(
    IReadOnlyList<EngineMachine> Machines, IReadOnlyList<WaitingGroup> Waiting, int? OpenOffers)
{
    /// <summary>Nothing is known.</summary>
    public static readonly EngineInspection Empty = new([], [], null);
}

/// <summary>A machine of an engine.</summary>
/// <param name="Id">As the engine calls it.</param>
/// <param name="Name">Its host name.</param>
/// <param name="Total">What it has; null: not known.</param>
/// <param name="Used">What our attempts reserve there.</param>
/// <param name="Offered">The most that it offered at once in the last minutes; null: nothing.</param>
/// <param name="RunningCount">Attempts of ours on it.</param>
public sealed record EngineMachine(
    string Id, string Name, Resources? Total, Resources Used, Resources? Offered, int RunningCount);

/// <summary>Attempts that wait for the same.</summary>
/// <param name="Reason">Why the first of them waits, as a sentence; empty: not known yet.</param>
/// <param name="Needs">What each of them needs.</param>
/// <param name="JobName">The job of the first.</param>
/// <param name="Count">How many.</param>
/// <param name="Longest">How long the first has waited.</param>
public sealed record WaitingGroup(string Reason, Resources Needs, string JobName, int Count, TimeSpan Longest);
