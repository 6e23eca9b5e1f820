using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Chronos.Api;
using Chronos.Server.Auth;
using Chronos.Server.Cluster;
using Chronos.Server.Endpoints.Native;
using Chronos.Server.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Chronos.Server.OpenApi;

/// <summary>The OpenAPI 3.1 document of the native API, made from the endpoints themselves.</summary>
internal static class ApiDocument
{
    public static IServiceCollection AddApiDocument(this IServiceCollection services) =>
        services.AddOpenApi(options =>
        {
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            options.AddDocumentTransformer(DescribeAsync);
            options.AddDocumentTransformer(CompatibleOperations.AddAsync);
            options.AddOperationTransformer(AddParametersAsync);
            options.AddOperationTransformer(AddAccessAsync);
            options.AddSchemaTransformer(DescribeJobAsync);
            options.AddSchemaTransformer(AddAllowedValuesAsync);
            options.AddSchemaTransformer(DescribeTimeAsync);
            options.AddSchemaTransformer(RequireWhatIsNeverNullAsync);
        });

    /// <summary>Serves the document, and a page to read it and try it.</summary>
    public static void MapApiDocument(this WebApplication app)
    {
        app.MapOpenApi(Routes.OpenApi).AnswersHere().RequireRole(Role.Viewer);
        app.UseSwaggerUI(page =>
        {
            page.RoutePrefix = Routes.Docs.TrimStart('/');
            page.DocumentTitle = "Chronos API";
            page.SwaggerEndpoint(Routes.OpenApi, "Chronos");
        });
    }

    private static Task DescribeAsync(
        OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new()
        {
            Title = "Chronos",
            Version = typeof(ApiDocument).Assembly.GetName().Version?.ToString(3) ?? "",
            Description = "Jobs, runs, logs and schedules. Errors are RFC 9457 problem details that list every broken "
                + "rule. The interfaces of Mesos Chronos (/scheduler, /v1/scheduler) and chronos-go (/api/jobs) are "
                + "served beside this one.",
            License = new() { Name = "Apache 2.0", Identifier = "Apache-2.0" },
        };
        document.Servers = [new() { Url = "/" }];
        var schemes = (document.Components ??= new()).SecuritySchemes ??=
            new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal);
        schemes["basic"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "basic" };
        schemes["token"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer" };
        document.Security =
        [
            new() { [new("basic", document)] = [] },
            new() { [new("token", document)] = [] },
        ];
        return Task.CompletedTask;
    }

    private static Task AddParametersAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var parameters = operation.Parameters ??= [];
        foreach (var declared in metadata.OfType<QueryParameters>())
            foreach (var parameter in declared.All)
                parameters.Add(ToOpenApi(parameter));
        foreach (var header in metadata.OfType<HeaderParameter>())
            parameters.Add(new OpenApiParameter
            {
                Name = header.Name,
                In = ParameterLocation.Header,
                Description = header.Description,
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            });
        return Task.CompletedTask;
    }

    /// <summary>Says which role is needed, and what becomes of callers who lack it.</summary>
    private static Task AddAccessAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var needed = context.Description.ActionDescriptor.EndpointMetadata.OfType<RequiredRole>().LastOrDefault();
        if (needed is null or { Role: Role.None })
        {
            operation.Security = []; // open to all
            return Task.CompletedTask;
        }

        operation.Description = $"{operation.Description} Role: {needed.Role.ToName()}.".TrimStart();
        var problem = new OpenApiSchemaReference(nameof(Problem), context.Document);
        var responses = operation.Responses ??= [];
        responses.TryAdd("401", Refusal("Nobody in particular calls, or the credentials are wrong.", problem));
        responses.TryAdd("403", Refusal("The caller's role does not do.", problem));
        responses.TryAdd("503", Refusal("The server does not decide now; `Retry-After` says when to ask.", problem));
        return Task.CompletedTask;
    }

    private static OpenApiResponse Refusal(string description, IOpenApiSchema problem) => new()
    {
        Description = description,
        Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
        {
            [ProblemResult.ContentType] = new() { Schema = problem },
        },
    };

    private static OpenApiParameter ToOpenApi(QueryParameter parameter)
    {
        var schema = new OpenApiSchema
        {
            Type = parameter.Type switch
            {
                QueryParameterType.Integer => JsonSchemaType.Integer,
                QueryParameterType.Boolean => JsonSchemaType.Boolean,
                _ => JsonSchemaType.String,
            },
            Format = parameter.Type == QueryParameterType.Instant ? "date-time" : null,
            Enum = parameter.Values.Count == 0
                ? null
                : [.. parameter.Values.Select(v => (JsonNode)JsonValue.Create(v))],
        };
        return new()
        {
            Name = parameter.Name,
            In = ParameterLocation.Query,
            Description = parameter.Description,
            Example = parameter.Example,
            Schema = parameter.Repeats ? new OpenApiSchema { Type = JsonSchemaType.Array, Items = schema } : schema,
        };
    }

    private static Task DescribeJobAsync(
        OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = context.JsonTypeInfo.Type;
        if (type != typeof(JobDefinition) && type != typeof(JobStatusEnvelope)) return Task.CompletedTask;
        schema.Type = JsonSchemaType.Object;
        schema.Description = "A job. Every field is described in docs/jobs.md. The name may be left out where the path "
            + "gives it.";
        var properties = JobSchema.Properties();
        foreach (var (name, own) in schema.Properties ?? new Dictionary<string, IOpenApiSchema>())
            properties[name] = own;
        schema.Properties = properties;
        schema.Examples =
        [
            new JsonObject
            {
                ["name"] = "report",
                ["command"] = "make report",
                ["schedule"] = "0 6 * * MON-FRI",
                ["scheduleTimeZone"] = "Europe/Berlin",
            },
        ];
        return Task.CompletedTask;
    }

    /// <summary>Says of times and durations that they are texts, which their converters hide.</summary>
    private static Task DescribeTimeAsync(
        OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = context.JsonTypeInfo.Type;
        var isDuration = type == typeof(TimeSpan);
        if (!isDuration && type != typeof(DateTimeOffset) && type != typeof(DateTimeOffset?)) return Task.CompletedTask;
        schema.Type = JsonSchemaType.String;
        schema.Format = isDuration ? "duration" : "date-time";
        return Task.CompletedTask;
    }

    /// <summary>Answers leave out what is null and nothing else, so all other properties are there.</summary>
    private static Task RequireWhatIsNeverNullAsync(
        OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = context.JsonTypeInfo.Type;
        var isAnswer = type.Assembly == typeof(ApiJson).Assembly && type != typeof(JobStatusEnvelope)
            && type != typeof(BulkFilter) && !type.Name.EndsWith("Request", StringComparison.Ordinal);
        if (!isAnswer || schema.Properties is not { } properties) return Task.CompletedTask;
        schema.Required = context.JsonTypeInfo.Properties
            .Where(property => properties.ContainsKey(property.Name) && !property.IsGetNullable)
            .Select(property => property.Name).ToHashSet(StringComparer.Ordinal);
        return Task.CompletedTask;
    }

    /// <summary>Shows the only values of texts that have few.</summary>
    private static Task AddAllowedValuesAsync(
        OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var declared = context.JsonPropertyInfo?.AttributeProvider?
            .GetCustomAttributes(typeof(AllowedValuesAttribute), inherit: true);
        if (declared is [AllowedValuesAttribute allowed])
            schema.Enum = [.. allowed.Values.OfType<string>().Select(v => (JsonNode)JsonValue.Create(v))];
        return Task.CompletedTask;
    }
}
