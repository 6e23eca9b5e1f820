using System.Collections.Frozen;
using System.Globalization;
using NodaTime;

namespace Chronos.Core.Schedules;

/// <summary>
/// Finds time zones by the ids that users of Java programs write, in Noda Time's own copy of the IANA data.
/// </summary>
public static class ZoneLookup
{
    private const int SuggestionsMax = 3;
    private const int IdLengthMax = 50;

    /// <summary>
    /// The ids of java.util.TimeZone that differ from, or are missing in, the IANA data. They come first: for IANA,
    /// EST is a zone without daylight saving, for Java it is New York.
    /// </summary>
    private static readonly FrozenDictionary<string, string> LegacyIds = new Dictionary<string, string>
    {
        ["GMT"] = "UTC", ["UTC"] = "UTC", ["WET"] = "WET", ["CET"] = "CET", ["MET"] = "CET", ["ECT"] = "CET",
        ["EET"] = "EET", ["MIT"] = "Pacific/Apia", ["HST"] = "Pacific/Honolulu", ["AST"] = "America/Anchorage",
        ["PST"] = "America/Los_Angeles", ["MST"] = "America/Denver", ["PNT"] = "America/Phoenix",
        ["CST"] = "America/Chicago", ["EST"] = "America/New_York", ["IET"] = "America/Indiana/Indianapolis",
        ["PRT"] = "America/Puerto_Rico", ["CNT"] = "America/St_Johns", ["AGT"] = "America/Argentina/Buenos_Aires",
        ["BET"] = "America/Sao_Paulo", ["ART"] = "Africa/Cairo", ["CAT"] = "Africa/Harare",
        ["EAT"] = "Africa/Addis_Ababa", ["NET"] = "Asia/Yerevan", ["PLT"] = "Asia/Karachi", ["IST"] = "Asia/Kolkata",
        ["BST"] = "Asia/Dhaka", ["VST"] = "Asia/Ho_Chi_Minh", ["CTT"] = "Asia/Shanghai", ["JST"] = "Asia/Tokyo",
        ["ACT"] = "Australia/Darwin", ["AET"] = "Australia/Sydney", ["SST"] = "Pacific/Guadalcanal",
        ["NST"] = "Pacific/Auckland",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The zone, or null when no zone has this id. Ids are case-sensitive, as in the IANA data.</summary>
    public static DateTimeZone? Find(string id)
    {
        if (LegacyIds.TryGetValue(id, out string? modern))
        {
            return DateTimeZoneProviders.Tzdb[modern];
        }

        return DateTimeZoneProviders.Tzdb.GetZoneOrNull(id) ?? FindOffset(id);
    }

    /// <summary>Up to three known ids that resemble an unknown one, the closest first.</summary>
    public static IReadOnlyList<string> Nearest(string id) =>
        id.Length > IdLengthMax ? [] : DateTimeZoneProviders.Tzdb.Ids
            .Select(known => (Known: known, Distance: Distance(id, known)))
            .Where(candidate => candidate.Distance <= Math.Max(2, id.Length / 3))
            .OrderBy(candidate => candidate.Distance)
            .ThenBy(candidate => candidate.Known, StringComparer.Ordinal)
            .Take(SuggestionsMax)
            .Select(candidate => candidate.Known)
            .ToArray();

    internal static ScheduleError UnknownZone(string id)
    {
        var nearest = Nearest(id);
        string remedy = nearest.Count == 0
            ? "write an IANA id such as Europe/Berlin, or GMT+02:00"
            : "did you mean " + string.Join(" or ", nearest) + "?";
        return new("zone-unknown", "time zone", id, $"The time zone '{id}' is unknown; {remedy}");
    }

    /// <summary>Custom ids of Java: GMT or UTC, a sign, then h, hh, hmm, hhmm, h:mm or hh:mm.</summary>
    private static DateTimeZone? FindOffset(string id)
    {
        if (id.Length < 5 || !(id.StartsWith("GMT", StringComparison.Ordinal) ||
            id.StartsWith("UTC", StringComparison.Ordinal)) || id[3] is not ('+' or '-'))
        {
            return null;
        }

        ReadOnlySpan<char> digits = id.AsSpan(4);
        int colon = digits.IndexOf(':');
        int hourDigits = colon >= 0 ? colon : digits.Length <= 2 ? digits.Length : digits.Length - 2;
        ReadOnlySpan<char> minutes = colon >= 0 ? digits[(colon + 1)..] : digits[hourDigits..];
        if (hourDigits is < 1 or > 2 || minutes.Length is not (0 or 2) || (colon >= 0 && minutes.Length == 0) ||
            !TryDigits(digits[..hourDigits], out int hour) || !TryDigits(minutes, out int minute) || minute > 59)
        {
            return null;
        }

        int seconds = (hour * 60 + minute) * 60;
        return seconds > Offset.MaxValue.Seconds
            ? null
            : DateTimeZone.ForOffset(Offset.FromSeconds(id[3] == '-' ? -seconds : seconds));
    }

    private static bool TryDigits(ReadOnlySpan<char> digits, out int value)
    {
        value = 0;
        return digits.IsEmpty || int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>
    /// Edits between two ids, ignoring case. A bare city counts as close: Berlin means Europe/Berlin.
    /// </summary>
    private static int Distance(string id, string known)
    {
        if (known.EndsWith("/" + id, StringComparison.OrdinalIgnoreCase))
        {
            return 0;
        }

        int city = known.LastIndexOf('/') + 1;
        int whole = EditDistance(id, known);
        return id.Contains('/') ? whole : Math.Min(whole, EditDistance(id, known.AsSpan(city)) + 1);
    }

    private static int EditDistance(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        var previous = new int[right.Length + 1];
        var current = new int[right.Length + 1];
        for (int column = 0; column <= right.Length; column++)
        {
            previous[column] = column;
        }

        for (int row = 1; row <= left.Length; row++)
        {
            current[0] = row;
            for (int column = 1; column <= right.Length; column++)
            {
                char a = char.ToLowerInvariant(left[row - 1]);
                int replace = previous[column - 1] + (a == char.ToLowerInvariant(right[column - 1]) ? 0 : 1);
                current[column] = Math.Min(replace, Math.Min(previous[column], current[column - 1]) + 1);
            }

            (previous, current) = (current, previous);
        }

        return previous[right.Length];
    }
}
