using System.ComponentModel.DataAnnotations;

namespace Chronos.Api;

/// <summary>What this server is.</summary>
public sealed record NodeDescription
{
    /// <summary>Version of Chronos.</summary>
    public required string Version { get; init; }

    /// <summary>Version of the time-zone data.</summary>
    public required string TzdbVersion { get; init; }

    /// <summary>Identity of this process.</summary>
    public required string NodeId { get; init; }

    /// <summary>The server's clock.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>When the process began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Number of jobs.</summary>
    public required int Jobs { get; init; }

    /// <summary>Number of runs that have not ended.</summary>
    public required int ActiveRuns { get; init; }

    /// <summary>The engines, the default first.</summary>
    public required IReadOnlyList<EngineDocument> Engines { get; init; }

    /// <summary>The effective settings, secrets masked.</summary>
    public required IReadOnlyDictionary<string, string> Options { get; init; }

    /// <summary>Who asks, and with which role.</summary>
    public required CallerDocument Caller { get; init; }
}

/// <summary>Who asks.</summary>
/// <param name="Name">User or token.</param>
/// <param name="Role">viewer, operator or admin.</param>
public sealed record CallerDocument(
    string Name, [property: AllowedValues("viewer", "operator", "admin")] string Role);

/// <summary>How an engine does.</summary>
public sealed record EngineDocument
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Whether it can start attempts now.</summary>
    public required bool IsHealthy { get; init; }

    /// <summary>What is wrong.</summary>
    public string? Problem { get; init; }

    /// <summary>What it may reserve.</summary>
    public required ResourcesDocument Total { get; init; }

    /// <summary>What is reserved.</summary>
    public required ResourcesDocument Used { get; init; }

    /// <summary>Attempts that wait for room.</summary>
    public int Waiting { get; init; }

    /// <summary>Attempts that run.</summary>
    public int Running { get; init; }

    /// <summary>How limits are enforced, as sentences.</summary>
    public IReadOnlyList<string> Limits { get; init; } = [];
}

/// <summary>Processors, and memory and disk in mebibytes.</summary>
public sealed record ResourcesDocument(double Cpus, double Mem, double Disk);

/// <summary>How this server does.</summary>
public sealed record HealthReport
{
    /// <summary>Whether the loop goes round.</summary>
    public required bool IsLive { get; init; }

    /// <summary>Whether the node decides and answers now.</summary>
    public required bool IsReady { get; init; }

    /// <summary>What is wrong, as sentences.</summary>
    public required IReadOnlyList<string> Problems { get; init; }

    /// <summary>When the process began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The present leadership; 0: none.</summary>
    public long Term { get; init; }

    /// <summary>How long the most overdue decision waits.</summary>
    public TimeSpan OverdueFor { get; init; }

    /// <summary>Inputs that wait for the loop.</summary>
    public int PendingInputs { get; init; }

    /// <summary>The engines.</summary>
    public IReadOnlyList<EngineDocument> Engines { get; init; } = [];
}
