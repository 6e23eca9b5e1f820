using System.Collections.Concurrent;
using Chronos.Core.Schedules;
using NodaTime;

namespace Chronos.Core.Tests.Schedules.Oracle;

/// <summary>Compares cron schedules with the oracle around transitions. Safe to use from several threads.</summary>
/// <param name="expressionCount">How many of the corpus to use, from its beginning.</param>
internal sealed class OracleSweep(int expressionCount)
{
    private const long MinuteReach = 25 * 3600;
    private const long SecondReach = 3600;
    private const long SecondReachMax = 4 * 3600;
    private const int RuleSets = 10;

    private readonly OracleExpression[] expressions = [.. OracleCorpus.Expressions.Take(expressionCount)];
    private readonly ConcurrentDictionary<string, Lazy<Answer[]>> answers = new();
    private long comparisons;
    private long occurrences;

    private readonly record struct Answer(ulong Digest, int Rules);

    public long Comparisons => Interlocked.Read(ref comparisons);

    public long Occurrences => Interlocked.Read(ref occurrences);

    public int Shapes => answers.Count;

    /// <summary>One line per difference.</summary>
    public List<string> Compare(DateTimeZone zone, IEnumerable<Instant> transitions)
    {
        var schedules = new Schedule?[expressions.Length, RuleSets];
        var differences = new List<string>();
        foreach (var transition in transitions)
        {
            string shape = TransitionTable.Shape(zone, transition, MinuteReach);
            var expected = answers.GetOrAdd(shape, _ => new(() => Answers(zone, transition, shape))).Value;
            for (int index = 0; index < expected.Length; index++)
            {
                var expression = expressions[index / 2];
                int rules = expected[index].Rules;
                if (expression.HasSeconds && SecondReachAt(zone, transition) is null)
                {
                    continue;
                }

                var schedule = schedules[index / 2, rules] ??= Parse(expression, zone, rules);
                long reach = expression.HasSeconds ? SecondReachAt(zone, transition)!.Value : MinuteReach;
                if (Digest(Actual(schedule, transition, reach)) != expected[index].Digest)
                {
                    differences.Add(Explain(zone, transition, expression, rules, reach));
                }
            }
        }

        return differences;
    }

    /// <summary>Rule set 0 is the default, 1 to 9 are all explicit pairs.</summary>
    private static (GapRule? Gap, OverlapRule? Overlap) RuleSet(int rules) =>
        rules == 0 ? (null, null) : ((GapRule)((rules - 1) / 3), (OverlapRule)((rules - 1) % 3));

    private static Schedule Parse(OracleExpression expression, DateTimeZone zone, int rules)
    {
        var (gap, overlap) = RuleSet(rules);
        var options = new ScheduleOptions { DefaultZone = zone, Gap = gap, Overlap = overlap };
        var result = ScheduleParser.Parse(expression.Text, options);
        return result.Schedule ?? throw new InvalidOperationException(result.Errors[0].Message);
    }

    private static long? SecondReachAt(DateTimeZone zone, Instant transition)
    {
        int before = zone.GetUtcOffset(transition - Duration.FromSeconds(1)).Seconds;
        long jump = Math.Abs(zone.GetUtcOffset(transition).Seconds - before);
        return jump > SecondReachMax - SecondReach ? null : SecondReach + jump;
    }

    private Answer[] Answers(DateTimeZone zone, Instant transition, string shape)
    {
        var byMinute = TransitionTable.Walk(zone, transition, 60, MinuteReach);
        long? reach = SecondReachAt(zone, transition);
        var bySecond = reach is { } seconds && expressions.Any(expression => expression.HasSeconds)
            ? TransitionTable.Walk(zone, transition, 1, seconds)
            : null;
        int seed = (int)(StableHash.Of(shape) % 9);
        var results = new Answer[expressions.Length * 2];
        for (int index = 0; index < results.Length; index++)
        {
            var expression = expressions[index / 2];
            var table = expression.HasSeconds ? bySecond : byMinute;
            int rules = index % 2 == 0 ? 0 : 1 + (seed + index / 2) % 9;
            var (gap, overlap) = RuleSet(rules);
            results[index] = new(table is null ? 0 : Digest(table.Expected(expression, gap, overlap)), rules);
        }

        return results;
    }

    private IEnumerable<(long At, long? ShiftedFrom)> Actual(Schedule schedule, Instant transition, long reach)
    {
        var cursor = transition - Duration.FromSeconds(reach) - Duration.Epsilon;
        long count = 0;
        while (schedule.Next(cursor) is { } next && next.At <= transition + Duration.FromSeconds(reach))
        {
            if (next.At <= cursor)
            {
                throw new InvalidOperationException($"{schedule.Text} stands still at {cursor} in {schedule.Zone}.");
            }

            count++;
            cursor = next.At;
            yield return ((next.At - transition).ToInt64Nanoseconds() / 1_000_000_000,
                next.ShiftedFrom?.InUtc().ToInstant().ToUnixTimeSeconds());
        }

        Interlocked.Increment(ref comparisons);
        Interlocked.Add(ref occurrences, count);
    }

    private static ulong Digest(IEnumerable<(long At, long? ShiftedFrom)> due)
    {
        ulong digest = 17;
        foreach (var (at, shiftedFrom) in due)
        {
            digest = StableHash.Of(digest, unchecked((ulong)at * 31 + (ulong)(shiftedFrom ?? 7)));
        }

        return digest;
    }

    private string Explain(DateTimeZone zone, Instant transition, OracleExpression expression, int rules, long reach)
    {
        var (gap, overlap) = RuleSet(rules);
        var table = TransitionTable.Walk(zone, transition, expression.HasSeconds ? 1 : 60, reach);
        var expected = table.Expected(expression, gap, overlap);
        var actual = Actual(Parse(expression, zone, rules), transition, reach).ToList();
        string missing = string.Join(' ', expected.Except(actual).Take(3));
        string extra = string.Join(' ', actual.Except(expected).Take(3));
        return $"{zone.Id} {transition} '{expression.Text}' gap={gap} overlap={overlap}: " +
            $"missing [{missing}] extra [{extra}]";
    }
}
