namespace Chronos.ZooKeeper.Sessions;

/// <summary>What a client must keep to attach to its session again, and what it has seen. Written by the connection in
/// use; the times may be read by any thread.</summary>
internal sealed class Ticket(TimeSpan timeout, TimeProvider time)
{
    private const int PasswordBytes = 16;
    private const long Never = long.MinValue;
    private long timeoutTicks = timeout.Ticks;
    private long sessionId;
    private long contactAt = Never;

    /// <summary>0: no server has opened the session yet.</summary>
    internal long SessionId => Volatile.Read(ref sessionId);

    internal byte[] Password { get; private set; } = new byte[PasswordBytes];

    /// <summary>What was asked for, and what was granted once the session is open.</summary>
    internal TimeSpan Timeout => TimeSpan.FromTicks(Volatile.Read(ref timeoutTicks));

    /// <summary>The newest change of the ensemble that an answer has told of. A server that is behind it refuses the
    /// client.</summary>
    internal long LastZxid { get; private set; }

    internal TimeSpan SinceContact
    {
        get
        {
            var at = Volatile.Read(ref contactAt);
            return at == Never ? TimeSpan.MaxValue : time.GetElapsedTime(at);
        }
    }

    internal void Grant(long id, byte[] password, TimeSpan granted)
    {
        Password = password;
        Volatile.Write(ref timeoutTicks, granted.Ticks);
        Volatile.Write(ref sessionId, id);
    }

    internal void SeeZxid(long zxid) => LastZxid = Math.Max(LastZxid, zxid);

    /// <summary>Something that was sent then has been answered.</summary>
    internal void SeeContact(long sentAt)
    {
        if (sentAt > contactAt) Volatile.Write(ref contactAt, sentAt);
    }
}
