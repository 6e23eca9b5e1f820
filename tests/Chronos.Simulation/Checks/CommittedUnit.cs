using System.Text;
using System.Text.Json;
using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Ports;
using NodaTime;

namespace Chronos.Simulation.Checks;

/// <summary>When a batch was decided, by the clock of the node that decided.</summary>
/// <param name="From">Its first decision was not before this.</param>
/// <param name="Until">Its last decision was not after this.</param>
/// <param name="IsSteady">Whether nobody set the clock in between.</param>
internal readonly record struct DecisionTime(Instant From, Instant Until, bool IsSteady);

/// <summary>One decision as it became durable, read back from its documents.</summary>
internal sealed class CommittedUnit
{
    private static readonly JobReadOptions ReadOptions = new() { Dialect = JobDialect.Stored };

    public CommittedUnit(CommitUnit unit, DecisionTime time)
    {
        Time = time;
        Records = unit.Records;
        foreach (var document in unit.Documents)
        {
            var name = document.Key.Name;
            if (document.Key.Kind == DocumentKind.State)
                States[name] = document.Json is { } json ? ReadState(json) : null;
            if (document.Key.Kind == DocumentKind.Definition)
                Definitions[name] = document.Json is { } json ? ReadJob(json) : null;
        }
    }

    public DecisionTime Time { get; }

    /// <summary>What was put (or, if null, deleted) by the name of the job.</summary>
    public SortedDictionary<string, Job?> Definitions { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, JobState?> States { get; } = new(StringComparer.Ordinal);

    public IReadOnlyList<HistoryRecord> Records { get; }

    public IEnumerable<JobEvent> EventsOf(string name) =>
        Records.OfType<EventRecord>().Select(r => r.Event).Where(e => e.JobName == name);

    public IEnumerable<Run> EndedOf(string name) =>
        Records.OfType<RunRecord>().Where(r => r.JobName == name).Select(r => r.Run);

    public static JobState ReadState(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        return JobStateJson.Read(document.RootElement);
    }

    private static Job ReadJob(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        var result = JobReader.Read(document.RootElement, ReadOptions);
        return result.Job ?? throw new Violation(
            $"A stored job cannot be read: {string.Join(" ", result.Violations)} {Encoding.UTF8.GetString(json.Span)}");
    }
}
