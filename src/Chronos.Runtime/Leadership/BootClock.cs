using System.Runtime.InteropServices;

namespace Chronos.Runtime.Leadership;

/// <summary>Time since the machine was started: monotonic, the same in all its processes, and it goes on while the
/// machine sleeps, which a lease does too (<c>CLOCK_BOOTTIME</c>, clock_gettime(2)).</summary>
public static partial class BootClock
{
    private const int Boottime = 7;

    /// <summary>The present time.</summary>
    public static TimeSpan Now
    {
        get
        {
            if (!OperatingSystem.IsLinux()) return TimeSpan.FromMilliseconds(Environment.TickCount64);
            if (Read(Boottime, out var time) != 0)
                throw new InvalidOperationException(
                    $"The clock cannot be read: error {Marshal.GetLastPInvokeError()}.");
            return new(time.Seconds * TimeSpan.TicksPerSecond + time.Nanoseconds / 100);
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    private static partial int Read(int clock, out Moment time);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Moment
    {
        public readonly long Seconds;
        public readonly long Nanoseconds;
    }
}
