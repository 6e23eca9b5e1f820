using Xunit;

namespace Mesos.Tests.Simulator;

/// <summary>For what nobody announces.</summary>
internal static class Eventually
{
    internal static Task TrueAsync(Func<bool> condition) => TrueAsync(() => Task.FromResult(condition()));

    internal static async Task TrueAsync(Func<Task<bool>> conditionAsync)
    {
        using var late = new CancellationTokenSource(TestScheduler.Patience);
        while (!await conditionAsync())
        {
            Assert.False(late.IsCancellationRequested, "It has not come true in time.");
            await Task.Delay(2);
        }
    }
}
