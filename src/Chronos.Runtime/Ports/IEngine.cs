using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Leadership;
using NodaTime;

namespace Chronos.Runtime.Ports;

/// <summary>Executes attempts. Calls come one at a time from the node loop and return soon; what they cause comes back
/// as statuses through the listener given to <see cref="ConnectAsync"/>. A call that cannot be carried out now (the
/// executor is away, the master is not elected) is kept and carried out later, or answered with a status.</summary>
public interface IEngine : IAsyncDisposable
{
    /// <summary>Name in job definitions, such as <c>local</c>.</summary>
    string Name { get; }

    /// <summary>Begins what takes time and starts no attempt: while the node loads its state, and again and again while
    /// it stands by. <see cref="ConnectAsync"/> also does it all, and tells what goes wrong.</summary>
    void Prepare()
    {
    }

    /// <summary>Connects, and from then on reports statuses. What the engine talks to may be away: then it connects
    /// later, and <see cref="Describe"/> says what it waits for. The first call that follows is
    /// <see cref="ReconcileAsync"/> with every attempt under way, be there none.</summary>
    /// <param name="identity">What was kept last, from the state store; null: first time.</param>
    /// <param name="link">The way back to the node.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task ConnectAsync(string? identity, EngineLink link, CancellationToken cancellationToken);

    /// <summary>What this engine cannot do for a job; empty: it can run it.</summary>
    IReadOnlyList<Violation> Check(Job job);

    /// <summary>Starts attempts, as soon as there is room, those of high priority first. An attempt that this engine
    /// already knows is not started again; its status is reported instead.</summary>
    Task LaunchAsync(IReadOnlyList<LaunchRequest> requests, CancellationToken cancellationToken);

    /// <summary>Ends an attempt: politely, after <paramref name="grace"/> by force. One that waits is dropped. One that
    /// is not known is reported as <see cref="AttemptPhase.NeverStarted"/>.</summary>
    Task KillAsync(AttemptId attempt, string jobName, Duration? grace, CancellationToken cancellationToken);

    /// <summary>Reports where each attempt stands, unknown ones included.</summary>
    Task ReconcileAsync(IReadOnlyList<KnownAttempt> attempts, CancellationToken cancellationToken);

    /// <summary>The ends of these attempts are durable; the engine may forget all but their logs.</summary>
    Task AcknowledgeAsync(IReadOnlyList<AttemptId> attempts, CancellationToken cancellationToken);

    /// <summary>Reads output.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="stream">Which output.</param>
    /// <param name="offset">First byte; negative: that many bytes before the end.</param>
    /// <param name="maxBytes">At most this many; 1 to 1,048,576.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The part; null: there is no such output, or it is past its retention.</returns>
    /// <exception cref="LogUnavailableException">It cannot be read, now or ever.</exception>
    Task<LogPart?> ReadLogAsync(
        AttemptId attempt, LogStream stream, long offset, int maxBytes, CancellationToken cancellationToken);

    /// <summary>Reads output where it is known on which agent the attempt ran, which an engine with many agents may
    /// have forgotten. As the other in all else.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="agent">What <see cref="AttemptStatus.Agent"/> said last; empty: unknown.</param>
    /// <param name="stream">Which output.</param>
    /// <param name="offset">First byte; negative: that many bytes before the end.</param>
    /// <param name="maxBytes">At most this many; 1 to 1,048,576.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The part; null: there is no such output, or it is past its retention.</returns>
    /// <exception cref="LogUnavailableException">It cannot be read, now or ever.</exception>
    Task<LogPart?> ReadLogAsync(
        AttemptId attempt, string agent, LogStream stream, long offset, int maxBytes,
        CancellationToken cancellationToken) =>
        ReadLogAsync(attempt, stream, offset, maxBytes, cancellationToken);

    /// <summary>Removes the logs and sandboxes of attempts.</summary>
    Task RemoveLogsAsync(IReadOnlyList<AttemptId> attempts, CancellationToken cancellationToken);

    /// <summary>What the engine has and how it does, for people and health checks; never throws.</summary>
    EngineOverview Describe();

    /// <summary>Looks closely at the engine: its machines, and why attempts wait.</summary>
    Task<EngineInspection> InspectAsync(CancellationToken cancellationToken) =>
        Task.FromResult(EngineInspection.Empty);
}

/// <summary>The way from an engine back to the node that connected it.</summary>
/// <param name="Report">Takes a status; safe to call from any thread; never blocks.</param>
/// <param name="KeepIdentity">Keeps what tells this engine's attempts from others', such as the id of a Mesos
/// framework; safe to call from any thread. The task ends when it is durable; nothing is launched before. Do not await
/// it within <see cref="IEngine.ConnectAsync"/>: the node stores nothing before its engines are connected.</param>
/// <param name="Term">The leadership that the engine works for. Nothing is started once it is not trusted any more; to
/// be asked right before each start, and handed on where starts travel.</param>
public sealed record EngineLink(
    Action<AttemptStatus> Report, Func<string, Task> KeepIdentity, LeadershipTerm Term);

/// <summary>An attempt to reconcile.</summary>
/// <param name="Id">The attempt.</param>
/// <param name="JobName">Name of its job.</param>
/// <param name="HasBegun">Whether the engine has said of it that it is being prepared or runs, so that one which is not
/// to be found has not merely never arrived.</param>
public readonly record struct KnownAttempt(AttemptId Id, string JobName, bool HasBegun = false);

/// <summary>An output of a task.</summary>
public enum LogStream
{
    /// <summary>Standard output.</summary>
    Stdout,

    /// <summary>Standard error.</summary>
    Stderr,
}

/// <summary>A part of an output.</summary>
/// <param name="Offset">Where the part begins, in bytes since the task began. Greater than asked for where output was
/// dropped because of the size limit.</param>
/// <param name="Bytes">The bytes as the task wrote them.</param>
/// <param name="Size">Bytes written so far, dropped ones included.</param>
/// <param name="IsComplete">Whether the task has ended, so that nothing will follow <paramref name="Size"/>.</param>
public sealed record LogPart(long Offset, ReadOnlyMemory<byte> Bytes, long Size, bool IsComplete);

/// <summary>How an engine does.</summary>
/// <param name="Name">The engine.</param>
/// <param name="IsHealthy">Whether it can start attempts now.</param>
/// <param name="Problem">What is wrong, for people; empty: nothing.</param>
/// <param name="Total">What it may reserve altogether.</param>
/// <param name="Used">What is reserved now.</param>
/// <param name="WaitingCount">Attempts that wait for room.</param>
/// <param name="RunningCount">Attempts that run.</param>
/// <param name="Limits">How limits are enforced, as sentences for people, such as "memory: cgroup v1".</param>
public sealed record EngineOverview(
    string Name,
    bool IsHealthy,
    string Problem,
    Resources Total,
    Resources Used,
    int WaitingCount,
    int RunningCount,
    IReadOnlyList<string> Limits);
