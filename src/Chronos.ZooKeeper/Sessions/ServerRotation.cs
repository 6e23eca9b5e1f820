namespace Chronos.ZooKeeper.Sessions;

/// <summary>Which server to try next, when, and for how long. The servers of a round follow each other at once; rounds
/// are a growing, random time apart, so that clients do not come back all together.</summary>
internal sealed class ServerRotation
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan UsualPatience = TimeSpan.FromSeconds(1);
    private readonly ServerAddress[] servers;
    private readonly Random random;
    private int next;
    private int attempts;
    private int unanswered;

    internal ServerRotation(IEnumerable<ServerAddress> servers, Random random)
    {
        this.servers = [.. servers];
        this.random = random;
        random.Shuffle(this.servers);
    }

    internal Attempt Next()
    {
        var round = attempts / servers.Length;
        var turn = attempts % servers.Length;
        var server = servers[next];
        next = (next + 1) % servers.Length;
        attempts++;
        var pause = turn == 0 && round > 0 ? PauseBefore(round) : TimeSpan.Zero;
        return new(server, round, IsRoundsLast: turn == servers.Length - 1, pause);
    }

    /// <summary>How long a server may take to connect and attach the session: so short that the others can be tried
    /// in the third of the session that a silent server leaves, but longer with each round that stayed unanswered, lest
    /// a busy ensemble never gets to answer.</summary>
    internal TimeSpan Patience(TimeSpan sessionTimeout)
    {
        var third = sessionTimeout / 3;
        var share = third / Math.Max(1, servers.Length - 1);
        var least = UsualPatience < third ? UsualPatience : third;
        var patience = (share > least ? share : least) * (unanswered / servers.Length + 1);
        return patience < sessionTimeout ? patience : sessionTimeout;
    }

    /// <summary>The patience with a server has run out. One that refuses at once says nothing of how long an answer
    /// takes: patience that grew with refusals would spend the whole session on the first server that is silent.
    /// </summary>
    internal void Unanswered() => unanswered++;

    /// <summary>A connection has lasted: the next loss is a new story.</summary>
    internal void Reset() => (attempts, unanswered) = (0, 0);

    private TimeSpan PauseBefore(int round)
    {
        var longest = FirstPause * Math.Pow(2, Math.Min(round - 1, 10));
        if (longest > LongestPause) longest = LongestPause;
        return longest * (0.5 + random.NextDouble() / 2);
    }
}

/// <summary>A server to try after a pause, in a round counted from 0.</summary>
internal readonly record struct Attempt(ServerAddress Server, int Round, bool IsRoundsLast, TimeSpan Pause);
