using System.Net.Sockets;
using Chronos.Executor.Native;
using Chronos.Executor.Protocol;
using Chronos.Executor.Supervision;
using Microsoft.Extensions.Logging;

namespace Chronos.Executor;

/// <summary>The executor as a program.</summary>
public static partial class ExecutorProgram
{
    private const int Usage = 64;
    private const int AlreadyRunning = 75;

    /// <summary>Runs it as its command line says: <c>--dir FOLDER [--idle-exit SECONDS]</c>.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        string? directory = null;
        var idleSeconds = 10.0;
        for (var i = 0; i + 1 < arguments.Count; i += 2)
        {
            var (name, value) = (arguments[i], arguments[i + 1]);
            if (name == "--dir") directory = value;
            else if (name != "--idle-exit" || !double.TryParse(value, out idleSeconds)) return Refuse();
        }

        if (directory is null || arguments.Count % 2 != 0 || idleSeconds is < 0 or > 1e6) return Refuse();
        ExecutorOptions options = new() { Directory = directory, IdleExit = TimeSpan.FromSeconds(idleSeconds) };
        return await RunAsync(options, cancellationToken);
    }

    /// <summary>Runs until cancelled, or until there has been nothing to do and no server for a while. Tasks go on in
    /// either case.</summary>
    /// <returns>0: ended; 75: another executor has this folder.</returns>
    public static async Task<int> RunAsync(ExecutorOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        PrivateFolder.Make(options.Directory);
        using var folderLock = TryLock(options.Directory);
        if (folderLock is null) return AlreadyRunning;
        using var log = new ExecutorLog(options.Directory);
        try
        {
            if (!Libc.BecomeSubreaper()) LogNoSubreaper(log);
            using var servers = new ServerListener(LocalSocket.Listen(options.Directory), log);
            using var supervisor = new Supervisor(options, servers, log);
            await using var stop = cancellationToken.Register(() => supervisor.Post(new Stopped()));
            LogListening(log, Environment.ProcessId);
            await RunOnThreadAsync(supervisor.Run);
            LocalSocket.Remove(options.Directory);
            LogEnded(log);
            return 0;
        }
        catch (Exception e)
        {
            LogCrashed(log, e);
            throw;
        }
    }

    private static int Refuse()
    {
        Console.Error.WriteLine("usage: chronos-executor --dir FOLDER [--idle-exit SECONDS]");
        return Usage;
    }

    // The runtime opens with flock for a file that nobody shares, and the kernel lets go of it when we die.
    private static FileStream? TryLock(string directory)
    {
        try
        {
            return new(Path.Combine(directory, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static Task RunOnThreadAsync(Action run)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                run();
                ended.SetResult();
            }
            catch (Exception e)
            {
                ended.SetException(e); // the process ends with it; the next executor reads the journal
            }
        }) { Name = "supervisor" }.Start();
        return ended.Task;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Executor {Pid} listens")]
    private static partial void LogListening(ILogger logger, int pid);

    [LoggerMessage(Level = LogLevel.Information, Message = "Executor ended")]
    private static partial void LogEnded(ILogger logger);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Orphans of tasks will not be found by their parent")]
    private static partial void LogNoSubreaper(ILogger logger);

    [LoggerMessage(Level = LogLevel.Critical, Message = "Executor crashed; tasks go on without it")]
    private static partial void LogCrashed(ILogger logger, Exception exception);
}
