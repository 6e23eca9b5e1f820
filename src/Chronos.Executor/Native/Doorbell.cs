using System.Runtime.InteropServices;

namespace Chronos.Executor.Native;

/// <summary>Wakes one thread, which waits either in <see cref="Wait"/> or in <c>poll</c>, and so for other descriptors
/// as well. The semaphores and channels of the runtime spin for a while before they sleep; that took a third of the
/// processor time from the tasks.</summary>
internal sealed unsafe class Doorbell
{
    private readonly int descriptor = Libc.EventDescriptor(0, Libc.OpenCloseOnExec);
    private int isRung;

    internal Doorbell()
    {
        if (descriptor < 0) throw new IOException($"eventfd failed: {Libc.Describe(Marshal.GetLastPInvokeError())}");
    }

    // Several threads hold it, and none knows whether it is the last.
    ~Doorbell() => _ = Libc.Close(descriptor);

    /// <summary>Readable while it rings.</summary>
    internal int Descriptor => descriptor;

    /// <summary>Wakes the thread, or lets its next wait end at once. What it is to find must be there
    /// already.</summary>
    internal void Ring()
    {
        if (Interlocked.Exchange(ref isRung, 1) != 0) return;
        var one = 1L;
        _ = Libc.Write(descriptor, (byte*)&one, sizeof(long)); // cannot fail: the counter never exceeds 1
    }

    /// <summary>Waits for the next ring; what it was rung for has to be looked for afterwards.</summary>
    internal void Wait()
    {
        long count;
        while (Libc.Read(descriptor, (byte*)&count, sizeof(long)) < 0)
            if (Marshal.GetLastPInvokeError() != Libc.Interrupted)
                throw new IOException($"eventfd failed: {Libc.Describe(Marshal.GetLastPInvokeError())}");
        Interlocked.Exchange(ref isRung, 0);
    }
}
