using System.Globalization;

namespace Chronos.Core.Schedules;

/// <summary>
/// Reads one field: a comma-separated list of values, ranges, steps, hashes and, in the day fields, counted days.
/// Values go into a set indexed from the field's minimum; counted days (L, W, #) into <see cref="CronFields"/>.
/// </summary>
internal ref struct CronFieldParser(
    CronField field, string text, ScheduleOptions options, List<ScheduleError> errors, Span<bool> set)
{
    /// <summary>H stops at 28 so that a monthly job runs in February too.</summary>
    private const int HashedDayMax = 28;

    private readonly Span<bool> set = set;

    /// <summary>The field holds a wildcard, a range or a step, not only plain values.</summary>
    public bool Flows { get; private set; }

    /// <summary>The field holds a wildcard in the place where its dialect looks for one.</summary>
    public bool IsUnrestricted { get; private set; }

    private readonly bool IsStandard => options.Dialect == CronDialect.Standard;

    public void Parse(ref CronFields fields)
    {
        int errorsBefore = errors.Count;
        IsUnrestricted = text[0] is '*' or '?';
        foreach (string item in text.Split(','))
        {
            if (item.Length == 0)
            {
                Refuse("cron-syntax", "has an empty place in its list; remove the extra comma");
            }
            else if (!TryCountedDay(item.ToUpperInvariant(), ref fields) && errors.Count == errorsBefore)
            {
                ParseItem(item);
            }
        }
    }

    private void ParseItem(string item)
    {
        string range = item;
        int? step = null;
        int slash = item.IndexOf('/');
        if (slash >= 0)
        {
            range = item[..slash];
            if (!TryStep(item[(slash + 1)..], out int parsed))
            {
                return;
            }

            step = parsed;
        }

        if (range is "*" or "?")
        {
            ParseWildcard(range, step);
        }
        else if (IsStandard && range is ['H' or 'h', ..])
        {
            ParseHash(range, step);
        }
        else
        {
            ParseRange(range, step);
        }
    }

    private void ParseWildcard(string wildcard, int? step)
    {
        if (wildcard == "?" && IsStandard && (!field.IsDay || text != "?"))
        {
            Refuse("cron-question-mark", "may hold '?' only alone and only in a day field; write *");
            return;
        }

        // robfig/cron looks at every item of the list, Vixie cron at the first character only.
        IsUnrestricted |= !IsStandard;
        Flows = true;
        Add(field.Min, field.Max, step ?? 1);
    }

    private void ParseRange(string range, int? step)
    {
        int dash = range.Length == 0 ? -1 : range.IndexOf('-', 1);
        if (!TryValue(dash < 0 ? range : range[..dash], out int first))
        {
            return;
        }

        if (dash < 0)
        {
            // "n/step" runs to the end of the field, "n" is a single value.
            Flows |= step is not null;
            int weekday = field == CronField.DayOfWeek ? first % 7 : first;
            Add(weekday, step is null ? weekday : field.Max, step ?? 1);
            return;
        }

        if (!TryValue(range[(dash + 1)..], out int last))
        {
            return;
        }

        Flows = true;
        if (last < first && (!IsStandard || field == CronField.Year))
        {
            Refuse("cron-range-order", $"has the range '{range}', which ends before it begins; swap its ends");
            return;
        }

        Add(first, last < first ? last + field.Size : last, step ?? 1);
    }

    private void ParseHash(string range, int? step)
    {
        int first = field.Min;
        int last = field == CronField.DayOfMonth ? HashedDayMax : field.Max;
        if (field == CronField.Year || (range.Length > 1 && !TryHashRange(range, out first, out last)))
        {
            Refuse("cron-hash", $"cannot use '{range}'; write H or H(a-b) with a at most b, in any field but the year");
            return;
        }

        ulong hash = StableHash.Of(options.HashSeed, StableHash.Of(field.Name));
        int choices = Math.Min(step ?? int.MaxValue, last - first + 1);
        int chosen = first + (int)(hash % (ulong)choices);
        Flows |= step is not null;
        Add(chosen, step is null ? chosen : last, step ?? 1);
    }

    private readonly bool TryHashRange(string range, out int first, out int last)
    {
        first = last = 0;
        int dash = range.IndexOf('-');
        return range[1] == '(' && range[^1] == ')' && dash > 2 &&
            TryNumber(range.AsSpan(2, dash - 2), out first) &&
            TryNumber(range.AsSpan(dash + 1, range.Length - dash - 2), out last) &&
            first >= field.Min && last <= field.Max && first <= last;
    }

    /// <summary>Adds every step-th value; values past the maximum wrap around to the minimum.</summary>
    private readonly void Add(int first, int last, int step)
    {
        for (int value = first; value <= last; value += step)
        {
            set[(value - field.Min) % field.Size] = true;
        }
    }

    /// <summary>L, L-3, LW, 15W, 5L and MON#2. False when the item is none of them; errors are reported here.</summary>
    private readonly bool TryCountedDay(string item, ref CronFields fields)
    {
        if (!IsStandard || !field.IsDay || item.IndexOfAny(['L', 'W', '#']) < 0 || NamesOnly(item))
        {
            return false;
        }

        bool valid = field == CronField.DayOfMonth
            ? TryCountedDayOfMonth(item, ref fields)
            : TryCountedDayOfWeek(item, ref fields);
        if (!valid)
        {
            Refuse("cron-counted-day", field == CronField.DayOfMonth
                ? $"cannot use '{item}'; write L (last day), L-3 (third before it), 15W or LW (nearest working day)"
                : $"cannot use '{item}'; write FRIL (last Friday of the month) or MON#2 (second Monday, up to #5)");
        }

        return true;
    }

    private static bool TryCountedDayOfMonth(string item, ref CronFields fields)
    {
        int number = 0;
        if (item is "L" || (item.StartsWith("L-", StringComparison.Ordinal) && TryNumber(item.AsSpan(2), out number) &&
            number is >= 1 and <= 30))
        {
            fields.DaysFromLast |= 1u << number;
            return true;
        }

        if (item is "LW" || (item.EndsWith('W') && TryNumber(item.AsSpan(0, item.Length - 1), out number) &&
            number is >= 1 and <= 31))
        {
            fields.NearestWeekdays |= 1u << number;
            return true;
        }

        return false;
    }

    private readonly bool TryCountedDayOfWeek(string item, ref CronFields fields)
    {
        int hash = item.IndexOf('#');
        if (hash < 0)
        {
            if (!item.EndsWith('L') || !TryWeekday(item[..^1], out int lastWeekday))
            {
                return false;
            }

            fields.LastWeekdays |= (byte)(1 << lastWeekday);
            return true;
        }

        if (!TryWeekday(item[..hash], out int weekday) || !TryNumber(item.AsSpan(hash + 1), out int nth) ||
            nth is < 1 or > 5)
        {
            return false;
        }

        fields.NthWeekdays |= 1UL << (5 * weekday + nth - 1);
        return true;
    }

    private readonly bool TryWeekday(string value, out int weekday)
    {
        weekday = Array.IndexOf(field.Names, value);
        bool known = weekday >= 0 || (TryNumber(value, out weekday) && weekday <= 7);
        weekday = known ? weekday % 7 : 0;
        return known;
    }

    /// <summary>WED holds a W without meaning a working day.</summary>
    private static bool NamesOnly(string item) =>
        item.Split('-', '/').All(part => Array.IndexOf(CronField.DayOfWeek.Names, part) >= 0 || TryNumber(part, out _));

    private readonly bool TryStep(string value, out int step)
    {
        if (!TryNumber(value, out step) || step == 0)
        {
            Refuse("cron-step", $"has the step '{value}'; a step is a whole number from 1");
            return false;
        }

        if (IsStandard && step > field.Size)
        {
            Refuse("cron-step", $"has the step {step}, longer than the field's {field.Size} values; it would start " +
                "over each time, so write the one value that is meant");
            return false;
        }

        return true;
    }

    private readonly bool TryValue(string value, out int number)
    {
        int named = Array.FindIndex(field.Names, name => name.Equals(value, StringComparison.OrdinalIgnoreCase));
        if (named >= 0)
        {
            number = field.Min + named;
            return true;
        }

        if (!TryNumber(value, out number))
        {
            string names = field.Names.Length == 0 ? "" : $" or {field.Names[0]} to {field.Names[^1]}";
            Refuse("cron-syntax", $"has '{value}' where a number{names} is expected");
            return false;
        }

        int max = field == CronField.DayOfWeek && IsStandard ? 7 : field.Max;
        if (number < field.Min || number > max)
        {
            Refuse("cron-out-of-range",
                $"has the value {number}, which is out of range; it takes {field.Min} to {max}");
            return false;
        }

        return true;
    }

    private static bool TryNumber(ReadOnlySpan<char> digits, out int value)
    {
        value = 0;
        return digits.Length is > 0 and <= 9 &&
            int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }

    private readonly void Refuse(string code, string problem) =>
        errors.Add(new(code, field.Name, text, $"The {field.Name} field '{text}' {problem}."));
}
