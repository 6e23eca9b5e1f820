using Chronos.Runtime.Ports;
using Microsoft.Extensions.Logging;

namespace Chronos.Runtime.Node;

/// <summary>Keeps the history within its retention, and removes the logs of runs that leave it.</summary>
public sealed partial class HistoryKeeper(
    IRunHistory history, EngineSet engines, SchedulerNodeOptions options, TimeProvider time, ILogger logger)
{
    /// <summary>Prunes now and then, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(options.RetentionPause.ToTimeSpan(), time, cancellationToken);
            try
            {
                await PruneAsync(cancellationToken);
            }
            catch (Exception e) when (e is StoreUnavailableException or StoreCorruptException)
            {
                LogPostponed(e); // the node loop reports the store's health; pruning can wait
            }
        }
    }

    private async Task PruneAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var now = NodaTime.Extensions.DateTimeOffsetExtensions.ToInstant(time.GetUtcNow());
            var attempts = await history.PruneAsync(options.Retention, now, cancellationToken);
            if (attempts.Count == 0) return;
            foreach (var engine in engines.All) await engine.RemoveLogsAsync(attempts, cancellationToken);
            LogPruned(attempts.Count);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Pruning the history is postponed")]
    private partial void LogPostponed(Exception exception);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Removed the logs of {Attempts} attempts past their retention")]
    private partial void LogPruned(int attempts);
}
