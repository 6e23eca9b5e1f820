using System.Runtime.InteropServices;

namespace Chronos.Executor.Native;

/// <summary>Lets a thread that often runs for a moment interrupt those that run for long. A thread that starts a
/// process waits until the process runs the program, and is then in line behind it, on the same processor and for the
/// whole life of a short task, even where another processor is idle.</summary>
internal static unsafe partial class ShortSlices
{
    private const long SliceNanoseconds = 100_000; // the least that the kernel takes; its own are 2.8 ms
    private const int NormalPolicy = 0;
    private const ulong ResetOnFork = 1;

    /// <summary>Asks for it on behalf of this thread; its children do not inherit it. Kernels before 6.12 know no such
    /// wish, and nothing but speed depends on it.</summary>
    internal static void Request()
    {
        if (FindNumber() is not { } set) return;
        Attributes attributes;
        if (SystemCall(set + 1, 0, &attributes, sizeof(Attributes), 0) != 0) return; // sched_getattr
        if (attributes.Policy != NormalPolicy || attributes.Nice < 0) return; // children shall keep those
        attributes.Flags = ResetOnFork;
        attributes.RuntimeNanoseconds = SliceNanoseconds;
        _ = SystemCall(set, 0, &attributes, 0, 0);
    }

    // Of sched_setattr; sched_getattr is the next one. The C library has neither.
    private static nint? FindNumber() => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 314,
        Architecture.Arm64 => 274,
        _ => null,
    };

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint SystemCall(nint number, nint thread, Attributes* attributes, nint third, nint fourth);

    [StructLayout(LayoutKind.Sequential)]
    private struct Attributes
    {
        public uint Size;
        public uint Policy;
        public ulong Flags;
        public int Nice;
        public uint Priority;
        public long RuntimeNanoseconds;
        public long DeadlineNanoseconds;
        public long PeriodNanoseconds;
    }
}
