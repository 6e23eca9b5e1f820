using System.Buffers;
using System.Globalization;
using System.Text;
using NodaTime;

namespace Chronos.Core.Jobs;

/// <summary>Lengths of time as text: ISO 8601 (<c>PT1H30M</c>) or a short form (<c>1h30m</c>, <c>500ms</c>). Months and
/// years are refused because their length varies.</summary>
public static class DurationText
{
    private const decimal SecondsMax = 86_400m * 16_000_000; // NodaTime ends near 2^24 days

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    /// <summary>Whether <paramref name="text"/> is a length of time, and which.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Duration value)
    {
        value = Duration.Zero;
        return text.StartsWith("P", StringComparison.Ordinal)
            ? TryParseIso(text[1..], out value)
            : TryParseUnits(text, ShortUnit, fractions: true, out value);
    }

    /// <summary>The ISO 8601 form, such as <c>PT90S</c> as <c>PT1M30S</c>; reads back as the same value.</summary>
    public static string Format(Duration value)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, Duration.Zero);
        var nanoseconds = value.NanosecondOfDay;
        var hours = value.Days * 24L + nanoseconds / NodaConstants.NanosecondsPerHour;
        var minutes = nanoseconds / NodaConstants.NanosecondsPerMinute % 60;
        var seconds = nanoseconds % NodaConstants.NanosecondsPerMinute / (decimal)NodaConstants.NanosecondsPerSecond;

        var text = new StringBuilder("PT");
        if (hours > 0) text.Append(hours).Append('H');
        if (minutes > 0) text.Append(minutes).Append('M');
        if (seconds > 0 || text.Length == 2)
            text.Append(seconds.ToString("0.#########", CultureInfo.InvariantCulture)).Append('S');
        return text.ToString();
    }

    private static bool TryParseIso(ReadOnlySpan<char> text, out Duration value)
    {
        value = Duration.Zero;
        var split = text.IndexOf('T');
        var date = split < 0 ? text : text[..split];
        var time = split < 0 ? [] : text[(split + 1)..];
        if (date.IsEmpty && time.IsEmpty || split >= 0 && time.IsEmpty) return false;

        var days = Duration.Zero;
        var clock = Duration.Zero;
        if (!date.IsEmpty && !TryParseUnits(date, IsoDateUnit, fractions: false, out days)) return false;
        if (!time.IsEmpty && !TryParseUnits(time, IsoTimeUnit, fractions: true, out clock)) return false;
        value = days + clock;
        return true;
    }

    /// <summary>Reads numbers with units of falling size, each unit at most once.</summary>
    private static bool TryParseUnits(
        ReadOnlySpan<char> text, Func<string, decimal> unitSeconds, bool fractions, out Duration value)
    {
        value = Duration.Zero;
        var style = fractions ? NumberStyles.AllowDecimalPoint : NumberStyles.None;
        var total = 0m;
        var last = decimal.MaxValue;
        if (text.IsEmpty) return false;
        while (!text.IsEmpty)
        {
            var digits = text.IndexOfAnyExcept(Digits);
            if (digits is <= 0 or > 20) return false;
            var unitLength = text[digits..].IndexOfAny(Digits);
            if (unitLength < 0) unitLength = text.Length - digits;

            var seconds = unitSeconds(text.Slice(digits, unitLength).ToString());
            if (seconds == 0 || seconds >= last) return false;
            if (!decimal.TryParse(text[..digits], style, CultureInfo.InvariantCulture, out var amount)) return false;
            if (amount > SecondsMax) return false;
            total += amount * seconds;
            if (total > SecondsMax) return false;
            last = seconds;
            text = text[(digits + unitLength)..];
        }

        var whole = decimal.Truncate(total);
        var rest = decimal.Truncate((total - whole) * NodaConstants.NanosecondsPerSecond);
        value = Duration.FromSeconds((long)whole) + Duration.FromNanoseconds((long)rest);
        return true;
    }

    private static decimal IsoDateUnit(string unit) => unit switch { "W" => 604_800, "D" => 86_400, _ => 0 };

    private static decimal IsoTimeUnit(string unit) => unit switch { "H" => 3_600, "M" => 60, "S" => 1, _ => 0 };

    private static decimal ShortUnit(string unit) => unit switch
    {
        "w" => 604_800,
        "d" => 86_400,
        "h" => 3_600,
        "m" => 60,
        "s" => 1,
        "ms" => 0.001m,
        _ => 0,
    };
}
