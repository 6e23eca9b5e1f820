using Microsoft.Extensions.Logging;

namespace Chronos.Executor;

/// <summary>Writes the executor's own messages to a file in its folder; one older file is kept. The executor has no
/// terminal and no server to tell them to.</summary>
internal sealed class ExecutorLog : ILogger, IDisposable
{
    private const long BytesMax = 1024 * 1024;
    private readonly string path;
    private readonly Lock gate = new();
    private StreamWriter writer;

    internal ExecutorLog(string directory)
    {
        path = Path.Combine(directory, "log");
        writer = Open(path);
    }

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel)) return;
        var line = $"{DateTime.UtcNow:yyyy-MM-ddTHH:mm:ss.fffZ} {logLevel} {formatter(state, exception)}";
        lock (gate)
        {
            try
            {
                writer.WriteLine(exception is null ? line : $"{line}{Environment.NewLine}{exception}");
                if (writer.BaseStream.Length > BytesMax) TurnOverNeedsLock();
            }
            catch (IOException e)
            {
                // A full disk must not stop tasks; the last resort is whatever the executor was started with.
                Console.Error.WriteLine($"{line} (the log cannot be written: {e.Message})");
            }
        }
    }

    public void Dispose() => writer.Dispose();

    private static StreamWriter Open(string path) => new(path, append: true) { AutoFlush = true };

    private void TurnOverNeedsLock()
    {
        writer.Dispose();
        File.Move(path, path + ".1", overwrite: true);
        writer = Open(path);
    }
}
