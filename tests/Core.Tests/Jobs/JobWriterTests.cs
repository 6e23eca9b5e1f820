using System.Text.Json;
using Chronos.Core.Jobs;
using NodaTime;
using Xunit;

namespace Chronos.Core.Tests.Jobs;

public class JobWriterTests
{
    private static readonly Instant Due = Instant.FromUtc(2030, 1, 31, 12, 0);

    private static string Show(Job job, JobState state, Instant? next) => JobJson.Write(json =>
        JobWriter.WriteChronos(json, JobJson.Snapshot(job, state, next), ChronosWriteOptions.Default));

    private static string ShownSchedule(string schedule, string zone, JobState state, Instant? next)
    {
        var job = JobJson.Job(
            $$"""{"name":"a","schedule":"{{schedule}}","scheduleTimeZone":"{{zone}}"}""", JobJson.Chronos);
        using var shown = JsonDocument.Parse(Show(job, state, next));
        return shown.RootElement.GetProperty("schedule").GetString()!;
    }

    [Fact]
    public void WriteChronos_FullJob_IsTheSameText()
    {
        var job = JobJson.Job(JobSamples.FullChronos, JobJson.Chronos);
        var text = JobJson.Write(
            json => JobWriter.WriteChronos(json, JobJson.Snapshot(job), ChronosWriteOptions.Default), indented: true);

        Assert.Equal(JobSamples.FullChronos, text);
    }

    [Fact]
    public void WriteChronos_PlainJob_PrintsTheUnionOfBothVersions() => Assert.Equal(
        """
        {"name":"a","command":"true","shell":true,"epsilon":"PT60S","executor":"","executorFlags":"","taskInfoData":"",
        "retries":2,"owner":"","ownerName":"","description":"","async":false,"successCount":0,"errorCount":0,
        "lastSuccess":"","lastError":"","cpus":0.1,"disk":256.0,"mem":128.0,"disabled":false,"softError":false,
        "dataProcessingJobType":false,"errorsSinceLastSuccess":0,"fetch":[],"uris":[],"environmentVariables":[],
        "arguments":[],"highPriority":false,"runAsUser":"root","concurrent":false,"maxCompletionTime":0,
        "constraints":[],"parents":["b","c"]}
        """.ReplaceLineEndings(""),
        JobJson.ToChronos(JobJson.Job("""{"name":"a","command":"true","parents":["c","b"]}""", JobJson.Chronos)));

