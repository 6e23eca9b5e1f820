using System.Globalization;
using System.Text;

namespace Chronos.Core.Schedules;

/// <summary>
/// An ISO 8601 duration (section 4.4.3 of ISO 8601:2004) with its components as written, so that P1W2D and PT24H print
/// as they were read. Components may be negative, as Joda-Time allowed; seconds have up to three fraction digits.
/// </summary>
internal readonly record struct IsoPeriod(
    long Years, long Months, long Weeks, long Days, long Hours, long Minutes, long Milliseconds)
{
    /// <summary>
    /// A period this long leaves the calendar with its first step; longer ones need not be told apart.
    /// </summary>
    private const int MonthsMax = 1_200_000;
    private const int DaysMax = 40_000_000;
    private const long MillisecondsPerMeanMonth = 2_629_746_000;
    private const string Designators = "YMWD";
    private const string TimeDesignators = "HMS";

    public int TotalMonths => (int)Math.Clamp(Years * 12 + Months, -MonthsMax, MonthsMax);

    public int TotalDays => (int)Math.Clamp(Weeks * 7 + Days, -DaysMax, DaysMax);

    public long TotalMilliseconds => (Hours * 60 + Minutes) * 60_000 + Milliseconds;

    /// <summary>Mean length, with months at a twelfth of a mean Gregorian year.</summary>
    public long MeanMilliseconds =>
        TotalMonths * MillisecondsPerMeanMonth + TotalDays * UnixTime.MillisecondsPerDay + TotalMilliseconds;

    /// <summary>Length of the shortest step, with positive months at 28 days and negative ones at 31.</summary>
    public long ShortestMilliseconds =>
        (TotalMonths * (TotalMonths > 0 ? 28L : 31L) + TotalDays) * UnixTime.MillisecondsPerDay + TotalMilliseconds;

    public bool MixesSigns
    {
        get
        {
            bool negative = TotalMonths < 0 || TotalDays < 0 || TotalMilliseconds < 0;
            return negative && (TotalMonths > 0 || TotalDays > 0 || TotalMilliseconds > 0);
        }
    }

    /// <summary>Reads a period that starts with P; false when the text is not one.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out IsoPeriod period)
    {
        period = default;
        if (text.IsEmpty || text[0] != 'P')
        {
            return false;
        }

        ReadOnlySpan<char> rest = text[1..];
        int time = rest.IndexOf('T');
        ReadOnlySpan<char> dates = time < 0 ? rest : rest[..time];
        ReadOnlySpan<char> times = time < 0 ? "" : rest[(time + 1)..];
        Span<long> values = stackalloc long[7];
        if (!TryComponents(dates, Designators, values[..4]) || !TryComponents(times, TimeDesignators, values[4..]) ||
            (time >= 0 && times.IsEmpty))
        {
            return false;
        }

        // Components are kept in thousandths while reading; only seconds keep the fraction.
        period = new(values[0] / 1000, values[1] / 1000, values[2] / 1000, values[3] / 1000,
            values[4] / 1000, values[5] / 1000, values[6]);
        return true;
    }

    /// <summary>
    /// Joda-Time's standard form: zero components are left out, nothing is normalised, no period is PT0S.
    /// </summary>
    public override string ToString()
    {
        var text = new StringBuilder("P");
        Append(text, Years, 'Y');
        Append(text, Months, 'M');
        Append(text, Weeks, 'W');
        Append(text, Days, 'D');
        if (Hours != 0 || Minutes != 0 || Milliseconds != 0 || text.Length == 1)
        {
            text.Append('T');
            Append(text, Hours, 'H');
            Append(text, Minutes, 'M');
            if (Milliseconds != 0 || text.Length == 2)
            {
                string format = Milliseconds % 1000 == 0 ? "0" : "0.000";
                text.Append((Milliseconds / 1000m).ToString(format, CultureInfo.InvariantCulture)).Append('S');
            }
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, long value, char designator)
    {
        if (value != 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"{value}{designator}");
        }
    }

    /// <summary>Numbers each followed by a designator, in the order of the designators, each at most once.</summary>
    private static bool TryComponents(ReadOnlySpan<char> text, string designators, Span<long> values)
    {
        int next = 0;
        while (!text.IsEmpty)
        {
            int length = text.IndexOfAnyInRange('A', 'Z');
            int which = length <= 0 ? -1 : designators.IndexOf(text[length], next);
            if (which < 0 || !TryThousandths(text[..length], designators[which] == 'S', out values[which]))
            {
                return false;
            }

            next = which + 1;
            text = text[(length + 1)..];
        }

        return true;
    }

    private static bool TryThousandths(ReadOnlySpan<char> text, bool mayHaveFraction, out long value)
    {
        value = 0;
        bool negative = text[0] == '-';
        ReadOnlySpan<char> digits = text[0] is '-' or '+' ? text[1..] : text;
        int point = mayHaveFraction ? digits.IndexOfAny('.', ',') : -1;
        ReadOnlySpan<char> fraction = point < 0 ? "0" : digits[(point + 1)..];
        ReadOnlySpan<char> whole = point < 0 ? digits : digits[..point];
        if (fraction.Length > 3 || !TryNumber(whole, out int units) || !TryNumber(fraction, out int parts))
        {
            return false;
        }

        int scale = fraction.Length == 1 ? 100 : fraction.Length == 2 ? 10 : 1;
        value = units * 1000L + parts * scale;
        value = negative ? -value : value;
        return true;
    }

    private static bool TryNumber(ReadOnlySpan<char> digits, out int value) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
