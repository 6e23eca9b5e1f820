using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using NodaTime;

namespace Chronos.Runtime.Node;

/// <summary>Lets one thread wait until a moment or until it is woken, to within some 60 µs. Managed waits count in
/// milliseconds and come up to 7 ms late, so on Linux the wait is a <c>ppoll</c> on an <c>eventfd</c>; elsewhere it is
/// a managed wait.
/// <para>It is closed when nobody has it any more: whoever still wakes a node that has ended must not write to a file
/// that has got its number since.</para></summary>
internal sealed partial class WakeSignal
{
    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;
    private const short Readable = 1;
    private readonly ManualResetEventSlim? managed;
    private readonly SafeFileHandle? descriptor;
    private int isSet;

    public WakeSignal()
    {
        if (OperatingSystem.IsLinux()) descriptor = EventFd(0, CloseOnExec | NonBlocking);
        if (descriptor is not { IsInvalid: false }) (managed, descriptor) = (new(false), null);
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
        if (Write(descriptor!, ref one, sizeof(ulong)) < 0 && Marshal.GetLastPInvokeError() != 11 /* EAGAIN: is set */)
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

    private void Sleep(Duration longest)
    {
        if (managed is not null)
        {
            managed.Wait(longest.ToTimeSpan());
            return;
        }

        var nanoseconds = longest.ToInt64Nanoseconds();
        var timeout = new TimeSpec { Seconds = nanoseconds / 1_000_000_000, Nanoseconds = nanoseconds % 1_000_000_000 };
        var poll = new PollDescriptor { Descriptor = (int)descriptor!.DangerousGetHandle(), Events = Readable };
        _ = PPoll(ref poll, 1, ref timeout, 0); // an interrupted wait only makes the loop look again
    }

    private void Drain()
    {
        ulong count = 0;
        _ = Read(descriptor!, ref count, sizeof(ulong)); // empty: the writer comes to it later, and wakes once more
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
    private static partial SafeFileHandle EventFd(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "ppoll", SetLastError = true)]
    private static partial int PPoll(ref PollDescriptor poll, nuint count, ref TimeSpec timeout, nint signals);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(SafeFileHandle descriptor, ref ulong value, nuint size);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(SafeFileHandle descriptor, ref ulong value, nuint size);
}