    [Fact]
    public void WriteChronos_Counters_ComeFromTheState()
    {
        var state = JobJson.State with
        {
            Counters = new()
            {
                SuccessCount = 5,
                ErrorCount = 2,
                ErrorsSinceLastSuccess = 1,
                LastSuccess = JobJson.Now,
                LastError = JobJson.Now + Duration.FromMilliseconds(1.5),
            },
        };
        var shown = Show(JobJson.ChronosWith("\"retries\":0"), state, next: null);

        Assert.Contains("\"successCount\":5,\"errorCount\":2,\"lastSuccess\":\"2026-03-01T12:30:00.000Z\"," +
            "\"lastError\":\"2026-03-01T12:30:00.001Z\",", shown, StringComparison.Ordinal);
        Assert.Contains("\"errorsSinceLastSuccess\":1,", shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("R5/2030-01-31T13:00:00Z/P1M", "Europe/Berlin")]
    [InlineData("R//P1D", "")]
    [InlineData("0 13 31 * *", "Europe/Berlin")]
    public void WriteChronos_BeforeTheFirstOccurrence_ShowsTheScheduleAsPosted(string schedule, string zone) =>
        Assert.Equal(schedule, ShownSchedule(schedule, zone, JobJson.State, Due));

    [Fact]
    public void WriteChronos_AfterAnOccurrence_ShowsWhatIsLeft()
    {
        var next = Instant.FromUtc(2030, 2, 28, 12, 0);
        var fired = JobJson.State with { HasFired = true, Cursor = Due };

        Assert.Equal("R4/2030-02-28T13:00:00.000+01:00/P1M",
            ShownSchedule("R5/2030-01-31T13:00:00Z/P1M", "Europe/Berlin", fired, next));
        Assert.Equal("R/2030-02-28T12:00:00.000Z/P1M", ShownSchedule("R/2030-01-31T12:00:00Z/P1M", "", fired, next));
        Assert.Equal("0 12 * * *", ShownSchedule("0 12 * * *", "", fired, next));
    }

    [Fact]
    public void WriteChronos_AnchoredSchedule_GetsAConcreteStart()
    {
        var fired = JobJson.State with { HasFired = true };

        Assert.Equal("R/2026-03-02T12:30:00.000Z/P1D",
            ShownSchedule("R//P1D", "", fired, JobJson.Now + Duration.FromDays(1)));
    }

    [Theory]
    [InlineData("R1/2030-01-31T12:00:00Z/P1D", "R0/2030-02-01T12:00:00.000Z/P1D")]
    [InlineData("R1/2030-01-31T12:00:00Z/PT0S", "R0/2030-01-31T12:00:00.000Z/PT0S")]
    public void WriteChronos_EndedSchedule_HasNoRepetitionLeft(string schedule, string expected) => Assert.Equal(
        expected, ShownSchedule(schedule, "", JobJson.State with { HasFired = true, Cursor = Due }, next: null));

    [Fact]
    public void WriteChronos_MirrorFetch_ShowsBothForms()
    {
        var job = JobJson.ChronosWith("\"uris\":[\"/x\"]");
        const string fetch = "\"fetch\":[{\"uri\":\"/x\",\"executable\":false,\"cache\":false,\"extract\":true}]";

        Assert.Contains("\"fetch\":[],\"uris\":[\"/x\"]", JobJson.ToChronos(job), StringComparison.Ordinal);
        Assert.Contains($"{fetch},\"uris\":[\"/x\"]", JobJson.ToChronos(job, new() { MirrorFetch = true }),
            StringComparison.Ordinal);
    }

    [Fact]
    public void WriteChronos_Additions_FollowOnlyWhereSet()
    {
        var plain = JobJson.ToChronos(JobJson.ChronosWith("\"retries\":2"));
        var added = JobJson.ToChronos(JobJson.ChronosWith("""
            "concurrency":"queue","timeout":"1.5s","labels":{"a":"b"}
            """));

        Assert.EndsWith("\"schedule\":\"R//P1D\",\"scheduleTimeZone\":\"\"}", plain, StringComparison.Ordinal);
        Assert.Contains("\"concurrent\":false,\"maxCompletionTime\":2,", added, StringComparison.Ordinal);
        Assert.EndsWith("\"labels\":{\"a\":\"b\"},\"timeout\":\"PT1.5S\",\"concurrency\":\"queue\"}", added,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Write_Secrets_OnlyTheStoreSeesThem()
    {
        var job = JobJson.NativeWith("\"secrets\":{\"T\":\"hunter2\"}");
        const string masked = "\"secrets\":[{\"name\":\"T\",\"value\":\"********\"}]";

        Assert.Contains(masked, JobJson.ToChronos(job), StringComparison.Ordinal);
        Assert.Contains(masked, JobJson.ToNative(job), StringComparison.Ordinal);
        Assert.Contains("hunter2", JobJson.ToStored(job), StringComparison.Ordinal);
    }

    [Fact]
    public void WriteStored_PlainJob_IsShort() => Assert.Equal(
        """{"v":1,"name":"a","schedule":"@daily","command":"true","retries":1}""",
        JobJson.ToStored(JobJson.NativeWith("\"retries\":1,\"command\":\"true\"")));

    [Fact]
    public void WriteNative_FullJob_HasEveryField()
    {
        using var sample = JsonDocument.Parse(JobSamples.FullNative);
        using var shown = JsonDocument.Parse(JobJson.ToNative(JobJson.Job(JobSamples.FullNative, JobJson.Native)));

        Assert.Equal(
            sample.RootElement.EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal),
            shown.RootElement.EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal));
    }
}
