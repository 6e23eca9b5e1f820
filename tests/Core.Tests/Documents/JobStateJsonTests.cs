using System.Buffers;
using System.Reflection;
using System.Text;
using System.Text.Json;
using Chronos.Core.Jobs;
using Xunit;

namespace Chronos.Core.Tests.Documents;

public sealed class JobStateJsonTests
{
    [Fact]
    public void Read_StateWithEveryField_IsEqual() =>
        Assert.Equal(DocumentSamples.FullState, Read(Write(DocumentSamples.FullState)));

    [Fact]
    public void Read_StateWithDefaults_IsEqual() =>
        Assert.Equal(DocumentSamples.SmallState, Read(Write(DocumentSamples.SmallState)));

    /// <summary>Guards the round-trip tests: a property added to the record but not to the sample would go untested.
    /// </summary>
    [Fact]
    public void FullState_EveryProperty_DiffersFromItsDefault()
    {
        AssertAllDiffer(DocumentSamples.SmallState, DocumentSamples.FullState);
        AssertAllDiffer(JobCounters.None, DocumentSamples.FullState.Counters);
    }

    [Fact]
    public void Write_StateWithDefaults_LeavesThemOut() => Assert.Equal(
        "{'v':1,'incarnation':1,'revision':1,'createdAt':'2026-01-01T00:00:00Z','updatedAt':'2026-01-01T00:00:00Z',"
        + "'anchor':'2026-01-01T00:00:00Z','cursor':'2026-01-01T00:00:00Z'}",
        Write(DocumentSamples.SmallState).Replace('"', '\''));

    [Fact]
    public void Read_UnknownFields_AreIgnored()
    {
        var json = Write(DocumentSamples.FullState).Replace(
            "\"anchor\":", "\"later\":[1],\"anchor\":", StringComparison.Ordinal);

        Assert.Equal(DocumentSamples.FullState, Read(json));
    }

    [Theory]
    [InlineData("2")]
    [InlineData("0")]
    [InlineData("2147483647")]
    public void Read_VersionNotKnown_IsRefused(string version)
    {
        var json = Write(DocumentSamples.SmallState).Replace("\"v\":1", $"\"v\":{version}", StringComparison.Ordinal);

        var error = Assert.Throws<FormatException>(() => Read(json));

        Assert.Contains($"format version {version}", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"v":1,"incarnation":1}""", "revision")]
    [InlineData("""{"v":1,"counters":{"success":"1"}}""", "success")]
    [InlineData("""{"v":1,"finishedParents":[1]}""", "finishedParents")]
    [InlineData("""{"v":1,"hasFired":1}""", "hasFired")]
    public void Read_WrongField_IsNamed(string json, string field)
    {
        var error = Assert.Throws<FormatException>(() => Read(json));

        Assert.Contains($"'{field}'", error.Message, StringComparison.Ordinal);
    }

    private static void AssertAllDiffer(object small, object full)
    {
        foreach (var property in full.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
            Assert.NotEqual(property.GetValue(small), property.GetValue(full));
    }

    private static string Write(JobState state)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer)) JobStateJson.Write(writer, state);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static JobState Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        return JobStateJson.Read(document.RootElement);
    }
}
