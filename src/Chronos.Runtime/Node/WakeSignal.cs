using System.Runtime.InteropServices;
using NodaTime;

namespace Chronos.Runtime.Node;

/// <summary>Lets one thread wait until a moment or until it is woken, to within some 60 µs. Managed waits count in
/// milliseconds and come up to 7 ms late, so on Linux the wait is a <c>ppoll</c> on an <c>eventfd</c>; elsewhere it is
/// a managed wait.</summary>
internal sealed partial class WakeSignal : IDisposable
{
    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;
    private const short Readable = 1;
    private readonly ManualResetEventSlim? managed;
    private readonly int descriptor = -1;
    private int isSet;

    public WakeSignal()
    {
        if (OperatingSystem.IsLinux()) descriptor = EventFd(0, CloseOnExec | NonBlocking);
        if (descriptor < 0) managed = new(false);
    }

    /// <summary>Wakes the waiting thread, or makes its next wait return at once. Any thread may call it.</summary>
    public void Set()
    {
        // Looking first is cheaper than taking the line from the other processor; the barrier keeps what the caller has
        // written from being seen later than this.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref isSet) == 1 || Interlocked.Exchange(ref isSet, 1) == 1) return;
        if (managed is not null)
        {
            managed.Set();
            return;
        }

        ulong one = 1;
        if (Write(descriptor, ref one, sizeof(ulong)) < 0 && Marshal.GetLastPInvokeError() != 11 /* EAGAIN: is set */)
            throw new InvalidOperationException($"Cannot wake the node loop: error {Marshal.GetLastPInvokeError()}.");
    }

    /// <summary>Waits at most <paramref name="longest"/>, or until woken; then the signal is unset.</summary>
    public void Wait(Duration longest)
    {
        if (longest > Duration.Zero && Volatile.Read(ref isSet) == 0) Sleep(longest);
        if (managed is not null) managed.Reset();
        else if (Volatile.Read(ref isSet) == 1) Drain();
        Interlocked.Exchange(ref isSet, 0);
    }

    public void Dispose()
    {
        managed?.Dispose();
        if (descriptor >= 0) _ = Close(descriptor);
    }

    private void Sleep(Duration longest)
    {
        if (managed is not null)
        {
            managed.Wait(longest.ToTimeSpan());
            return;
        }

        var nanoseconds = longest.ToInt64Nanoseconds();
        var timeout = new TimeSpec { Seconds = nanoseconds / 1_000_000_000, Nanoseconds = nanoseconds % 1_000_000_000 };
        var poll = new PollDescriptor { Descriptor = descriptor, Events = Readable };
        _ = PPoll(ref poll, 1, ref timeout, 0); // an interrupted wait only makes the loop look again
    }

    private void Drain()
    {
        ulong count = 0;
        _ = Read(descriptor, ref count, sizeof(ulong)); // empty: the writer has not come to it yet, and wakes once more
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int EventFd(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "ppoll", SetLastError = true)]
    private static partial int PPoll(ref PollDescriptor poll, nuint count, ref TimeSpec timeout, nint signals);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(int descriptor, ref ulong value, nuint size);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(int descriptor, ref ulong value, nuint size);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
