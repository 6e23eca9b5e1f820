namespace Chronos.Api;

/// <summary>The engines of the node that leads, looked at closely.</summary>
/// <param name="Items">The engines, the default first.</param>
public sealed record EngineInspectionList(IReadOnlyList<EngineInspectionDocument> Items);

/// <summary>An engine, its machines, and why attempts wait.</summary>
public sealed record EngineInspectionDocument
{
    /// <summary>The engine.</summary>
    public required EngineDocument Engine { get; init; }

    /// <summary>How many machines it has.</summary>
    public required int MachineCount { get; init; }

    /// <summary>The machines by name, 1000 at most.</summary>
    public required IReadOnlyList<MachineDocument> Machines { get; init; }

    /// <summary>Why attempts wait, the most first; those with equal needs together.</summary>
    public required IReadOnlyList<WaitingDocument> Waiting { get; init; }

    /// <summary>Offers that are held now; absent: the engine knows no offers.</summary>
    public int? OpenOffers { get; init; }
}

/// <summary>A machine of an engine.</summary>
public sealed record MachineDocument
{
    /// <summary>As the engine calls it.</summary>
    public required string Id { get; init; }

    /// <summary>Its host name.</summary>
    public required string Name { get; init; }

    /// <summary>What it has; absent: not known.</summary>
    public ResourcesDocument? Total { get; init; }

    /// <summary>What attempts reserve there.</summary>
    public required ResourcesDocument Used { get; init; }

    /// <summary>The most that it offered at once in the last minutes; absent: nothing.</summary>
    public ResourcesDocument? Offered { get; init; }

    /// <summary>Attempts that it runs or prepares.</summary>
    public required int Running { get; init; }
}

/// <summary>Attempts that wait for the same.</summary>
public sealed record WaitingDocument
{
    /// <summary>Why the first of them waits, as a sentence; absent: not known yet.</summary>
    public string? Reason { get; init; }

    /// <summary>What each of them needs.</summary>
    public required ResourcesDocument Needs { get; init; }

    /// <summary>The job of the first.</summary>
    public required string Job { get; init; }

    /// <summary>How many.</summary>
    public required int Count { get; init; }

    /// <summary>How long the first has waited.</summary>
    public required TimeSpan Longest { get; init; }
}
