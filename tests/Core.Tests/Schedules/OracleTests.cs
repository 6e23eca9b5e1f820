using Chronos.Core.Tests.Schedules.Oracle;
using NodaTime;
using Xunit;

namespace Chronos.Core.Tests.Schedules;

/// <summary>
/// A sample of what tests/ScheduleSweep compares in full: the zones with the strangest transitions and every
/// sixteenth of the others, a spread of their transitions, all expressions.
/// </summary>
public sealed class OracleTests
{
    private const int ZoneStride = 16;
    private const int ShapesPerZone = 3;

    private static readonly string[] Strange =
    [
        "Australia/Lord_Howe", "America/Sao_Paulo", "Africa/Cairo", "Asia/Beirut", "Europe/Dublin", "Pacific/Apia",
        "Pacific/Kwajalein", "Africa/Monrovia", "Africa/Casablanca", "Asia/Gaza", "Antarctica/Troll",
        "America/St_Johns",
    ];

    [Fact]
    public void Cron_SampledZones_MatchesBruteForce()
    {
        var sweep = new OracleSweep(OracleCorpus.Expressions.Count);

        var differences = SampledZones().SelectMany(zone => sweep.Compare(zone, Sample(zone, ShapesPerZone))).ToList();

        Assert.True(OracleCorpus.Expressions.Count >= 500);
        Assert.True(sweep.Comparisons > 50_000, $"Only {sweep.Comparisons} comparisons.");
        Assert.Empty(differences.Take(5));
    }

    [Fact]
    public void Interval_SampledZones_MatchesEnumeration()
    {
        var differences = SampledZones().SelectMany(zone =>
            Sample(zone, 10 * ShapesPerZone).SelectMany(transition => IsoOracle.Compare(zone, transition)));

        Assert.Empty(differences.Take(5));
    }

    private static IEnumerable<DateTimeZone> SampledZones() =>
        Strange.Concat(OracleCorpus.ZoneIds.Where((_, index) => index % ZoneStride == 0)).Distinct()
            .Select(id => DateTimeZoneProviders.Tzdb[id]);

    private static IEnumerable<Instant> Sample(DateTimeZone zone, int count)
    {
        Instant[] all = [.. OracleCorpus.Transitions(zone)];
        int stride = Math.Max(1, all.Length / count) | 1;
        return all.Where((_, index) => index % stride == stride / 2);
    }
}
