using System.Globalization;

namespace Chronos.Core.Jobs;

/// <summary>Prints floating-point numbers as Java does. Chronos clients see numbers as <c>128.0</c>, and constraints
/// are matched against that text.</summary>
public static class JavaNumberText
{
    /// <summary>Such as <c>1.0</c>, <c>0.1</c> or <c>1.0E7</c>: plain from 0.001 up to ten million, else with an
    /// exponent, always with a fraction.</summary>
    public static string Of(double value)
    {
        if (!double.IsFinite(value) || value == 0) return Special(value);
        var plain = Math.Abs(value) is >= 1e-3 and < 1e7;
        var (sign, digits, exponent) = Split(value);
        if (!plain) return $"{sign}{digits[0]}.{OrZero(digits[1..])}E{exponent}";
        if (exponent < 0) return $"{sign}0.{new string('0', -exponent - 1)}{digits}";

        var padded = digits.PadRight(exponent + 1, '0');
        return $"{sign}{padded[..(exponent + 1)]}.{OrZero(padded[(exponent + 1)..])}";
    }

    /// <summary>The shortest digits that read back as the same number, and the power of ten of the first one.</summary>
    private static (string Sign, string Digits, int Exponent) Split(double value)
    {
        var text = Math.Abs(value).ToString("E16", CultureInfo.InvariantCulture);
        var shortest = Math.Abs(value).ToString("R", CultureInfo.InvariantCulture);
        var mantissa = shortest.Split('E')[0];
        var digits = mantissa.Replace(".", "", StringComparison.Ordinal).TrimStart('0').TrimEnd('0');
        var exponent = int.Parse(text[(text.IndexOf('E') + 1)..], CultureInfo.InvariantCulture);
        return (value < 0 ? "-" : "", digits, exponent);
    }

    private static string Special(double value) => value switch
    {
        double.PositiveInfinity => "Infinity",
        double.NegativeInfinity => "-Infinity",
        0 => double.IsNegative(value) ? "-0.0" : "0.0",
        _ => "NaN",
    };

    private static string OrZero(string fraction) => fraction.Length == 0 ? "0" : fraction;
}
