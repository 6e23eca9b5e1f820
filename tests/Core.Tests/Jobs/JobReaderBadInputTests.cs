using System.Text;
using System.Text.Json;
using Chronos.Core.Jobs;
using FsCheck.Fluent;
using Xunit;

namespace Chronos.Core.Tests.Jobs;

/// <summary>What Mesos Chronos refused, dropped in silence, or died of.</summary>
public class JobReaderBadInputTests
{
    [Theory]
    [InlineData("""{"name":"a/b"}""", "name")]
    [InlineData("""{"command":"true"}""", "name")]
    [InlineData("""{"name":null}""", "name")]
    [InlineData("""{"name":"a","schedule":"FOO"}""", "schedule")]
    [InlineData("""{"name":"a","schedule":""}""", "schedule")]
    [InlineData("""{"name":"a","schedule":"R/1969-12-31T00:00:00Z/P1D"}""", "schedule")]
    [InlineData("""{"name":"a","fetch":[{"uri":"x"}],"uris":["y"]}""", "uris")]
    [InlineData("""{"name":"a","parents":[]}""", "parents")]
    [InlineData("""{"name":"a","parents":["a"]}""", "parents")]
    [InlineData("""{"name":"a","parents":["b","x/y"]}""", "parents")]
    [InlineData("""{"name":"a","schedule":"R//P1D","parents":["b"]}""", "schedule")]
    public void Read_BadJob_NamesTheField(string json, string field) =>
        Assert.Equal(field, JobJson.OnlyViolation(json, JobJson.Chronos).Field);

    [Theory]
    [InlineData("cpus", "\"abc\"")]
    [InlineData("cpus", "-1")]
    [InlineData("cpus", "1e999")]
    [InlineData("cpus", "\"NaN\"")]
    [InlineData("retries", "\"abc\"")]
    [InlineData("retries", "2.5")]
    [InlineData("retries", "-1")]
    [InlineData("retries", "101")]
    [InlineData("disabled", "\"yes\"")]
    [InlineData("disabled", "2")]
    [InlineData("shell", "[]")]
    [InlineData("command", "[\"ls\"]")]
    [InlineData("command", "\"a\\u0000b\"")]
    [InlineData("command", "\"\\ud800\"")]
    [InlineData("description", "{}")]
    [InlineData("arguments", "\"-a\"")]
    [InlineData("parents", "\"b\"")]
    [InlineData("epsilon", "\"P1M\"")]
    [InlineData("epsilon", "\"soon\"")]
    [InlineData("maxCompletionTime", "-5")]
    [InlineData("scheduleTimeZone", "\"Bogus/Nowhere\"")]
    [InlineData("container", "{\"type\":\"docker\"}", "container.image")]
    [InlineData("container", "{\"image\":\"a\",\"type\":\"lxc\"}", "container.type")]
    [InlineData("container", "{\"image\":\"a\",\"network\":\"mesh\"}", "container.network")]
    [InlineData("container", "{\"image\":\"a\",\"forcePullImage\":\"perhaps\"}", "container.forcePullImage")]
    [InlineData("container", "{\"image\":\"a\",\"volumes\":[{}]}", "container.volumes[0].containerPath")]
    [InlineData("container", "{\"image\":\"a\",\"networkInfos\":[{\"name\":\"n\",\"protocol\":\"IPX\"}]}",
        "container.networkInfos[0].protocol")]
    [InlineData("constraints", "[[\"rack\",\"UNIQUE\",\"x\"]]", "constraints[0][1]")]
    [InlineData("constraints", "[[\"rack\",\"like\",\"x\"]]", "constraints[0][1]")]
    [InlineData("constraints", "[[\"rack\",\"LIKE\"]]", "constraints[0]")]
    [InlineData("constraints", "[[\"rack\",\"LIKE\",\"[[[\"]]", "constraints[0][2]")]
    [InlineData("constraints", "[[\"rack\",\"LIKE\",\")(\"]]", "constraints[0][2]")]
    [InlineData("constraints", "[[\"\",\"EQUALS\",\"x\"]]", "constraints[0][0]")]
    [InlineData("environmentVariables", "[{\"name\":\"A\"}]", "environmentVariables[0].value")]
    [InlineData("environmentVariables", "[{\"value\":\"A\"}]", "environmentVariables[0].name")]
    [InlineData("environmentVariables", "[{\"name\":\"A=B\",\"value\":\"\"}]", "environmentVariables[0].name")]
    [InlineData("environmentVariables", "{\"A\":null}", "environmentVariables.A")]
    [InlineData("environmentVariables", "\"A=1\"")]
    [InlineData("fetch", "[{}]", "fetch[0].uri")]
    [InlineData("fetch", "[{\"uri\":\"x\",\"output_file\":\"../x\"}]", "fetch[0].output_file")]
    [InlineData("uris", "[\"\"]")]
    [InlineData("uris", "[null]", "uris[0]")]
    public void Read_BadField_IsRefused(string field, string value, string? path = null) =>
        Assert.Equal(path ?? field, JobJson.ChronosViolation($"\"{field}\":{value}").Field);

