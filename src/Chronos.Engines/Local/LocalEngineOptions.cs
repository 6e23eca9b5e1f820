using Chronos.Executor.Protocol;

namespace Chronos.Engines.Local;

/// <summary>How the local engine runs tasks.</summary>
public sealed record LocalEngineOptions
{
    /// <summary>The server's data folder; the engine uses <c>executor/</c> and <c>tasks/</c> in it. Users that tasks
    /// run as must be able to pass through it (mode 711) to use the absolute path of their sandbox.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Program and first arguments that start the executor, such as <c>chronos executor</c>; the engine adds
    /// <c>--dir</c>. Default, empty: the <c>chronos-executor</c> beside the server's assemblies.</summary>
    public IReadOnlyList<string> ExecutorCommand { get; init; } = [];

    /// <summary>An executor without tasks and without a server ends after this time. Default 10 s.</summary>
    public TimeSpan ExecutorIdleExit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Processors that tasks may reserve together; null, the default: those of the machine or container times
    /// <see cref="CpuOvercommit"/>.</summary>
    public double? Cpus { get; init; }

    /// <summary>How many processors count for each that is there; default 1.</summary>
    public double CpuOvercommit { get; init; } = 1;

    /// <summary>Memory in MiB that tasks may reserve together; null, the default: that of the machine or
    /// container.</summary>
    public double? MemMebibytes { get; init; }

    /// <summary>Attributes of this machine for constraints; <c>hostname</c> is added unless it is among them.</summary>
    public IReadOnlyDictionary<string, string> Attributes { get; init; } = new Dictionary<string, string>();

    /// <summary>The user for jobs that name none; empty, the default: the server's own.</summary>
    public string DefaultUser { get; init; } = "";

    /// <summary>Time between the polite signal and the kill where neither job nor call says. Default 10 s.</summary>
    public TimeSpan KillGrace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>After waiting this long for room, an attempt is not overtaken by smaller ones any more. Default
    /// 30 s.</summary>
    public TimeSpan Ageing { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether tasks are limited to what they reserve, as far as the machine permits. Default true.</summary>
    public bool UseLimits { get; init; } = true;

    /// <summary>Whether a task may never use more processor time than it reserved. Default false: it gets a share in
    /// proportion, and idle time.</summary>
    public bool CapCpu { get; init; }

    /// <summary>Processes and threads that one task may have. Default 1024.</summary>
    public int ProcessesMax { get; init; } = 1024;

    /// <summary>Bytes kept of each output of a task: the beginning and the end. Default 10 MiB.</summary>
    public long OutputBytesMax { get; init; } = 10 * 1024 * 1024;

    /// <summary>Bytes of <see cref="OutputBytesMax"/> kept of the beginning. Default 1 MiB.</summary>
    public long OutputHeadBytes { get; init; } = 1024 * 1024;

    /// <summary>Whether processes that a task leaves behind are killed when its main process ends, as Mesos does with
    /// its containers. Default true.</summary>
    public bool KillLeftovers { get; init; } = true;

    /// <summary>Bytes kept of fetched files that may be used again. Default 2 GiB.</summary>
    public long FetchCacheBytesMax { get; init; } = 2L * 1024 * 1024 * 1024;

    /// <summary>Largest file that is fetched, before and after unpacking. Default 1 GiB.</summary>
    public long FetchBytesMax { get; init; } = 1024L * 1024 * 1024;

    /// <summary>Time to fetch all files of an attempt. Default 5 min.</summary>
    public TimeSpan FetchTimeout { get; init; } = TimeSpan.FromMinutes(5);

    internal string ExecutorDirectory => Path.Join(Path.GetFullPath(DataDirectory), "executor");

    internal string TasksDirectory => Path.Join(Path.GetFullPath(DataDirectory), "tasks");

    internal TaskSettings ToSettings() => new()
    {
        UseLimits = UseLimits,
        CapCpu = CapCpu,
        ProcessesMax = ProcessesMax,
        OutputBytesMax = OutputBytesMax,
        OutputHeadBytes = OutputHeadBytes,
        KillLeftovers = KillLeftovers,
        CachePath = Path.Join(ExecutorDirectory, "cache"),
        CacheBytesMax = FetchCacheBytesMax,
        FetchBytesMax = FetchBytesMax,
        FetchTimeoutSeconds = (int)Math.Ceiling(FetchTimeout.TotalSeconds),
    };
}
