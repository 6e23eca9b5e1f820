using Microsoft.OpenApi;

namespace Chronos.Server.OpenApi;

/// <summary>The fields of a job's definition, as JSON schema.</summary>
internal static class JobSchema
{
    private static readonly string[] Texts =
    [
        "name", "command", "description", "owner", "ownerName", "schedule", "scheduleTimeZone", "engine", "executor",
        "executorFlags", "taskInfoData", "runAsUser", "workingDirectory",
    ];

    private static readonly string[] Durations =
        ["epsilon", "retryDelay", "timeout", "killGracePeriod", "jitter"];

    private static readonly string[] Instants = ["startAfter", "endBefore"];

    private static readonly string[] Flags =
        ["disabled", "shell", "softError", "async", "highPriority", "dataProcessingJobType", "concurrent"];

    private static readonly string[] WholeNumbers =
        ["retries", "maxConcurrent", "disableAfterFailures", "maxCompletionTime", "gpus"];

    private static readonly string[] Numbers = ["cpus", "mem", "disk"];

    private static readonly string[] TextLists = ["arguments", "parents", "uris", "calendars"];

    private static readonly string[] ObjectLists = ["environmentVariables", "secrets", "fetch", "notify"];

    private static readonly string[] Objects = ["container", "retryBackoff"];

    /// <summary>Schemas by field.</summary>
    public static Dictionary<string, IOpenApiSchema> Properties()
    {
        var all = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal);
        Add(all, Texts, () => Of(JsonSchemaType.String));
        Add(all, Durations, () => Of(JsonSchemaType.String, "ISO 8601 such as PT5M, or 5m, or seconds."));
        Add(all, Instants, () => new OpenApiSchema { Type = JsonSchemaType.String, Format = "date-time" });
        Add(all, Flags, () => Of(JsonSchemaType.Boolean));
        Add(all, WholeNumbers, () => Of(JsonSchemaType.Integer));
        Add(all, Numbers, () => Of(JsonSchemaType.Number));
        Add(all, TextLists, () => ListOf(Of(JsonSchemaType.String)));
        Add(all, ObjectLists, () => ListOf(Of(JsonSchemaType.Object)));
        Add(all, Objects, () => Of(JsonSchemaType.Object));
        all["constraints"] = ListOf(ListOf(Of(JsonSchemaType.String)));
        all["labels"] = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            AdditionalProperties = Of(JsonSchemaType.String),
        };
        all["missed"] = Of(
            JsonSchemaType.String | JsonSchemaType.Object, "none, latest, all, or {mode, limit, window}.");
        all["trigger"] = OneOf("success", "failure", "completion");
        all["concurrency"] = OneOf("skip", "allow", "queue", "replace");
        all["onDoubt"] = OneOf("skip", "run");
        all["gap"] = OneOf("next", "shift", "skip");
        all["overlap"] = OneOf("first", "last", "both");
        return all;
    }

    private static void Add(
        Dictionary<string, IOpenApiSchema> all, string[] names, Func<OpenApiSchema> schema)
    {
        foreach (var name in names) all.Add(name, schema());
    }

    private static OpenApiSchema Of(JsonSchemaType type, string? description = null) =>
        new() { Type = type, Description = description };

    private static OpenApiSchema ListOf(OpenApiSchema items) =>
        new() { Type = JsonSchemaType.Array, Items = items };

    private static OpenApiSchema OneOf(params string[] values) => new()
    {
        Type = JsonSchemaType.String,
        Enum = [.. values.Select(v => (System.Text.Json.Nodes.JsonNode)v)],
    };
}
