using Chronos.Api;
using Chronos.Core.Jobs;
using Chronos.Server.Problems;
using Microsoft.AspNetCore.Http;

namespace Chronos.Server.Endpoints.Native;

/// <summary>Refuses query parameters that an endpoint does not have: a misspelled filter must not list everything.
/// </summary>
internal sealed class UnknownParameterFilter : IEndpointFilter
{
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (http.Request.Query.Count == 0) return next(context);
        var known = http.GetEndpoint()?.Metadata.GetMetadata<QueryParameters>()?.All ?? [];
        var violations = new List<RuleViolation>();
        foreach (var (key, values) in http.Request.Query)
        {
            var parameter = known.FirstOrDefault(p => p.Name == key);
            if (parameter is null)
                violations.Add(new(key, values.ToString(), "No such query parameter is known.", Advice(key, known)));
            else if (values.Count > 1 && !parameter.Repeats)
                violations.Add(new(key, values.ToString(), "The query parameter is given twice.", "Give it once."));
        }

        return violations.Count == 0
            ? next(context)
            : new(new ProblemResult(ProblemFactory.UnknownParameter(violations)));
    }

    private static string Advice(string key, IReadOnlyList<QueryParameter> known) => known.Count == 0
        ? "This path has none; remove it."
        : NearestName.Find(key, known.Select(p => p.Name)) is { } near
            ? $"Perhaps '{near}' is meant."
            : $"Known are: {string.Join(", ", known.Select(p => p.Name))}.";
}
