using System.Runtime.InteropServices;

namespace Chronos.Executor.Native;

/// <summary>How a process ended.</summary>
/// <param name="ExitCode">Its exit code; null: a signal ended it.</param>
/// <param name="Signal">The signal that ended it; null: none.</param>
internal readonly record struct ProcessEnd(int? ExitCode, int? Signal)
{
    /// <summary>Reads the status word of <c>wait</c>.</summary>
    internal static ProcessEnd FromStatus(int status) => (status & 0x7f) == 0
        ? new((status >> 8) & 0xff, null)
        : new(null, status & 0x7f);
}

/// <summary>Watches the end of a process that is not our child.</summary>
internal sealed unsafe class Pidfd : IDisposable
{
    private const nuint GetInformation = 0xC040FF0B; // PIDFD_GET_INFO with the 64 bytes of its first version
    private const ulong ExitMask = 8;
    private const int ExitCodeOffset = 60;
    private const int StructureSize = 64;
    private const int NotSupportedRequest = 25; // ENOTTY

    private readonly int descriptor;

    private Pidfd(int descriptor) => this.descriptor = descriptor;

    internal int Descriptor => descriptor;

    /// <summary>Opens it; null: the process is gone, or the kernel knows no such descriptors.</summary>
    internal static Pidfd? TryOpen(int pid)
    {
        var descriptor = Libc.OpenPidfd(pid);
        return descriptor < 0 ? null : new(descriptor);
    }

    /// <summary>How it ended; null: unknowable. Linux tells it to others than the parent since 6.15, once the parent
    /// has reaped it; before that <see cref="ProcessTable.ReadEnd"/> knows.</summary>
    internal ProcessEnd? ReadEnd()
    {
        var answer = stackalloc byte[StructureSize];
        for (var attempt = 0; attempt < 10; attempt++)
        {
            new Span<byte>(answer, StructureSize).Clear();
            *(ulong*)answer = ExitMask;
            var worked = Libc.Control(descriptor, GetInformation, answer) == 0;
            if (worked && (*(ulong*)answer & ExitMask) != 0)
                return ProcessEnd.FromStatus(*(int*)(answer + ExitCodeOffset));
            if (!worked && Marshal.GetLastPInvokeError() == NotSupportedRequest)
                return null;
            Thread.Sleep(2); // between its end and the moment when init has reaped it
        }

        return null;
    }

    public void Dispose() => _ = Libc.Close(descriptor);
}
