using NodaTime;

namespace Chronos.Core.Schedules;

/// <summary>The range in which occurrences are looked for, as counts from 1970-01-01T00:00:00Z.</summary>
internal static class UnixTime
{
    public const long SecondsPerDay = 86_400;
    public const long MillisecondsPerDay = 86_400_000;

    public static readonly long MillisecondsMin = Instant.MinValue.ToUnixTimeMilliseconds() + 1;
    public static readonly long MillisecondsMax = Instant.MaxValue.ToUnixTimeMilliseconds();
    public static readonly long SecondsMin = Instant.MinValue.ToUnixTimeSeconds() + 1;
    public static readonly long SecondsMax = Instant.MaxValue.ToUnixTimeSeconds();
}
