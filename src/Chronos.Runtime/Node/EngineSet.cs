using Chronos.Core.Jobs;
using Chronos.Runtime.Ports;

namespace Chronos.Runtime.Node;

/// <summary>The engines of a node by name; the first is the default for jobs that name none.</summary>
public sealed class EngineSet
{
    private readonly Dictionary<string, IEngine> byName = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>A set of at least one engine.</summary>
    /// <exception cref="ArgumentException">There is none, or two have the same name.</exception>
    public EngineSet(IReadOnlyList<IEngine> engines)
    {
        if (engines.Count == 0) throw new ArgumentException("At least one engine is needed.", nameof(engines));
        All = engines;
        foreach (var engine in engines)
            if (!byName.TryAdd(engine.Name, engine))
                throw new ArgumentException($"Two engines are called '{engine.Name}'.", nameof(engines));
    }

    /// <summary>All engines, the default first.</summary>
    public IReadOnlyList<IEngine> All { get; }

    /// <summary>The engine of this name, the default for an empty one; null: unknown.</summary>
    public IEngine? Find(string name) => name.Length == 0 ? All[0] : byName.GetValueOrDefault(name);

    /// <summary>Why no engine can run the job; empty: one can.</summary>
    public IReadOnlyList<Violation> Check(Job job)
    {
        if (Find(job.Task.Engine) is { } engine) return engine.Check(job);
        var known = string.Join(", ", All.Select(e => e.Name));
        return [new("engine", job.Task.Engine, "No such engine is configured.", $"Use one of: {known}.")];
    }
}
