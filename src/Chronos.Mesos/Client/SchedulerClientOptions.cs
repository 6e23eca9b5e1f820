using Chronos.Mesos.Wire;

namespace Chronos.Mesos.Client;

/// <summary>How a subscription is kept.</summary>
public sealed record SchedulerClientOptions
{
    /// <summary>How messages are written; default protobuf.</summary>
    public MessageCodec Codec { get; init; } = MessageCodec.Protobuf;

    /// <summary>A stream that is silent for so many heartbeat intervals is dropped. Default 5, which is 75 s with the
    /// interval of Mesos.</summary>
    public int SilentHeartbeatsMax { get; init; } = 5;

    /// <summary>Ceiling of the wait before the first new try; the wait is random. Default 500 ms.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Highest ceiling of the wait between tries. Default 15 s.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Wait after a refusal that an operator must mend, such as wrong credentials. Default 60 s.</summary>
    public TimeSpan RefusedPause { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A subscription that lasted so long was a good one: the waits begin small again. Default 30 s.</summary>
    public TimeSpan StableAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Redirects followed to find the leader. Default 4.</summary>
    public int RedirectsMax { get; init; } = 4;

    /// <summary>Connections over which acknowledgements go; their order does not matter. Default 2.</summary>
    public int AcknowledgementLanes { get; init; } = 2;
}
