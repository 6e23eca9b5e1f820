using System.Collections.Concurrent;
using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Leadership;
using Chronos.Runtime.Ports;

namespace Chronos.Testing.Engines;

/// <summary>An engine under test: makes jobs, collects statuses, and lets a test decide when attempts end.</summary>
public abstract class EngineHarness : IAsyncDisposable
{
    private readonly ConcurrentQueue<AttemptStatus> statuses = new();

    /// <summary>The engine.</summary>
    public IEngine Engine { get; protected set; } = null!; // set by every harness when it connects

    /// <summary>All statuses so far, in the order in which they came.</summary>
    public IReadOnlyCollection<AttemptStatus> Statuses => statuses;

    /// <summary>Does what a new server does: drops the connection and connects again.</summary>
    public abstract Task ReconnectAsync();

    /// <summary>A job whose attempts run until <see cref="ExitAsync"/>.</summary>
    public abstract Job HeldJob(string name);

    /// <summary>Lets a running attempt of a held job exit.</summary>
    public abstract Task ExitAsync(AttemptId id, int exitCode);

    /// <summary>Lets a running attempt of a held job write to its stdout.</summary>
    public abstract Task WriteAsync(AttemptId id, string text);

    /// <summary>Launches one attempt of a job.</summary>
    public async Task<AttemptId> LaunchAsync(Job job)
    {
        var request = LaunchRequests.For(job);
        await Engine.LaunchAsync([request], CancellationToken.None);
        return request.Id;
    }

    /// <summary>Waits for a status of an attempt.</summary>
    public Task<AttemptStatus> WaitAsync(AttemptId id, AttemptPhase phase) =>
        WaitAsync(id, status => status.Phase == phase, phase.ToString());

    /// <summary>Waits for the end of an attempt.</summary>
    public Task<AttemptStatus> WaitForEndAsync(AttemptId id) =>
        WaitAsync(id, status => status.Phase >= AttemptPhase.Finished, "an end");

    /// <summary>Forgets the statuses so far.</summary>
    public void ClearStatuses() => statuses.Clear();

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();

    /// <summary>What the engine asked to keep last; null: nothing yet.</summary>
    public string? Identity { get; set; }

    /// <summary>Collects statuses, and keeps the identity at once.</summary>
    protected EngineLink Link => new(statuses.Enqueue, KeepAsync, Term);

    /// <summary>The leadership that the engine works for.</summary>
    public LeadershipTerm Term { get; init; } = LeadershipTerm.Alone(1);

    private Task KeepAsync(string identity)
    {
        Identity = identity;
        return Task.CompletedTask;
    }

    private async Task<AttemptStatus> WaitAsync(AttemptId id, Func<AttemptStatus, bool> condition, string what)
    {
        AttemptStatus? found = null;
        try
        {
            await Wait.UntilAsync(
                () => (found = statuses.FirstOrDefault(s => s.Id == id && condition(s))) is not null, what);
        }
        catch (TimeoutException)
        {
            var seen = string.Join(", ", statuses.Where(status => status.Id == id).Select(status => status.Phase));
            throw new TimeoutException($"{id} did not come to {what}; it was seen as: {seen}.");
        }

        return found!; // the condition above
    }
}
