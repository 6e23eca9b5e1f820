using System.Text.Json.Nodes;
using Chronos.Api;
using Chronos.Server.Auth;
using Chronos.Server.Endpoints.Native;
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
            options.AddOperationTransformer(AddQueryAsync);
            options.AddSchemaTransformer(DescribeJobAsync);
        });

    /// <summary>Serves the document, and a page to read it and try it.</summary>
    public static void MapApiDocument(this WebApplication app)
    {
        app.MapOpenApi(Routes.OpenApi).RequireRole(Role.Viewer);
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
        return Task.CompletedTask;
    }

    private static Task AddQueryAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        foreach (var declared in context.Description.ActionDescriptor.EndpointMetadata.OfType<QueryParameters>())
            foreach (var parameter in declared.All)
                (operation.Parameters ??= []).Add(ToOpenApi(parameter));
        return Task.CompletedTask;
    }

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
            Enum = parameter.Values.Count == 0 ? null : [.. parameter.Values.Select(v => (JsonNode)JsonValue.Create(v))],
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
        if (context.JsonTypeInfo.Type != typeof(JobDefinition)) return Task.CompletedTask;
        schema.Type = JsonSchemaType.Object;
        schema.Description = "A job. Every field is described in docs/jobs.md.";
        schema.Required = new HashSet<string> { "name" };
        schema.Properties = JobSchema.Properties();
        schema.Examples = [JsonNode.Parse(
            """{"name":"report","command":"make report","schedule":"0 6 * * MON-FRI","scheduleTimeZone":"Europe/Berlin"}""") ?? ""];
        return Task.CompletedTask;
    }
}
