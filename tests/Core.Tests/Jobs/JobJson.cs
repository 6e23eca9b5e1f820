using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Chronos.Core.Jobs;
using Chronos.Core.Scheduling;
using NodaTime;
using Xunit;

namespace Chronos.Core.Tests.Jobs;

/// <summary>Reads and writes jobs as text.</summary>
internal static class JobJson
{
    public static readonly Instant Now = Instant.FromUtc(2026, 3, 1, 12, 30, 0);

    public static readonly JobReadOptions Chronos = new() { Dialect = JobDialect.Chronos, Now = Now };

    public static readonly JobReadOptions Native = new() { Dialect = JobDialect.Native, Now = Now };

    public static readonly JobReadOptions Stored = new() { Dialect = JobDialect.Stored, Now = Now };

    public static JobReadResult Read(string json, JobReadOptions options)
    {
        using var document = JsonDocument.Parse(json);
        return JobReader.Read(document.RootElement, options);
    }

    /// <summary>The job in <paramref name="json"/>, which must be valid.</summary>
    public static Job Job(string json, JobReadOptions options)
    {
        var result = Read(json, options);
        Assert.True(result.Job is not null, string.Join("\n", result.Violations));
        return result.Job;
    }

    /// <summary>A native job of which only one field matters.</summary>
    public static Job NativeWith(string field) =>
        Job($$"""{"name": "a", "schedule": "@daily", {{field}}}""", Native);

    public static Job ChronosWith(string field) =>
        Job($$"""{"name": "a", "schedule": "R//P1D", {{field}}}""", Chronos);

    /// <summary>The only violation of a job with the given field.</summary>
    public static Violation NativeViolation(string field) =>
        OnlyViolation($$"""{"name": "a", "schedule": "@daily", {{field}}}""", Native);

    public static Violation ChronosViolation(string field) =>
        OnlyViolation($$"""{"name": "a", "schedule": "R//P1D", {{field}}}""", Chronos);

    public static Violation OnlyViolation(string json, JobReadOptions options)
    {
        var result = Read(json, options);
        Assert.Null(result.Job);
        var violation = Assert.Single(result.Violations);
        Assert.EndsWith(".", violation.Rule, StringComparison.Ordinal);
        Assert.NotEmpty(violation.Remedy);
        return violation;
    }

    public static JobSnapshot Snapshot(Job job, JobState? state = null, Instant? next = null) => new(
        job, state ?? State, next);

    public static JobState State { get; } = new()
    {
        Incarnation = 1,
        Revision = 1,
        CreatedAt = Now,
        UpdatedAt = Now,
        Anchor = Now,
        Cursor = Now,
    };

    public static string Write(Action<Utf8JsonWriter> write, bool indented = false)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var options = new JsonWriterOptions
        {
            Indented = indented,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
        using (var writer = new Utf8JsonWriter(buffer, options)) write(writer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    public static string ToChronos(Job job, ChronosWriteOptions? options = null) =>
        Write(json => JobWriter.WriteChronos(json, Snapshot(job), options ?? ChronosWriteOptions.Default));

    public static string ToNative(Job job) => Write(json => JobWriter.WriteNative(json, job));

    public static string ToStored(Job job) => Write(json => JobWriter.WriteStored(json, job));
}
