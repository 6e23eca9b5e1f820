using System.Text.Json.Nodes;

namespace Chronos.JobFiles;

/// <summary>Fields of a job that only the server writes. Exports of Mesos Chronos and answers of the API carry them;
/// they say nothing about what the job should be.</summary>
public static class ServerOwned
{
    private static readonly string[] Fields =
        ["successCount", "errorCount", "errorsSinceLastSuccess", "lastSuccess", "lastError", "status"];

    /// <summary>Removes them.</summary>
    public static JsonObject Strip(JsonObject definition)
    {
        foreach (var field in Fields) definition.Remove(field);
        return definition;
    }
}
