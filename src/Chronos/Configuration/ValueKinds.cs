using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml;
using Chronos.Core.Jobs;
using Chronos.Core.Schedules;
using NodaTime;
using NodaTime.TimeZones;

namespace Chronos.Configuration;

/// <summary>The kinds of values that settings have.</summary>
public static partial class ValueKinds
{
    public static readonly ValueKind<bool> Switch = new("switch", "true or false", TryReadSwitch, Lower);

    public static readonly ValueKind<int> Port = Count(0, 65535) with { Name = "port" };

    public static readonly ValueKind<double> Amount = new(
        "number", "a number of 0 or more, such as 0.5", TryReadAmount,
        value => value.ToString(CultureInfo.InvariantCulture));

    public static readonly ValueKind<string> Text = Matching("text", "text", _ => true);

    public static readonly ValueKind<string> FilePath =
        Matching("path", "a path", text => !text.Contains('\0', StringComparison.Ordinal));

    public static readonly ValueKind<string> HostAndPort =
        Matching("host:port", "host:port, such as mail.example.org:25", text => HostPort().IsMatch(text));

    public static readonly ValueKind<string> Credentials = Matching(
        "user:password", "user:password", text => text.IndexOf(':', StringComparison.Ordinal) > 0);

    public static readonly ValueKind<string> HttpUrl = Matching(
        "url", "an http or https URL",
        text => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https");

    public static readonly ValueKind<string> Master = Matching("masters", "addresses of masters", _ => true) with
    {
        Show = WithoutPassword,
    };

    public static readonly ValueKind<string> Servers =
        Master with { Name = "servers", Rule = "addresses of servers" };

    public static readonly ValueKind<string> StateAddress = Matching(
        "store", "sqlite:, or an address that begins with etcd://, etcds://, zk:// or postgres://",
        text => text == "sqlite:" || text.Contains("://", StringComparison.Ordinal)) with
    {
        Show = WithoutPassword,
    };

    public static readonly ValueKind<string> TimeZone = Matching(
        "time zone", "an IANA time zone, such as Europe/Berlin",
        text => DateTimeZoneProviders.Tzdb.GetZoneOrNull(text) is not null) with { Nearest = ZoneLookup.Nearest };

    public static readonly ValueKind<Duration> Seconds = DurationOf("s", Duration.FromSeconds(1));

    public static readonly ValueKind<Duration> Milliseconds = DurationOf("ms", Duration.FromMilliseconds(1));

    public static readonly ValueKind<Duration> Days = DurationOf("d", Duration.FromDays(1));

    public static readonly ValueKind<long> Bytes = new(
        "bytes", "a number of bytes, such as 1048576, 512k or 10m", TryReadBytes,
        value => value.ToString(CultureInfo.InvariantCulture));

    public static ValueKind<int> Count(int min, int max) => new(
        "number",
        $"a whole number from {min} to {max}",
        (string text, out int value) =>
            int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value)
            && value >= min && value <= max,
        value => value.ToString(CultureInfo.InvariantCulture));

    public static ValueKind<string> Choice(params string[] choices) => Matching(
        string.Join('|', choices), "one of " + string.Join(", ", choices), choices.Contains) with
    {
        Nearest = text => NearestName.Find(text, choices) is { } near ? [near] : [],
    };

    private static ValueKind<string> Matching(string name, string rule, Func<string, bool> matches) => new(
        name,
        rule,
        (string text, out string value) =>
        {
            value = text;
            return text.Length > 0 && matches(text);
        },
        value => value);

    private static ValueKind<Duration> DurationOf(string unit, Duration one) => new(
        "duration",
        $"a duration such as 500ms, 90s, 5m, 2h, 1d or PT90S; a bare number means {unit}",
        (string text, out Duration value) => TryReadDuration(text, one, out value),
        ShowDuration);

    /// <summary>An address with what stands before its @ masked; any other text as it is.</summary>
    internal static string WithoutPassword(string address)
    {
        var (begin, end) = (address.IndexOf("://", StringComparison.Ordinal), address.LastIndexOf('@'));
        var shown = begin < 0 || end < begin ? address : $"{address[..(begin + 3)]}***{address[end..]}";
        return PasswordOption().Replace(shown, "$1***");
    }

    [GeneratedRegex("([?&][^=&]*(?:password|pwd|psw)=)[^&]*", RegexOptions.IgnoreCase)]
    private static partial Regex PasswordOption();

    private static bool TryReadSwitch(string text, out bool value)
    {
        value = text.ToUpperInvariant() is "TRUE" or "YES" or "ON" or "1" or "";
        return value || text.ToUpperInvariant() is "FALSE" or "NO" or "OFF" or "0";
    }

    private static string Lower(bool value) => value ? "true" : "false";

    private static bool TryReadAmount(string text, out double value) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value)
        && double.IsFinite(value);

    private static bool TryReadDuration(string text, Duration one, out Duration value)
    {
        value = default;
        if (text.StartsWith('P')) return TryReadIso(text, out value);
        var match = AmountWithUnit().Match(text);
        if (!match.Success) return false;
        var amount = double.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        var unit = match.Groups[2].Value switch
        {
            "" => one,
            "ms" => Duration.FromMilliseconds(1),
            "s" => Duration.FromSeconds(1),
            "m" => Duration.FromMinutes(1),
            "h" => Duration.FromHours(1),
            _ => Duration.FromDays(1),
        };
        if (amount * unit.TotalDays > 36_500) return false;
        value = unit * amount;
        return true;
    }

    private static bool TryReadIso(string text, out Duration value)
    {
        value = default;
        try
        {
            value = Duration.FromTimeSpan(XmlConvert.ToTimeSpan(text));
            return value >= Duration.Zero;
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            return false;
        }
    }

    private static string ShowDuration(Duration value) =>
        value.TotalMilliseconds % 1000 != 0 ? FormattableString.Invariant($"{value.TotalMilliseconds:0.###}ms")
        : value != Duration.Zero && value.TotalSeconds % 86400 == 0 ? FormattableString.Invariant($"{value.TotalDays}d")
        : FormattableString.Invariant($"{value.TotalSeconds}s");

    private static bool TryReadBytes(string text, out long value)
    {
        value = 0;
        var match = BytesWithUnit().Match(text);
        if (!match.Success || !long.TryParse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture, out var amount))
            return false;
        var shift = match.Groups[2].Value.ToUpperInvariant() switch { "K" => 10, "M" => 20, "G" => 30, _ => 0 };
        if (amount > long.MaxValue >> shift) return false;
        value = amount << shift;
        return true;
    }

    [GeneratedRegex(@"^[^:\s]+:\d{1,5}$|^\[[0-9a-fA-F:]+\]:\d{1,5}$")]
    private static partial Regex HostPort();

    [GeneratedRegex(@"^(\d{1,15}(?:\.\d{1,9})?)(ms|s|m|h|d|)$")]
    private static partial Regex AmountWithUnit();

    [GeneratedRegex("^([0-9]{1,18})([kKmMgG]?)(?:i?[bB])?$")]
    private static partial Regex BytesWithUnit();
}
