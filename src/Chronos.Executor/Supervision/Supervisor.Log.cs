using Microsoft.Extensions.Logging;

namespace Chronos.Executor.Supervision;

internal sealed partial class Supervisor
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Knows {Count} attempts from the journal, {Active} run")]
    private partial void LogRestored(int count, int active);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A server of protocol version {Version} was refused")]
    private partial void LogOtherVersion(int version);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The journal could not be compacted: {Reason}")]
    private partial void LogNotCompacted(string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Problem: {Problem}")]
    private partial void LogProblem(string problem);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Started {Attempt} as process {Pid}")]
    private partial void LogStarted(string attempt, int pid);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Cannot start {Attempt}: {Reason}")]
    private partial void LogNotStarted(string attempt, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Attempt} is over: {Phase}")]
    private partial void LogOver(string attempt, Protocol.TaskPhase phase);

    [LoggerMessage(Level = LogLevel.Information, Message = "Killing {Count} processes of {Attempt} by force")]
    private partial void LogForce(int count, string attempt);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} launches came after the server's lead was over")]
    private partial void LogLaunchIsVoid(int count);
}
