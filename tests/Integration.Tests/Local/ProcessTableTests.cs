using System.Diagnostics;
using Chronos.Executor.Native;
using Xunit;

namespace Chronos.Integration.Tests.Local;

public sealed class ProcessTableTests
{
    private const int Starts = 50; // some of which fall on the edge of a tick

    [Fact]
    public void ReadStartTicks_OfChildren_IsWhatTheKernelSays()
    {
        for (var i = 0; i < Starts; i++)
        {
            var earliest = ProcessTable.NowTicks;
            using var child = Process.Start("/bin/sleep", "60");
            try
            {
                var ticks = ProcessTable.ReadStartTicks(child.Id, earliest);

                Assert.True(ProcessTable.TryRead(child.Id, out var row));
                Assert.Equal(row.StartTicks, ticks);
            }
            finally
            {
                child.Kill();
                child.WaitForExit();
            }
        }
    }
}
