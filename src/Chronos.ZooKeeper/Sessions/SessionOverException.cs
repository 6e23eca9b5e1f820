namespace Chronos.ZooKeeper.Sessions;

/// <summary>A server has ended the session for good.</summary>
internal sealed class SessionOverException(SessionState state) : Exception($"The session is over: {state}.")
{
    internal SessionState State { get; } = state;
}
