using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Runtime.Ports;
using NodaTime;

namespace Chronos.Storage.History;

/// <summary>The <c>json</c> column of <c>runs</c>: what the other columns do not hold. Not safe for concurrent use,
/// because it keeps one buffer for all rows.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A JSON writer over memory has nothing to release.")]
internal sealed class RunDocument
{
    private static readonly JsonEncodedText Version = JsonEncodedText.Encode("v");
    private static readonly JsonEncodedText Labels = JsonEncodedText.Encode("labels");
    private readonly ArrayBufferWriter<byte> buffer = new();
    private readonly Utf8JsonWriter writer;

    // The database is the border; what comes out of Core needs no second check for well-formedness.
    public RunDocument() => writer = new(buffer, new() { SkipValidation = true });

    /// <summary>The document of a record; valid until the next call.</summary>
    public ReadOnlySpan<byte> Write(RunRecord record)
    {
        buffer.ResetWrittenCount();
        writer.Reset();
        writer.WriteStartObject();
        writer.WriteNumber(Version, RunJson.Version);
        if (!record.Labels.IsEmpty)
        {
            writer.WriteStartObject(Labels);
            foreach (var label in record.Labels.AsSpan()) writer.WriteString(label.Key, label.Value);
            writer.WriteEndObject();
        }

        RunJson.WriteDetails(writer, record.Run);
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan;
    }

    /// <summary>The record in a row.</summary>
    /// <exception cref="FormatException">The row does not make sense.</exception>
    public static RunRecord Read(in RunRow row)
    {
        try
        {
            using var document = JsonDocument.Parse(row.Json);
            return new(
                row.Job,
                LabelsOf(document.RootElement),
                row.Owner,
                RunJson.ReadDetails(document.RootElement, Listed(row)));
        }
        catch (Exception error) when (IsOfContent(error))
        {
            throw new FormatException($"Run '{row.Id}': {error.Message}", error);
        }
    }

    /// <summary>The labels and the number of attempts in a document.</summary>
    /// <exception cref="FormatException">The document does not make sense.</exception>
    public static (ValueList<Label> Labels, int AttemptCount) ReadOutline(ReadOnlySpan<byte> json)
    {
        try
        {
            return Outline(json);
        }
        catch (Exception error) when (IsOfContent(error))
        {
            throw new FormatException(error.Message, error);
        }
    }

    private static (ValueList<Label> Labels, int AttemptCount) Outline(ReadOnlySpan<byte> json)
    {
        using var document = JsonDocument.Parse(json.ToArray());
        var root = document.RootElement;
        var count = root.TryGetProperty("attempt"u8, out var current) ? current.GetInt32() : 0;
        if (root.TryGetProperty("attempts"u8, out var ended))
            foreach (var attempt in ended.EnumerateArray())
                count = Math.Max(count, attempt.GetProperty("number"u8).GetInt32());
        return (LabelsOf(root), count);
    }

    /// <summary>JSON that is no JSON, has a number for a text or bytes that are no UTF-8, or lacks a property.
    /// </summary>
    private static bool IsOfContent(Exception error) =>
        error is JsonException or FormatException or InvalidOperationException or KeyNotFoundException
            or OverflowException or ArgumentException;

    private static ValueList<Label> LabelsOf(JsonElement root) =>
        root.TryGetProperty("labels"u8, out var labels)
            ? labels.EnumerateObject()
                .Select(label => new Label(label.Name, label.Value.GetString() ?? ""))
                .ToValueList()
            : [];

    private static Run Listed(in RunRow row)
    {
        if (!RunId.TryParse(row.Id, out var id)
            || !RunJson.TryParse(Encoding.UTF8.GetBytes(row.State), out RunState state)
            || !RunJson.TryParse(Encoding.UTF8.GetBytes(row.Cause), out RunCauseKind cause))
            throw new FormatException(
                $"The run '{row.Id}' has the state '{row.State}' and the cause '{row.Cause}', not all known.");
        return new()
        {
            Id = id,
            Nominal = Instant.FromUnixTimeTicks(row.Nominal),
            State = state,
            CreatedAt = Instant.FromUnixTimeTicks(row.Created),
            StartedAt = InstantOf(row.Started),
            EndedAt = InstantOf(row.Ended),
            Cause = new(cause, ""),
        };
    }

    private static Instant? InstantOf(long? ticks) => ticks is { } value ? Instant.FromUnixTimeTicks(value) : null;
}
