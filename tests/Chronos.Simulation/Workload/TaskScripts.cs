using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using Chronos.Simulation.Cluster;
using NodaTime;

namespace Chronos.Simulation.Workload;

/// <summary>How tasks behave: a function of the attempt, so the right outcome is known before anything runs.</summary>
internal sealed class TaskScripts(int seed, Profile profile)
{
    private static readonly Duration Hang = Duration.FromDays(3650); // only a kill ends it

    public TaskScript For(LaunchRequest request)
    {
        var hash = Hash(request.Id, seed);
        var part = hash % 1000 / 1000.0;
        var exitCode = hash / 1000 % 100 < 20 ? 1 + (int)(hash % 3) : 0;
        // Most tasks are short beside the time between two of them; some are long enough to overlap.
        var length = profile.LongestTask * (part * part * part * part);
        // An async run may end by its callback while its command goes on, and then nobody would stop it.
        if (request.Job.Policy is { Timeout: not null, Async: false } && hash / 100_000 % 20 == 0) length = Hang;
        return new(length + Duration.FromMilliseconds(5), exitCode);
    }

    /// <summary>Whether and how the callback of an async task comes.</summary>
    public int CallbackOf(TaskTruth task) =>
        Hash(task.Id, seed + 1) % 10 == 0 ? 3 : 0;

    private static ulong Hash(AttemptId id, int seed)
    {
        var mixed = unchecked((ulong)id.Run.Value ^ (ulong)(id.Run.Value >> 64) ^ ((ulong)id.Number << 56)
            ^ ((ulong)seed * 0x9E3779B97F4A7C15));
        mixed = unchecked((mixed ^ (mixed >> 31)) * 0xBF58476D1CE4E5B9);
        return mixed ^ (mixed >> 29);
    }
}
