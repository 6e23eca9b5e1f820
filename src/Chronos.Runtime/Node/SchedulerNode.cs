using Chronos.Core.Scheduling;
using Chronos.Runtime.Ports;
using NodaTime;

namespace Chronos.Runtime.Node;

/// <summary>One running scheduler: the loop, what it knows, and the seams it works through.</summary>
public sealed class SchedulerNode
{
    /// <summary>What readers see of jobs.</summary>
    public JobDirectory Jobs { get; } = new();

    /// <summary>What just happened.</summary>
    public EventFeed Events { get; } = new();

    /// <summary>Runs that have ended.</summary>
    public IRunHistory History => throw new NotSupportedException();

    /// <summary>The engines.</summary>
    public EngineSet Engines => throw new NotSupportedException();

    /// <summary>How the node does.</summary>
    public NodeHealth Health => throw new NotSupportedException();

    /// <summary>The present time of the node's clock.</summary>
    public Instant Now => throw new NotSupportedException();

    /// <summary>Puts a command to the loop and waits until its decision is durable.</summary>
    /// <param name="command">The command.</param>
    /// <param name="cancellationToken">Stops waiting; the decision may be made all the same.</param>
    /// <exception cref="NodeUnavailableException">The node does not decide now; the message says why.</exception>
    public Task<Reply> SubmitAsync(Command command, CancellationToken cancellationToken) =>
        throw new NotSupportedException();
}

/// <summary>The node does not decide now: it starts, stops, has no store, or too much waits. Try again later.</summary>
public sealed class NodeUnavailableException(string message) : Exception(message);
