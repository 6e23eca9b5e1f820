using System.Globalization;
using Chronos.Api;
using Chronos.Core.Jobs;
using Chronos.Server.Problems;
using Microsoft.AspNetCore.Http;
using NodaTime;
using NodaTime.Text;

namespace Chronos.Server.Endpoints.Native;

/// <summary>Reads query parameters and collects everything that is wrong with them.</summary>
internal sealed class QueryReader(IQueryCollection query)
{
    public const int LimitMax = 1000;

    private readonly List<RuleViolation> violations = [];

    public QueryReader(HttpContext http)
        : this(http.Request.Query)
    {
    }

    public string? Text(string name) => query.TryGetValue(name, out var values) ? values[0] : null;

    public IReadOnlyList<string> Texts(string name) =>
        query.TryGetValue(name, out var values) ? values.OfType<string>().ToList() : [];

    public int Limit(int standard, int max = LimitMax) => (int)(Integer("limit", 1, max) ?? standard);

    public long? Integer(string name, long min, long max)
    {
        if (Text(name) is not { } text) return null;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            && value >= min && value <= max) return value;
        return Refuse<long?>(name, text, $"It must be a whole number from {min} to {max}.", "Give such a number.");
    }

    public bool? Boolean(string name) => Text(name) switch
    {
        null => null,
        "true" or "" => true,
        "false" => false,
        var text => Refuse<bool?>(name, text, "It must be true or false.", "Give one of them."),
    };

    public Instant? Instant(string name)
    {
        if (Text(name) is not { } text) return null;

        // A plus sign that was not escaped arrives as a blank.
        if (OffsetDateTimePattern.Rfc3339.Parse(text.Replace(' ', '+')) is { Success: true, Value: var at })
            return at.ToInstant();
        return Refuse<Instant?>(
            name, text, "It must be an instant in ISO 8601.", "Give one such as 2026-01-31T08:00:00Z.");
    }

    public string? Choice(string name, params string[] values)
    {
        if (Text(name) is not { } text || values.Contains(text, StringComparer.Ordinal)) return Text(name);
        return Refuse<string?>(
            name, text, $"It must be one of: {string.Join(", ", values)}.", "Give one of them.");
    }

    public Label? Label(string name, string? text)
    {
        if (text is null) return null;
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals > 0) return new(text[..equals], text[(equals + 1)..]);
        return Refuse<Label?>(name, text, "It must have the form key=value.", "Give both.");
    }

    public T? Refuse<T>(string name, string? value, string rule, string remedy)
    {
        violations.Add(new(name, value is { Length: > 200 } ? value[..200] : value, rule, remedy));
        return default;
    }

    /// <summary>Ends the request where something was wrong.</summary>
    public void ThrowIfRefused()
    {
        if (violations.Count > 0) throw new ProblemException(ProblemFactory.Invalid(violations));
    }
}
