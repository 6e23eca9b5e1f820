using Chronos.Core.Jobs;

namespace Chronos.Mesos.Engine;

/// <summary>How the engine does, for other threads.</summary>
/// <param name="FrameworkId">The framework; null: none yet.</param>
/// <param name="Master">The master that is subscribed to; empty: none.</param>
/// <param name="Problem">What keeps attempts from being launched; empty: nothing.</param>
/// <param name="Used">What launched attempts reserve.</param>
/// <param name="WaitingCount">Attempts that wait for an offer.</param>
/// <param name="RunningCount">Attempts that run.</param>
/// <param name="TrackedCount">Attempts that are not settled.</param>
internal sealed record EngineSnapshot(
    string? FrameworkId, string Master, string Problem, Resources Used, int WaitingCount, int RunningCount,
    int TrackedCount)
{
    internal static readonly EngineSnapshot Initial =
        new(null, "", "Mesos has not been reached yet.", new(0, 0, 0), 0, 0, 0);
}
