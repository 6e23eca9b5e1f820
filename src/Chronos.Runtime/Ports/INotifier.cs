using Chronos.Core.Scheduling;

namespace Chronos.Runtime.Ports;

/// <summary>Delivers messages to one channel. Called outside the node loop, which retries with growing
/// delays.</summary>
public interface INotifier
{
    /// <summary>Name of the channel, such as <c>mail</c>.</summary>
    string Name { get; }

    /// <summary>Delivers one message to one target.</summary>
    /// <exception cref="NotDeliveredException">It was not delivered; the exception says whether to try
    /// again.</exception>
    Task DeliverAsync(string target, Notify notification, CancellationToken cancellationToken);
}

/// <summary>A message was not delivered.</summary>
public sealed class NotDeliveredException(string message, bool isTransient, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>Whether trying again may help.</summary>
    public bool IsTransient { get; } = isTransient;
}
