using System.Text.Json.Serialization;

namespace Chronos.Executor.Protocol;

/// <summary>What travels between server and executor. Any part may be missing; one frame can carry many
/// tasks.</summary>
internal sealed record Frame
{
    /// <summary>Raised when an older peer could misunderstand a frame.</summary>
    internal const int CurrentVersion = 1;

    /// <summary>First frame of the server.</summary>
    public Hello? Hello { get; init; }

    /// <summary>First frame of the executor: its answer to <see cref="Hello"/>.</summary>
    public Welcome? Welcome { get; init; }

    /// <summary>Server: start these.</summary>
    public IReadOnlyList<LaunchOrder>? Launch { get; init; }

    /// <summary>Server: <see cref="Launch"/> is void from this moment on, in ticks of 100 ns since the machine was
    /// started, for the server may not lead any more by then; null: it never is.</summary>
    public long? LaunchBefore { get; init; }

    /// <summary>Server: end these.</summary>
    public IReadOnlyList<KillOrder>? Kill { get; init; }

    /// <summary>Server: the ends of these attempts are durable.</summary>
    public IReadOnlyList<string>? Forget { get; init; }

    /// <summary>Executor: these changed.</summary>
    public IReadOnlyList<TaskReport>? Reports { get; init; }

    /// <summary>Executor: what is wrong with it, for people; empty: nothing any more.</summary>
    public string? Problem { get; init; }

    /// <summary>Executor: another server has taken over.</summary>
    public bool Superseded { get; init; }
}

/// <summary>The server introduces itself and says how it wants tasks to be run from now on.</summary>
internal sealed record Hello(int Version, int ServerPid, TaskSettings Settings);

/// <summary>The executor tells all it knows: every attempt whose end was not acknowledged.</summary>
internal sealed record Welcome(int Version, int Pid, IReadOnlyList<string> Limits, IReadOnlyList<TaskReport> Tasks);

/// <summary>How tasks are run.</summary>
internal sealed record TaskSettings
{
    public bool UseLimits { get; init; } = true;

    public bool CapCpu { get; init; }

    public int ProcessesMax { get; init; } = 1024;

    public long OutputBytesMax { get; init; } = 10 * 1024 * 1024;

    public long OutputHeadBytes { get; init; } = 1024 * 1024;

    public bool KillLeftovers { get; init; } = true;

    public string CachePath { get; init; } = "";

    public long CacheBytesMax { get; init; } = 2L * 1024 * 1024 * 1024;

    public long FetchBytesMax { get; init; } = 1024L * 1024 * 1024;

    public int FetchTimeoutSeconds { get; init; } = 300;
}

/// <summary>Everything needed to start one attempt; the server has built the command line already.</summary>
internal sealed record LaunchOrder
{
    public required string Id { get; init; }

    public required string Job { get; init; }

    public required string Sandbox { get; init; }

    /// <summary>Where it runs; empty: in the sandbox.</summary>
    public string Directory { get; init; } = "";

    public required IReadOnlyList<string> Arguments { get; init; }

    public required IReadOnlyList<string> Environment { get; init; }

    /// <summary>Another user to run as; null: the executor's own.</summary>
    public TaskUser? User { get; init; }

    public IReadOnlyList<FetchOrder>? Fetch { get; init; }

    public double Cpus { get; init; }

    public double MemMebibytes { get; init; }
}

/// <summary>A user to run as.</summary>
internal sealed record TaskUser(string Name, uint UserId, uint GroupId);

/// <summary>A file to fetch; <see cref="Name"/> is its name in the sandbox.</summary>
internal sealed record FetchOrder(string Uri, string Name, bool Executable, bool Cache, bool Extract);

/// <summary>An attempt to end; a grace of zero ends it at once by force.</summary>
internal sealed record KillOrder(string Id, long GraceMilliseconds);

/// <summary>Where an attempt stands. Times are Unix milliseconds.</summary>
internal sealed record TaskReport
{
    public required string Id { get; init; }

    public required string Job { get; init; }

    public required TaskPhase Phase { get; init; }

    public long? StartedAt { get; init; }

    public long? EndedAt { get; init; }

    public int? ExitCode { get; init; }

    public int? Signal { get; init; }

    public string Message { get; init; } = "";

    /// <summary>What it reserved, so that a new server counts it.</summary>
    public double Cpus { get; init; }

    /// <inheritdoc cref="Cpus"/>
    public double MemMebibytes { get; init; }

    [JsonIgnore]
    internal bool IsOver => Phase >= TaskPhase.Finished;
}

/// <summary>The phases of an attempt that the executor has.</summary>
internal enum TaskPhase
{
    /// <summary>Files are fetched, or it waits for its turn to be spawned.</summary>
    Starting,

    /// <summary>Its process runs, or what a kill left of it.</summary>
    Running,

    /// <summary>Exit code 0.</summary>
    Finished,

    /// <summary>Ended otherwise, or could not be started.</summary>
    Failed,

    /// <summary>Ended after a kill was asked for.</summary>
    Killed,

    /// <summary>Nobody can know how it ended.</summary>
    Doubtful,
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(Frame))]
internal sealed partial class ProtocolJson : JsonSerializerContext;
