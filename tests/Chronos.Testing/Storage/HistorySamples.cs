using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Ports;
using NodaTime;

namespace Chronos.Testing.Storage;

/// <summary>Records for tests of histories and stores.</summary>
public static class HistorySamples
{
    /// <summary>The beginning of time in tests.</summary>
    public static readonly Instant Start = Instant.FromUtc(2026, 1, 1, 0, 0);

    /// <summary>A run that ended a second after it was due, after one attempt.</summary>
    public static RunRecord Run(
        string job, Instant nominal, RunState state = RunState.Succeeded, params ReadOnlySpan<Label> labels)
    {
        var ended = nominal + Duration.FromSeconds(1);
        var run = new Run
        {
            // The id itself only tells milliseconds apart, and tests want runs that are closer.
            Id = RunId.For(job, 1, nominal, $"{nominal.ToUnixTimeTicks()}"),
            Cause = RunCause.Schedule,
            Nominal = nominal,
            CreatedAt = nominal,
            State = state,
            Attempt = 1,
            StartedAt = nominal,
            EndedAt = ended,
            Attempts = [new() { Number = 1, Outcome = RunState.Succeeded, StartedAt = nominal, EndedAt = ended }],
        };
        return new(job, ValueList.Create(labels), "ops@example.com", run);
    }

    /// <summary>An event; <paramref name="id"/> grows.</summary>
    public static EventRecord Event(string id, string job, Instant at) =>
        new(id, new(at, job, JobEventKind.Updated, new("me", "10.0.0.1"), "Changed the schedule."));
}
