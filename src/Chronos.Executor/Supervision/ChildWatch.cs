using System.Runtime.InteropServices;
using Chronos.Executor.Native;

namespace Chronos.Executor.Supervision;

/// <summary>Tells when a child has ended. It only looks: the child stays a zombie until the supervising thread reaps it
/// with <see cref="Reap"/>, so that no new process can have its number before its end is known.</summary>
internal sealed unsafe class ChildWatch(Action onEnded)
{
    private const int ResultSize = 128;
    private const int PidOffset = 16;
    private const int StatusOffset = 24;
    private const int CodeOffset = 8;
    private const int Exited = 1;

    private readonly Doorbell goOn = new();
    private int isLooking;

    /// <summary>Runs as long as the process; takes a thread of its own.</summary>
    internal void Run()
    {
        while (true)
        {
            goOn.Wait();
            var hasEnded = Look(wait: true);
            Interlocked.Exchange(ref isLooking, 0);

            // Where there was no child, one may have come before that line, so that nobody rang for it.
            if (hasEnded || Look(wait: false)) onEnded();
        }
    }

    /// <summary>Tells of the next end, once. Asked for only before the supervising thread sleeps: while it is awake it
    /// finds ends by itself.</summary>
    internal void LookOnce()
    {
        if (Interlocked.Exchange(ref isLooking, 1) == 0) goOn.Ring();
    }

    /// <summary>Takes one ended child away; false: there is none.</summary>
    /// <param name="beforeReap">Gets its number while nobody else can have it.</param>
    /// <param name="pid">Its number.</param>
    /// <param name="end">How it ended.</param>
    internal static bool Reap(Action<int> beforeReap, out int pid, out ProcessEnd end)
    {
        var result = stackalloc byte[ResultSize];
        new Span<byte>(result, ResultSize).Clear();
        (pid, end) = (0, default);
        const int Look = Libc.WaitExited | Libc.WaitNoHang | Libc.WaitLeaveZombie;
        if (Libc.WaitId(Libc.WaitAll, 0, result, Look) != 0) return false;
        pid = *(int*)(result + PidOffset);
        if (pid == 0) return false;
        var status = *(int*)(result + StatusOffset);
        end = *(int*)(result + CodeOffset) == Exited ? new(status, null) : new(null, status);
        beforeReap(pid);
        if (Libc.WaitId(Libc.WaitPid, pid, result, Libc.WaitExited | Libc.WaitNoHang) != 0)
            throw new InvalidOperationException(
                $"Process {pid} was reaped by somebody else: {Libc.Describe(Marshal.GetLastPInvokeError())}");
        return true;
    }

    /// <returns>Whether there is a child, ended if we waited for that.</returns>
    private static bool Look(bool wait)
    {
        var result = stackalloc byte[ResultSize];
        var options = Libc.WaitExited | Libc.WaitLeaveZombie | (wait ? 0 : Libc.WaitNoHang);
        while (Libc.WaitId(Libc.WaitAll, 0, result, options) != 0)
            if (Marshal.GetLastPInvokeError() != Libc.Interrupted) return false;
        return true;
    }
}
