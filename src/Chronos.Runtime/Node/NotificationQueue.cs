using System.Threading.Channels;
using Chronos.Core.Scheduling;
using Microsoft.Extensions.Logging;

namespace Chronos.Runtime.Node;

/// <summary>Messages for people, on their way from the loop to whoever delivers them. Bounded: when deliveries stand
/// still, the oldest go first, and the log says so.</summary>
public sealed partial class NotificationQueue
{
    private const int Capacity = 10_000;
    private readonly Channel<Notify> channel;
    private readonly ILogger<NotificationQueue> logger;

    /// <summary>An empty queue.</summary>
    public NotificationQueue(ILogger<NotificationQueue> logger)
    {
        this.logger = logger;
        channel = Channel.CreateBounded<Notify>(
            new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropOldest },
            dropped => LogDropped(dropped.Event.ToString(), dropped.Snapshot.Job.Name));
    }

    /// <summary>Where messages are read.</summary>
    public ChannelReader<Notify> Reader => channel.Reader;

    internal void Add(Notify message) => channel.Writer.TryWrite(message);

    [LoggerMessage(Level = LogLevel.Error, Message = "Too many notifications wait; dropped {Event} of job {Job}")]
    private partial void LogDropped(string @event, string job);
}
