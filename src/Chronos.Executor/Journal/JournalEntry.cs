using System.Text.Json.Serialization;
using Chronos.Executor.Protocol;

namespace Chronos.Executor.Journal;

/// <summary>One line of the journal.</summary>
internal sealed record JournalEntry
{
    public required JournalKind Kind { get; init; }

    /// <summary>The attempt; for <see cref="JournalKind.Opened"/> the machine's boot id.</summary>
    public required string Id { get; init; }

    public string Job { get; init; } = "";

    /// <summary>The control group of its processes; null: none, or said by another line.</summary>
    public string? Group { get; init; }

    public int Pid { get; init; }

    /// <summary>When the process started, in ticks since the machine did; with the boot id it tells it from a later
    /// one that got its number.</summary>
    public long StartTicks { get; init; }

    /// <summary>Unix milliseconds.</summary>
    public long At { get; init; }

    public string Sandbox { get; init; } = "";

    public double Cpus { get; init; }

    public double MemMebibytes { get; init; }

    /// <summary>With <see cref="JournalKind.Ended"/>.</summary>
    public TaskReport? Report { get; init; }
}

/// <summary>What a line of the journal says.</summary>
internal enum JournalKind
{
    /// <summary>An executor opened the journal; later lines are of the boot that it names.</summary>
    Opened,

    /// <summary>The attempt is ours; its process does not exist yet.</summary>
    Accepted,

    /// <summary>Its process is about to be started.</summary>
    Spawning,

    /// <summary>Its process runs.</summary>
    Started,

    /// <summary>A kill was asked for.</summary>
    Killing,

    /// <summary>It is over.</summary>
    Ended,

    /// <summary>The server has stored its end, or it never ran.</summary>
    Forgotten,
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(JournalEntry))]
internal sealed partial class JournalJson : JsonSerializerContext;
