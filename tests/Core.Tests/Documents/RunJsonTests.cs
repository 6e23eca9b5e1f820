using System.Buffers;
using System.Reflection;
using System.Text;
using System.Text.Json;
using Chronos.Core.Runs;
using NodaTime;
using Xunit;

namespace Chronos.Core.Tests.Documents;

public sealed class RunJsonTests
{
    [Fact]
    public void Read_RunWithEveryField_IsEqual() =>
        Assert.Equal(DocumentSamples.FullRun, Read(Write(DocumentSamples.FullRun)));

    [Fact]
    public void Read_RunWithDefaults_IsEqual() =>
        Assert.Equal(DocumentSamples.SmallRun, Read(Write(DocumentSamples.SmallRun)));

    /// <summary>Guards the round-trip tests: a property added to the record but not to the sample would go untested.
    /// </summary>
    [Fact]
    public void FullRun_EveryProperty_DiffersFromItsDefault()
    {
        foreach (var property in typeof(Run).GetProperties(BindingFlags.Public | BindingFlags.Instance))
            Assert.NotEqual(
                property.GetValue(DocumentSamples.SmallRun), property.GetValue(DocumentSamples.FullRun));
    }

    [Fact]
    public void Write_RunWithDefaults_LeavesThemOut() => Assert.Equal(
        """{"v":1,"id":"01KDVDH8006CTPSTV06KQ7GXQ6","nominal":"2026-01-01T00:00:00Z",""" +
            "\"createdAt\":\"2026-01-01T00:00:00Z\"}",
        Write(DocumentSamples.SmallRun with { Id = Id("01KDVDH8006CTPSTV06KQ7GXQ6") }));

    [Fact]
    public void Read_UnknownFields_AreIgnored()
    {
        var json = Write(DocumentSamples.FullRun).Replace(
            "\"attempt\":", "\"later\":{\"state\":\"x\"},\"attempt\":", StringComparison.Ordinal);

        Assert.Equal(DocumentSamples.FullRun, Read(json));
    }

    [Fact]
    public void Read_NewerVersion_IsRefusedAndNamesBoth()
    {
        var json = Write(DocumentSamples.SmallRun).Replace("\"v\":1", "\"v\":2", StringComparison.Ordinal);

        var error = Assert.Throws<FormatException>(() => Read(json));

        Assert.Contains("format version 2", error.Message, StringComparison.Ordinal);
        Assert.Contains("1 to 1", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"v":1}""", "id")]
    [InlineData("""{"v":1,"id":"x"}""", "id")]
    [InlineData("""{"v":1,"id":5}""", "id")]
    [InlineData("""{"v":1,"state":"Succeeded"}""", "state")]
    [InlineData("""{"v":1,"nominal":"yesterday"}""", "nominal")]
    [InlineData("""{"v":1,"nominal":"2026-01-01T00:00:00"}""", "nominal")]
    [InlineData("""{"v":1,"attempts":{}}""", "attempts")]
    [InlineData("""{"v":1,"attempts":[3]}""", "attempts")]
    [InlineData("""{"v":1,"attempt":1.5}""", "attempt")]
    [InlineData("""{"v":1,"agent":null}""", "agent")]
    [InlineData("[]", "run")]
    public void Read_WrongField_IsNamed(string json, string field)
    {
        var error = Assert.Throws<FormatException>(() => Read(json));

        Assert.Contains($"'{field}'", error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<Instant> Instants =>
    [
        Instant.FromUtc(2026, 11, 21, 3, 0),
        Instant.FromUtc(2026, 11, 21, 3, 0).PlusTicks(1),
        Instant.FromUtc(2026, 11, 21, 3, 0).PlusTicks(5_000_000),
        Instant.FromUtc(2026, 11, 21, 3, 0).PlusNanoseconds(123_456_789),
        Instant.FromUtc(1969, 12, 31, 23, 59).PlusTicks(-1),
        Instant.FromUtc(1, 1, 1, 0, 0),
        Instant.FromUtc(-44, 3, 15, 0, 0),
        Instant.FromUtc(9999, 12, 31, 23, 59).PlusTicks(599_999_999),
        Instant.MinValue,
        Instant.MaxValue,
    ];

    [Theory]
    [MemberData(nameof(Instants))]
    public void Read_AnyInstant_IsEqual(Instant instant)
    {
        var run = DocumentSamples.SmallRun with { Nominal = instant, EndedAt = instant };

        Assert.Equal(run, Read(Write(run)));
    }

    [Fact]
    public void ReadDetails_RunWithEveryField_CompletesWhatColumnsHold()
    {
        var full = DocumentSamples.FullRun;
        var listed = DocumentSamples.SmallRun with
        {
            Id = full.Id,
            Cause = new(full.Cause.Kind, ""),
            Nominal = full.Nominal,
            CreatedAt = full.CreatedAt,
            State = full.State,
            StartedAt = full.StartedAt,
            EndedAt = full.EndedAt,
        };
        var json = Text(writer =>
        {
            writer.WriteStartObject();
            RunJson.WriteDetails(writer, full);
            writer.WriteEndObject();
        });

        using var document = JsonDocument.Parse(json);
        Assert.Equal(full, RunJson.ReadDetails(document.RootElement, listed));
        Assert.False(document.RootElement.TryGetProperty("nominal", out _));
    }

    [Fact]
    public void Word_EveryState_ParsesBack()
    {
        foreach (var state in Enum.GetValues<RunState>())
        {
            Assert.True(RunJson.TryParse(Encoding.UTF8.GetBytes(RunJson.Word(state)), out RunState parsed));
            Assert.Equal(state, parsed);
        }

        Assert.False(RunJson.TryParse("unheard"u8, out RunState _));
    }

    private static RunId Id(string text) => RunId.TryParse(text, out var id) ? id : throw new FormatException(text);

    private static string Write(Run run) => Text(writer => RunJson.Write(writer, run));

    private static string Text(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer)) write(writer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static Run Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        return RunJson.Read(document.RootElement);
    }
}
