using Xunit;

namespace Mesos.Tests.Simulator;

/// <summary>For what nobody announces.</summary>
internal static class Eventually
{
    internal static async Task TrueAsync(Func<bool> condition)
    {
        using var late = new CancellationTokenSource(TestScheduler.Patience);
        while (!condition())
        {
            Assert.False(late.IsCancellationRequested, "It has not come true in time.");
            await Task.Delay(2);
        }
    }
}
