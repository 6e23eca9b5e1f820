namespace Chronos.Mesos.Detection;

/// <summary>Finds the leading master. Safe for concurrent use.</summary>
public interface IMasterDetector : IAsyncDisposable
{
    /// <summary>Where the leading master seems to be now. It may have lost its leadership meanwhile, or not know of it
    /// yet: what it answers decides.</summary>
    /// <exception cref="MasterNotFoundException">None is known now; try again later.</exception>
    Task<MasterAddress> DetectAsync(CancellationToken cancellationToken);

    /// <summary>Waits until the leader is known to be another than <paramref name="current"/>, and says who. A detector
    /// that learns of changes only by asking waits for ever: connections that break tell as well.</summary>
    Task<MasterAddress> WaitForChangeAsync(MasterAddress current, CancellationToken cancellationToken);
}
