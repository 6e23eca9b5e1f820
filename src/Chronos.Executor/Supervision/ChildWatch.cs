using System.Runtime.InteropServices;
using Chronos.Executor.Native;

namespace Chronos.Executor.Supervision;

/// <summary>Tells when a child has ended. It only looks: the child stays a zombie until the supervising thread reaps it
/// with <see cref="Reap"/>, so that no new process can have its number before its end is known.</summary>
internal sealed unsafe class ChildWatch(Action onEnded) : IDisposable
{
    private const int ResultSize = 128;
    private const int PidOffset = 16;
    private const int StatusOffset = 24;
    private const int CodeOffset = 8;
    private const int Exited = 1;

    private readonly AutoResetEvent goOn = new(initialState: false);
    private volatile bool isStopped;

    /// <summary>Runs until stopped; takes a thread of its own.</summary>
    internal void Run()
    {
        var result = stackalloc byte[ResultSize];
        while (!isStopped)
        {
            if (Libc.WaitId(Libc.WaitAll, 0, result, Libc.WaitExited | Libc.WaitLeaveZombie) == 0) onEnded();
            else if (Marshal.GetLastPInvokeError() == Libc.Interrupted) continue; // there are children all the same
            goOn.WaitOne(); // until those are reaped, or there is a child at all
        }
    }

    /// <summary>Children may be there to wait for.</summary>
    internal void Resume() => goOn.Set();

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

    /// <summary>Ends <see cref="Run"/>, unless it waits for a child, which its thread, a background one, may.</summary>
    public void Dispose()
    {
        isStopped = true;
        goOn.Set();
    }
}
