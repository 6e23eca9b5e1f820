using System.Buffers;
using System.Globalization;

namespace Chronos.Core.Schedules;

/// <summary>
/// Reads durations as Go writes them (<c>1h30m</c>, <c>1.5h</c>, <c>250ms</c>), with days (<c>d</c>) added.
/// </summary>
internal static class GoDuration
{
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    private const decimal MillisecondsMax = 1e15m;

    public static bool TryParse(ReadOnlySpan<char> text, out long milliseconds)
    {
        milliseconds = 0;
        decimal total = 0;
        if (text.IsEmpty)
        {
            return false;
        }

        while (!text.IsEmpty)
        {
            int digits = text.IndexOfAnyExcept(NumberCharacters);
            if (digits <= 0 || !decimal.TryParse(
                text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal count))
            {
                return false;
            }

            text = text[digits..];
            int unitLength = text.IndexOfAny(NumberCharacters);
            ReadOnlySpan<char> unit = unitLength < 0 ? text : text[..unitLength];
            decimal unitMilliseconds = Milliseconds(unit);
            if (unitMilliseconds == 0 || count > MillisecondsMax)
            {
                return false;
            }

            total += count * unitMilliseconds;
            text = text[unit.Length..];
        }

        milliseconds = total > MillisecondsMax ? 0 : (long)total;
        return total <= MillisecondsMax;
    }

    private static decimal Milliseconds(ReadOnlySpan<char> unit) => unit switch
    {
        "ns" => 0.000001m,
        "us" or "µs" or "μs" => 0.001m,
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => 0,
    };
}
