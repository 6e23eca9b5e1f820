using Chronos.Core.Scheduling;
using Chronos.Runtime.Node;
using Chronos.Runtime.Ports;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Chronos.Server.Notifications;

/// <summary>Delivers messages outside the node loop, each with growing delays between tries.</summary>
public sealed partial class NotificationService(
    NotificationQueue queue,
    IReadOnlyList<INotifier> channels,
    TimeProvider time,
    ILogger<NotificationService> logger) : BackgroundService
{
    private const int ParallelDeliveriesMax = 16;
    private static readonly TimeSpan[] Pauses =
        [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5)];

    private readonly NotificationRouter router = new(channels);

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Parallel.ForEachAsync(
        queue.Reader.ReadAllAsync(stoppingToken),
        new ParallelOptions { MaxDegreeOfParallelism = ParallelDeliveriesMax, CancellationToken = stoppingToken },
        async (message, cancellationToken) =>
        {
            var (deliveries, unserved) = router.Route(message);
            foreach (var target in unserved) LogNoChannel(message.Snapshot.Job.Name, target);
            // At once: a channel that is tried again for minutes must not keep the others waiting.
            await Task.WhenAll(deliveries.Select(delivery => DeliverAsync(delivery, message, cancellationToken)));
        });

    private async Task DeliverAsync(Delivery delivery, Notify message, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await delivery.Channel.DeliverAsync(delivery.Target, message, cancellationToken);
                return;
            }
            catch (NotDeliveredException e) when (e.IsTransient && attempt < Pauses.Length)
            {
                LogRetry(delivery.Channel.Name, message.Snapshot.Job.Name, e.Message);
                await Task.Delay(Pauses[attempt], time, cancellationToken);
            }
            catch (NotDeliveredException e)
            {
                LogGivenUp(delivery.Channel.Name, delivery.Target, message.Snapshot.Job.Name, e.Message);
                return;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // Thrown on, it would end the service and with it the server.
                LogFault(e, delivery.Channel.Name, delivery.Target, message.Snapshot.Job.Name);
                return;
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Could not tell {Target} through {Channel} about job {Job}")]
    private partial void LogFault(Exception exception, string channel, string target, string job);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {Job} names target {Target}, which no channel serves")]
    private partial void LogNoChannel(string job, string target);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Telling {Channel} about job {Job} failed, trying again: {Why}")]
    private partial void LogRetry(string channel, string job, string why);

    [LoggerMessage(
        Level = LogLevel.Error, Message = "Could not tell {Target} through {Channel} about job {Job}: {Why}")]
    private partial void LogGivenUp(string channel, string target, string job, string why);
}
