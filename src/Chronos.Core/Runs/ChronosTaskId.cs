using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using NodaTime;

namespace Chronos.Core.Runs;

/// <summary>The task id of Mesos Chronos, <c>ct:DUE:ATTEMPT:JOB:ARGUMENTS</c>, which tasks find in their environment
/// and clients hand back. DUE is in Unix milliseconds, ATTEMPT counts from 0, and arguments hold no
/// semicolon.</summary>
public sealed record ChronosTaskId(Instant Due, int Attempt, string JobName, string Arguments)
{
    private const string Prefix = "ct:";

    /// <summary>Reads the text form; the last part may be missing, and arguments may contain colons.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out ChronosTaskId? id)
    {
        id = null;
        if (text is null || !text.StartsWith(Prefix, StringComparison.Ordinal)) return false;
        var parts = text[Prefix.Length..].Split(':', 4);
        if (parts.Length < 3 || parts[2].Length == 0) return false;
        if (!TryParseNumber(parts[0], out var due) || !TryParseNumber(parts[1], out var attempt)) return false;
        if (attempt > int.MaxValue || due > Instant.MaxValue.ToUnixTimeMilliseconds()) return false;
        var arguments = parts.Length == 4 ? parts[3] : "";
        id = new(Instant.FromUnixTimeMilliseconds(due), (int)attempt, parts[2], arguments);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Prefix}{Due.ToUnixTimeMilliseconds()}:{Attempt}:{JobName}:")
        + Arguments.Replace(";", "", StringComparison.Ordinal);

    private static bool TryParseNumber(string text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
