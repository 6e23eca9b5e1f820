using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using NodaTime;
using NodaTime.Text;

namespace Chronos.Core.Jobs;

/// <summary>Reads single JSON values. A value that does not fit is logged and read as null. Lenient reading takes
/// numbers and booleans from text and the other way round, as Mesos Chronos did, but never guesses.</summary>
internal sealed class JsonValues(ReadLog log, bool lenient)
{
    private const NumberStyles NumberText = NumberStyles.Float;

    public ReadLog Log => log;

    public string? Text(JsonElement value, string path, int lengthMax)
    {
        if (!TryGetAnyText(value, out var text))
        {
            log.Refuse(path, value, "This must be text.", "Write it in double quotes, as valid Unicode.");
            return null;
        }

        if (text.Length > lengthMax)
        {
            log.Refuse(path, text, $"This has {text.Length} characters; {lengthMax} are allowed.", "Shorten it.");
            return null;
        }

        if (!text.Contains('\0')) return text;
        log.Refuse(path, text, "This must not contain the character U+0000.", "Remove it.");
        return null;
    }

    public bool? Flag(JsonElement value, string path)
    {
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) return value.GetBoolean();
        if (lenient && TryGetAnyText(value, out var text))
        {
            if (text.Equals("true", StringComparison.OrdinalIgnoreCase) || text == "1") return true;
            if (text.Equals("false", StringComparison.OrdinalIgnoreCase) || text == "0") return false;
        }

        log.Refuse(path, value, "This must be true or false.", "Write true or false, without quotes.");
        return null;
    }

    public double? Number(JsonElement value, string path, double min, double max)
    {
        if (!TryGetNumber(value, out var number))
            log.Refuse(path, value, "This must be a number.", "Write a number such as 0.5, without quotes.");
        else if (number < min || number > max)
            log.Refuse(path, value, $"This must be a number from {Plain(min)} to {Plain(max)}.", "Change the number.");
        else
            return number;
        return null;
    }

    public int? Whole(JsonElement value, string path, int min, int max)
    {
        if (!TryGetNumber(value, out var number) || Math.Floor(number) != number)
            log.Refuse(path, value, "This must be a whole number.", "Write a number such as 2, without quotes.");
        else if (number < min || number > max)
            log.Refuse(path, value, $"This must be a whole number from {min} to {max}.", "Change the number.");
        else
            return (int)number;
        return null;
    }

    public T? Word<T>(JsonElement value, string path, WordTable<T> words)
        where T : struct, Enum
    {
        if (TryGetText(value, out var text) && words.TryParse(text, out var known)) return known;
        log.Refuse(path, value, $"This must be one of {words.Choices}.", "Choose one of these words.");
        return null;
    }

    public Duration? Length(JsonElement value, string path, Duration min, Duration max)
    {
        Duration length;
        if (TryGetNumber(value, out var seconds) && seconds is >= 0 and < 1e12)
        {
            length = Duration.FromSeconds(seconds);
        }
        else if (!TryGetText(value, out var text) || !DurationText.TryParse(text, out length))
        {
            log.Refuse(path, value, "This must be a length of time without months and years.",
                "Write ISO 8601 such as \"PT90S\", a short form such as \"90s\" or \"1h30m\", or a number of seconds.");
            return null;
        }

        if (length >= min && length <= max) return length;
        log.Refuse(path, value,
            $"This must be a length of time from {DurationText.Format(min)} to {DurationText.Format(max)}.",
            "Change the length.");
        return null;
    }

    public Instant? Moment(JsonElement value, string path)
    {
        if (TryGetText(value, out var text))
        {
            var parsed = OffsetDateTimePattern.ExtendedIso.Parse(text);
            if (parsed.Success) return parsed.Value.ToInstant();
        }

        log.Refuse(path, value, "This must be a date and time with an offset.",
            "Write it like \"2026-03-01T13:00:00Z\" or \"2026-03-01T13:00:00+01:00\".");
        return null;
    }

    public DateInterval? Dates(JsonElement value, string path)
    {
        if (TryGetText(value, out var text))
        {
            var slash = text.IndexOf('/');
            var first = LocalDatePattern.Iso.Parse(slash < 0 ? text : text[..slash]);
            var last = slash < 0 ? first : LocalDatePattern.Iso.Parse(text[(slash + 1)..]);
            if (first.Success && last.Success && first.Value <= last.Value) return new(first.Value, last.Value);
        }

        log.Refuse(path, value, "This must be a date, or a first and a last date.",
            "Write it like \"2026-12-25\" or \"2026-12-24/2026-12-26\".");
        return null;
    }

    /// <summary>The text of a JSON string; false where it is none or not valid Unicode.</summary>
    public static bool TryGetText(JsonElement value, [NotNullWhen(true)] out string? text)
    {
        text = null;
        if (value.ValueKind != JsonValueKind.String) return false;
        try
        {
            text = value.GetString();
        }
        catch (InvalidOperationException) // an escaped half of a surrogate pair, or broken UTF-8
        {
            return false;
        }

        return text is not null;
    }

    private bool TryGetAnyText(JsonElement value, [NotNullWhen(true)] out string? text)
    {
        text = null;
        if (value.ValueKind == JsonValueKind.String) return TryGetText(value, out text);
        if (!lenient || value.ValueKind is not (JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False))
            return false;
        text = value.GetRawText();
        return true;
    }

    private bool TryGetNumber(JsonElement value, out double number)
    {
        number = 0;
        var found = value.ValueKind == JsonValueKind.Number
            ? value.TryGetDouble(out number)
            : lenient && TryGetText(value, out var text)
                && double.TryParse(text, NumberText, CultureInfo.InvariantCulture, out number);
        return found && double.IsFinite(number);
    }

    private static string Plain(double number) => number.ToString(CultureInfo.InvariantCulture);
}
