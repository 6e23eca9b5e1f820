using Chronos.Runtime.Ports;

namespace Chronos.Testing.Storage;

/// <summary>What is to go wrong with the next calls, one entry for each; without an entry a call succeeds. Calls end
/// without a thread of their own, so a simulation stays deterministic.</summary>
public sealed class StoreFaults
{
    private readonly Queue<Fault> planned = [];

    private enum Kind
    {
        None,
        Before,
        After,
    }

    /// <summary>The next calls fail with <see cref="StoreUnavailableException"/> and have no effect.</summary>
    public StoreFaults FailBefore(int times = 1) => Plan(new(Kind.Before, null), times);

    /// <summary>The next calls fail with <see cref="StoreUnavailableException"/> and have their effect.</summary>
    public StoreFaults FailAfter(int times = 1) => Plan(new(Kind.After, null), times);

    /// <summary>The next calls succeed; for a plan in which a later one fails.</summary>
    public StoreFaults Succeed(int times = 1) => Plan(new(Kind.None, null), times);

    /// <summary>The next call waits until it is released, and then has its effect.</summary>
    public StoreHold Hold()
    {
        var hold = new StoreHold();
        Plan(new(Kind.None, hold), 1);
        return hold;
    }

    internal Task ApplyAsync(Action effect, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return Task.FromCanceled(cancellationToken);
        Fault? fault;
        lock (planned) planned.TryDequeue(out fault);
        return fault?.Hold is { } hold
            ? WaitAsync(hold, fault.Kind, effect, cancellationToken)
            : Run(fault?.Kind ?? Kind.None, effect);
    }

    private static async Task WaitAsync(StoreHold hold, Kind kind, Action effect, CancellationToken cancellationToken)
    {
        await hold.WaitAsync(cancellationToken);
        await Run(kind, effect);
    }

    private static Task Run(Kind kind, Action effect)
    {
        try
        {
            if (kind == Kind.Before) throw new StoreUnavailableException("Planned failure; nothing was written.");
            effect();
            if (kind == Kind.After) throw new StoreUnavailableException("Planned failure; it was written.");
            return Task.CompletedTask;
        }
        catch (Exception error)
        {
            return Task.FromException(error);
        }
    }

    private StoreFaults Plan(Fault fault, int times)
    {
        lock (planned)
            for (var i = 0; i < times; i++) planned.Enqueue(fault);
        return this;
    }

    private sealed record Fault(Kind Kind, StoreHold? Hold);
}

/// <summary>A call that waits.</summary>
public sealed class StoreHold
{
    private readonly TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the call has come.</summary>
    public Task Reached => reached.Task;

    /// <summary>Lets the call go on.</summary>
    public void Release() => released.TrySetResult();

    internal Task WaitAsync(CancellationToken cancellationToken)
    {
        reached.TrySetResult();
        return released.Task.WaitAsync(cancellationToken);
    }
}
