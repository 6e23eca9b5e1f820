using Chronos.Core.Runs;
using NodaTime;
using Xunit;

namespace Chronos.Core.Tests.Documents;

public sealed class CompactInstantTests
{
    public static TheoryData<Instant> Instants { get; } =
    [
        NodaConstants.UnixEpoch,
        NodaConstants.UnixEpoch - Duration.FromTicks(1),
        Instant.FromUtc(2026, 11, 21, 6, 52, 30).PlusTicks(1_234_567),
        Instant.FromUtc(9999, 12, 31, 23, 59, 59),
        Instant.FromUtc(1, 1, 1, 0, 0),
        Instant.MinValue,
    ];

    [Theory]
    [MemberData(nameof(Instants))]
    public void Of_WholeTicks_GivesTheInstantBack(Instant instant)
    {
        Assert.Equal(instant, CompactInstant.Of(instant).Value);
        Assert.Equal(instant, CompactInstant.Of((Instant?)instant).OrNull);
    }

    [Fact]
    public void Of_Null_IsNoneAndTheDefault()
    {
        Assert.Null(CompactInstant.Of(null).OrNull);
        Assert.Equal(default, CompactInstant.Of(null));
    }

    [Fact]
    public void Of_PartOfATick_IsCutOff() => Assert.Equal(
        NodaConstants.UnixEpoch - Duration.FromTicks(1),
        CompactInstant.Of(NodaConstants.UnixEpoch - Duration.FromNanoseconds(1)).Value);
}
