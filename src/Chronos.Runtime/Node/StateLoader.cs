using System.Globalization;
using System.Text;
using System.Text.Json;
using Chronos.Core.Jobs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Ports;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Chronos.Runtime.Node;

/// <summary>Reads everything from the store into a new scheduler. A job whose documents cannot be read is set aside and
/// reported, not dropped: its documents stay as they are, and the other jobs run.</summary>
internal sealed partial class StateLoader(
    IStateStore store, Scheduler scheduler, JobDirectory jobs, DateTimeZone defaultZone, ILogger logger)
{
    private readonly Dictionary<string, Job> definitions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, JobState> states = new(StringComparer.Ordinal);
    private readonly HashSet<string> unreadable = new(StringComparer.Ordinal);
    private readonly JobReadOptions readOptions =
        new() { Dialect = JobDialect.Stored, DefaultZone = defaultZone, Interner = new() };

    /// <summary>Settings of the whole cluster.</summary>
    public Dictionary<string, string> Meta { get; } = new(StringComparer.Ordinal);

    /// <summary>What could not be read, as sentences.</summary>
    public List<string> Problems { get; } = [];

    public async Task LoadAsync(long term, CancellationToken cancellationToken)
    {
        await foreach (var document in store.LoadAsync(term, cancellationToken)) Take(document);
        foreach (var name in definitions.Keys.Concat(states.Keys).Except(unreadable).Order(StringComparer.Ordinal))
            SetAside(name, definitions.ContainsKey(name) ? "its state is missing" : "its definition is missing");
    }

    private void Take(StoredDocument document)
    {
        var name = document.Key.Name;
        try
        {
            switch (document.Key.Kind)
            {
                case DocumentKind.Meta:
                    Meta[name] = Encoding.UTF8.GetString(document.Json.Span);
                    break;
                case DocumentKind.Definition:
                    definitions[name] = ReadDefinition(document.Json);
                    break;
                case DocumentKind.State:
                    states[name] = ReadState(document.Json);
                    break;
            }

            if (definitions.TryGetValue(name, out var job) && states.TryGetValue(name, out var state))
                Restore(job, state);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            unreadable.Add(name);
            SetAside(name, e.Message);
        }
    }

    private void Restore(Job job, JobState state)
    {
        definitions.Remove(job.Name);
        states.Remove(job.Name);
        jobs.Publish(scheduler.Restore(job, state));
    }

    private Job ReadDefinition(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        var result = JobReader.Read(document.RootElement, readOptions);
        return result.Job ?? throw new FormatException(string.Join(" ", result.Violations));
    }

    private static JobState ReadState(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        return JobStateJson.Read(document.RootElement);
    }

    private void SetAside(string name, string why)
    {
        var problem = string.Create(
            CultureInfo.InvariantCulture, $"Job '{name}' cannot be read and is set aside: {why}");
        Problems.Add(problem);
        LogSetAside(name, why);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Job {Name} cannot be read and is set aside: {Why}")]
    private partial void LogSetAside(string name, string why);
}
