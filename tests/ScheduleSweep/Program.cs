using System.Diagnostics;
using System.Globalization;
using Chronos.Core.Tests.Schedules.Oracle;
using NodaTime;

// Compares schedules with the brute-force oracle around every transition of every zone from 1970 to 2037.
// Options: --zone <id> (one zone), --expressions <n> (a prefix of the corpus), --parallel <n> (threads).
string? onlyZone = Option("--zone");
int expressionCount = Number(Option("--expressions"), OracleCorpus.Expressions.Count);
int parallel = Number(Option("--parallel"), Environment.ProcessorCount);

string[] zoneIds = onlyZone is null ? [.. OracleCorpus.ZoneIds] : [onlyZone];
var sweep = new OracleSweep(expressionCount);
var watch = Stopwatch.StartNew();
int zonesDone = 0;
int transitionsDone = 0;
int differenceCount = 0;

Parallel.ForEach(zoneIds, new ParallelOptions { MaxDegreeOfParallelism = parallel }, id =>
{
    var zone = DateTimeZoneProviders.Tzdb[id];
    var transitions = OracleCorpus.Transitions(zone).ToList();
    var differences = sweep.Compare(zone, transitions);
    differences.AddRange(transitions.SelectMany(transition => IsoOracle.Compare(zone, transition)));
    Interlocked.Add(ref transitionsDone, transitions.Count);
    Interlocked.Add(ref differenceCount, differences.Count);
    lock (sweep)
    {
        zonesDone++;
        foreach (string difference in differences.Take(5))
        {
            Console.WriteLine("MISMATCH " + difference);
        }

        if (zonesDone % 10 == 0 || differences.Count > 0)
        {
            Console.WriteLine($"{watch.Elapsed:hh\\:mm\\:ss} {zonesDone}/{zoneIds.Length} zones, " +
                $"{transitionsDone} transitions, {sweep.Shapes} shapes, {sweep.Occurrences} occurrences, " +
                $"{differenceCount} mismatches ({id})");
        }
    }
});

Console.WriteLine($"Swept {zonesDone} zones, {transitionsDone} transitions ({sweep.Shapes} distinct), " +
    $"{Math.Min(expressionCount, OracleCorpus.Expressions.Count)} expressions: {sweep.Comparisons} comparisons, " +
    $"{sweep.Occurrences} occurrences, {differenceCount} mismatches in {watch.Elapsed:hh\\:mm\\:ss}.");
return differenceCount == 0 ? 0 : 1;

string? Option(string name) =>
    Array.IndexOf(args, name) is var at && at >= 0 && at + 1 < args.Length ? args[at + 1] : null;

static int Number(string? text, int fallback) =>
    text is null ? fallback : int.Parse(text, CultureInfo.InvariantCulture);