    [Fact]
    public void Read_SeveralFaults_AreAllTold()
    {
        var result = JobJson.Read("""
            {"name":"a/b","schedule":"FOO","retries":"x","cpus":-1,
             "constraints":[["r","NO","x"],["r","LIKE","("]],
             "environmentVariables":[{"name":""},{"name":"B","value":[]}]}
            """, JobJson.Chronos);

        Assert.Null(result.Job);
        Assert.Equal(
            [
                "constraints[0][1]", "constraints[1][2]", "cpus", "environmentVariables[0].name",
                "environmentVariables[0].value", "environmentVariables[1].value", "name", "retries", "schedule",
            ],
            result.Violations.Select(violation => violation.Field).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("""{"name":"a","name":"b"}""", "name")]
    [InlineData("""{"name":"a","container":{"image":"x","image":"y"}}""", "container.image")]
    [InlineData("""{"name":"a","n\u0061me":"b"}""", "name")]
    public void Read_FieldGivenTwice_IsRefused(string json, string field) =>
        Assert.Equal(field, JobJson.OnlyViolation(json, JobJson.Chronos).Field);

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"job\"")]
    public void Read_NoObject_IsRefused(string json)
    {
        Assert.Equal("", JobJson.OnlyViolation(json, JobJson.Chronos).Field);
        Assert.Equal("", JobJson.OnlyViolation(json, JobJson.Native).Field);
        Assert.Equal("", JobJson.OnlyViolation(json, JobJson.Stored).Field);
    }

    [Fact]
    public void Read_UnreadableParents_DoNotSeemAbsent()
    {
        var violation = JobJson.OnlyViolation("""{"name":"a","parents":7,"trigger":"failure"}""", JobJson.Native);

        Assert.Equal("parents", violation.Field);
    }

    [Fact]
    public void Read_OversizedValues_AreRefusedAndCut()
    {
        var text = new string('x', 70_000);
        var many = string.Join(',', Enumerable.Repeat("\"x\"", 1_001));

        Assert.Equal(200, JobJson.ChronosViolation($"\"command\":\"{text}\"").Value?.Length);
        Assert.Equal("description", JobJson.ChronosViolation($"\"description\":\"{text}\"").Field);
        Assert.Equal("arguments", JobJson.ChronosViolation($"\"arguments\":[{many}]").Field);
        Assert.Equal("constraints[0][2]",
            JobJson.ChronosViolation($"\"constraints\":[[\"a\",\"LIKE\",\"{text[..1_001]}\"]]").Field);
    }

    [Fact]
    public void Read_ManyFaults_AreBounded()
    {
        var many = string.Join(',', Enumerable.Repeat("{}", 1_000));

        Assert.Equal(100, JobJson.Read($$"""{"name":"a","fetch":[{{many}}]}""", JobJson.Chronos).Violations.Count);
    }

    [Fact]
    public void Read_BrokenUnicodeInAName_IsRefused()
    {
        var json = Encoding.UTF8.GetBytes("{\"name\":\"a\",\"X\":1}");
        json[Array.IndexOf(json, (byte)'X')] = 0xFF;
        using var document = JsonDocument.Parse(json);

        Assert.Single(JobReader.Read(document.RootElement, JobJson.Native).Violations);
        Assert.Equal("\\ud800", JobJson.OnlyViolation("""{"name":"a","\ud800":1}""", JobJson.Native).Field);
    }

    [Theory]
    [InlineData("\"secrets\":[{\"name\":\"A\",\"value\":7}]")]
    [InlineData("\"secrets\":[{\"name\":\"A\",\"value\":\"hunter2\\u0000\"}]")]
    [InlineData("\"secrets\":\"hunter2\"")]
    [InlineData("\"secrets\":[{\"name\":\"A\",\"value\":\"x\",\"valeu\":\"hunter2\"}]")]
    [InlineData("\"secrets\":[{\"name\":\"A\",\"value\":\"hunter2\",\"value\":\"hunter2\"}]")]
    [InlineData("\"secrets\":{\"A=\":\"hunter2\"}")]
    public void Read_BadSecret_IsNotRepeated(string field) =>
        Assert.DoesNotContain("hunter2", JobJson.NativeViolation(field).ToString(), StringComparison.Ordinal);

    /// <summary>Takes a full job apart: any value in place of any field gives a job or violations, never an
    /// exception.</summary>
    [Fact]
    public void Read_AnyValueInAnyField_NeverThrows()
    {
        string[] values =
        [
            "null", "true", "0", "-1", "1e400", "1.5", "\"\"", "\"x\"", "\"\\u0000\"", "\"\\udc00\"", "[]", "[null]",
            "[[]]", "[1,2,3]", "[\"a\",\"LIKE\",\"(\"]", "{}", "{\"\":1}", "{\"name\":{}}", "[{\"name\":[],\"to\":7}]",
        ];
        using var full = JsonDocument.Parse(JobSamples.FullNative);
        string[] fields = [.. full.RootElement.EnumerateObject().Select(property => property.Name), "v", "nope"];
        Properties.Hold(
            from field in Gen.Elements(fields)
            from value in Gen.Elements(values)
            from other in Gen.Elements(fields)
            from otherValue in Gen.Elements(values)
            from options in Gen.Elements(JobJson.Chronos, JobJson.Native, JobJson.Stored)
            select ($$"""{"name":"a","v":1,"{{field}}":{{value}},"{{other}}":{{otherValue}}}""", options),
            sample =>
            {
                var result = JobJson.Read(sample.Item1, sample.options);
                return result.Job is null != result.Violations.IsEmpty;
            },
            tests: 3_000);
    }
}
