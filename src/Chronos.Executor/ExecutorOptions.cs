namespace Chronos.Executor;

/// <summary>How an executor is started. How tasks are run comes from the server that connects.</summary>
public sealed class ExecutorOptions
{
    /// <summary>Folder of journal, lock, log and socket; made if missing, for its owner only.</summary>
    public required string Directory { get; init; }

    /// <summary>After this time without a running task and without a server the executor ends. Default 10 s.</summary>
    public TimeSpan IdleExit { get; init; } = TimeSpan.FromSeconds(10);
}
