using System.Text.Json;
using Chronos.Core.Jobs;
using Chronos.Runtime.Node;
using Chronos.Server.Hosting;
using Chronos.Server.Problems;

namespace Chronos.Server.Endpoints.Native;

/// <summary>Turns job JSON of the native API into jobs.</summary>
internal sealed class JobIntake(SchedulerNode node, ServerOptions options)
{
    /// <summary>The member of a job's document that the server owns and ignores in requests.</summary>
    public const string StatusField = "status";

    /// <summary>Reads a definition.</summary>
    /// <param name="json">The definition; may hold <see cref="StatusField"/>.</param>
    /// <param name="existing">The job that it replaces, from which masked secrets are taken; null: none.</param>
    public JobReadResult Read(JsonElement json, Job? existing) => JobReader.Read(WithoutStatus(json), new()
    {
        Dialect = JobDialect.Native,
        Defaults = options.JobDefaults,
        DefaultZone = options.DefaultZone,
        Limits = options.JobLimits,
        Now = node.Now,
        Existing = existing,
    });

    /// <summary>Reads the definition of the job that a path names.</summary>
    /// <exception cref="ProblemException">It breaks rules, or is of another job.</exception>
    public (Job Job, IReadOnlyList<JobWarning> Warnings) ReadNamed(JsonElement json, string name, Job? existing)
    {
        var result = Read(WithName(json, name), existing);
        if (result.Job is not { } job) throw new ProblemException(ProblemFactory.Invalid(result.Violations));
        if (job.Name == name) return (job, result.Warnings);
        throw new ProblemException(ProblemFactory.Invalid(new Violation(
            "name", job.Name, $"The path names the job '{name}'.", "Send the same name; to rename, make a new job.")));
    }

    /// <summary>The path says the name already; a body that leaves it out means the same job.</summary>
    private static JsonElement WithName(JsonElement json, string name)
    {
        if (json.ValueKind != JsonValueKind.Object || json.TryGetProperty("name", out _)) return json;
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("name", name);
            foreach (var property in json.EnumerateObject()) property.WriteTo(writer);
            writer.WriteEndObject();
        }

        return JsonElement.Parse(buffer.WrittenSpan);
    }

    private static JsonElement WithoutStatus(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty(StatusField, out _)) return json;
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var property in json.EnumerateObject())
                if (!property.NameEquals(StatusField)) property.WriteTo(writer);
            writer.WriteEndObject();
        }

        return JsonElement.Parse(buffer.WrittenSpan);
    }
}
