namespace Chronos.Serving;

/// <summary>Keeps the web host from listening to signals: <see cref="StopSignals"/> does, for the whole process.
/// </summary>
internal sealed class NoHostLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
