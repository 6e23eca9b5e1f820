using Chronos.Core.Schedules;
using Chronos.Core.Tests.Schedules.Oracle;
using FsCheck;
using FsCheck.Fluent;
using NodaTime;
using Xunit;
using static Chronos.Core.Tests.Schedules.ScheduleCases;

namespace Chronos.Core.Tests.Schedules;

public sealed class SchedulePropertyTests
{
    private static readonly string[] Periods =
        ["PT1S", "PT7M", "PT1.5S", "P1D", "P1W", "P1M", "P1Y", "P1M1D", "P1DT12H", "P1M-1D", "P2DT-1H"];

    private static readonly Config Runs = Config.QuickThrowOnFailure.WithMaxTest(3000).WithReplay(20_301, 7_919);

    private static readonly Gen<Instant> Instants =
        from second in Gen.Choose(0, 2_130_000_000)
        from nanosecond in Gen.Elements(0, 1, 500_000_000, 999_999_999)
        select Instant.FromUnixTimeSeconds(second).PlusNanoseconds(nanosecond);

    private static readonly Gen<string> ZoneIds = Gen.Elements(OracleCorpus.ZoneIds.ToArray());

    private static readonly Gen<string> CronTexts =
        Gen.Elements(OracleCorpus.Expressions.Select(item => item.Text).ToArray());

    private static readonly Gen<string> IsoTexts =
        from limit in Gen.Elements("", "1", "3", "400")
        from start in Gen.Choose(0, 2_130_000_000)
        from period in Gen.Elements(Periods)
        let wall = Instant.FromUnixTimeSeconds(start).InUtc().LocalDateTime
        select $"R{limit}/{wall:uuuu'-'MM'-'dd'T'HH':'mm':'ss}/{period}";

    private static readonly Gen<Schedule> Schedules =
        from text in Gen.OneOf(CronTexts, IsoTexts)
        from zone in ZoneIds
        from gap in Gen.Elements<GapRule?>(null, GapRule.Next, GapRule.Shift, GapRule.Skip)
        from overlap in Gen.Elements<OverlapRule?>(null, OverlapRule.First, OverlapRule.Last, OverlapRule.Both)
        select Parse(text, zone, gap, overlap);

    [Fact]
    public void Next_AnySchedule_IsAfterAndNothingLiesBetween() =>
        Check.One(Runs, Prop.ForAll(Cases(), pair => pair.Schedule.Next(pair.At) is not { } next ||
            (next.At > pair.At &&
                pair.Schedule.Next(pair.At + (next.At - pair.At) / 2 - Duration.Epsilon) == next &&
                pair.Schedule.Next(next.At - Duration.Epsilon) == next)));

    [Fact]
    public void Next_LaterInstant_IsNeverEarlier() =>
        Check.One(Runs, Prop.ForAll(Cases(), Arb.From(Gen.Choose(0, 10_000_000)), (pair, seconds) =>
            pair.Schedule.Next(pair.At + Duration.FromSeconds(seconds)) is not { } later ||
            pair.Schedule.Next(pair.At)!.Value.At <= later.At));

    [Fact]
    public void Latest_AnySchedule_IsWhatNextLeadsTo() =>
        Check.One(Runs, Prop.ForAll(Cases(), pair => pair.Schedule.Latest(pair.At) is { } latest
            ? latest.At <= pair.At && pair.Schedule.Next(latest.At - Duration.Epsilon) == latest &&
                pair.Schedule.Next(latest.At) == pair.Schedule.Next(pair.At)
            : pair.Schedule.Next(Instant.FromUtc(1600, 1, 1, 0, 0)) == pair.Schedule.Next(pair.At)));

    [Fact]
    public void Remaining_BoundedInterval_FallsWithEachOccurrence() =>
        Check.One(Runs, Prop.ForAll(Cases(), pair => pair.Schedule.Repetitions is not { } total ||
            (pair.Schedule.RemainingAfter(pair.At) is { } left && left >= 0 && left <= total &&
                (left > 0) == pair.Schedule.Next(pair.At).HasValue)));

    [Fact]
    public void Canonical_ReadAgain_IsTheSameSchedule() =>
        Check.One(Runs, Prop.ForAll(Arb.From(IsoTexts), Arb.From(ZoneIds), (text, zone) =>
        {
            var schedule = (IsoSchedule)Parse(text, zone);
            string printed = schedule.Canonical(schedule.Start!.Value, schedule.Repetitions);
            var again = (IsoSchedule)Parse(printed, zone);
            return again.Start == schedule.Start && again.Repetitions == schedule.Repetitions &&
                again.Canonical(again.Start!.Value, again.Repetitions) == printed;
        }));

    [Fact]
    public void Parse_AnyText_NeverThrows() =>
        Check.One(Runs, Prop.ForAll(ArbMap.Default.ArbFor<string?>(), Arb.From(Noise()), (any, noise) =>
            new[] { any ?? "", noise }.All(text =>
            {
                var result = ScheduleParser.Parse(text, new() { TimeZone = text.Length % 7 == 0 ? text : "" });
                return result.Succeeded == (result.Errors.Count == 0);
            })));

    private static Arbitrary<(Schedule Schedule, Instant At)> Cases() =>
        Arb.From(from schedule in Schedules from at in Instants select (schedule, at));

    /// <summary>Texts made of the pieces of the grammars, so that the parsers are entered deeply.</summary>
    private static Gen<string> Noise() =>
        from pieces in Gen.Elements("R", "R5", "/", "P", "T", "1D", "-", "+", "Z", "2030-01-01", "12:00", ".", ",",
            "9999999999", "*", "?", "#", "L", "W", "H", "H(", ")", "MON", "JAN", " ", "0", "1", "59", "@every ",
            "@daily",
            "TZ=", "GMT+", "s", "1h")
            .ArrayOf()
        select string.Concat(pieces);
}
