namespace Chronos.Server.Endpoints.Native;

/// <summary>A query parameter of an endpoint: what the documentation shows and the unknown-parameter check knows.
/// </summary>
internal sealed record QueryParameter(string Name, string Description)
{
    /// <summary>Its JSON schema type.</summary>
    public QueryParameterType Type { get; init; }

    /// <summary>The only values; empty: any.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];

    /// <summary>Whether it may be given several times.</summary>
    public bool Repeats { get; init; }

    /// <summary>An example value.</summary>
    public string? Example { get; init; }
}

/// <summary>Types of query parameters.</summary>
internal enum QueryParameterType
{
    Text,
    Integer,
    Boolean,
    Instant,
}

/// <summary>All query parameters of an endpoint.</summary>
internal sealed record QueryParameters(IReadOnlyList<QueryParameter> All);

/// <summary>Parameters that several endpoints have.</summary>
internal static class CommonParameters
{
    public static readonly QueryParameter After =
        new("after", "Where the last page ended: its `next`. Opaque.");

    public static QueryParameter Limit(int standard, int max = QueryReader.LimitMax) =>
        new("limit", string.Create(
            System.Globalization.CultureInfo.InvariantCulture, $"At most this many, 1 to {max}; default {standard}."))
        {
            Type = QueryParameterType.Integer,
            Example = "100",
        };
}
