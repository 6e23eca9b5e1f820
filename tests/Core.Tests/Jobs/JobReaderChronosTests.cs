using Chronos.Core.Jobs;
using NodaTime;
using Xunit;

namespace Chronos.Core.Tests.Jobs;

/// <summary>Job JSON of Mesos Chronos: what it accepts, and what it accepted by accident.</summary>
public class JobReaderChronosTests
{
    [Fact]
    public void Read_NeitherScheduleNorParents_RunsOnceNow()
    {
        var job = JobJson.Job("""{"name":"a","command":"true"}""", JobJson.Chronos);

        Assert.Equal("R1/2026-03-01T12:30:00.000Z/PT24H", job.Schedule?.Text);
    }

    [Theory]
    [InlineData("\"0.5\"", 0.5)]
    [InlineData("0", 0.1)]
    [InlineData("\"0\"", 0.1)]
    [InlineData("null", 0.1)]
    [InlineData("2", 2)]
    public void Read_Cpus_ZeroAndAbsentAreTheDefault(string cpus, double expected) =>
        Assert.Equal(expected, JobJson.ChronosWith($"\"cpus\":{cpus}").Resources.Cpus);

    [Fact]
    public void Read_AbsentFields_TakeTheServersDefaults()
    {
        var options = JobJson.Chronos with
        {
            Defaults = new()
            {
                Resources = new(1, 2, 3),
                Epsilon = Duration.FromMinutes(5),
                Retries = 4,
            },
        };
        var job = JobJson.Job("""{"name":"a","command":"true"}""", options);

        Assert.Equal(new Resources(1, 2, 3), job.Resources);
        Assert.Equal(Duration.FromMinutes(5), job.Schedule?.Epsilon);
        Assert.Equal(4, job.Policy.Retries);
        Assert.Same(options.Defaults.Resources, job.Resources);
    }

    [Fact]
    public void Read_TextForNumbersAndBooleans_IsRead()
    {
        var job = JobJson.ChronosWith("""
            "retries":"3","mem":"64","shell":"false","disabled":"TRUE","concurrent":1,"maxCompletionTime":"60",
            "container":{"image":"a","forcePullImage":"true","networkInfos":[{"name":"n","portMappings":
            [{"hostPort":"80","containerPort":"8080"}]}]},"environmentVariables":[{"name":"A","value":1}]
            """);

        Assert.Equal((3, 64.0), (job.Policy.Retries, job.Resources.Mem));
        Assert.False(job.Task.Shell);
        Assert.True(job.Disabled);
        Assert.Equal(Concurrency.Allow, job.Policy.Concurrency);
        Assert.Equal(Duration.FromSeconds(60), job.Policy.Timeout);
        Assert.True(job.Task.Container?.ForcePullImage);
        Assert.Equal(new PortMapping(80, 8080, null), job.Task.Container?.NetworkInfos[0].PortMappings[0]);
        Assert.Equal(new EnvironmentVariable("A", "1"), job.Task.Environment[0]);
    }

    [Fact]
    public void Read_NumberAsName_IsText() =>
        Assert.Equal("12", JobJson.Job("""{"name":12,"command":"true"}""", JobJson.Chronos).Name);

    [Theory]
    [InlineData("command")]
    [InlineData("shell")]
    [InlineData("owner")]
    [InlineData("scheduleTimeZone")]
    [InlineData("retries")]
    [InlineData("fetch")]
    [InlineData("container")]
    [InlineData("environmentVariables")]
    [InlineData("parents")]
    public void Read_Null_IsAbsent(string field)
    {
        var json = $$"""{"name":"a","schedule":"R//P1D","{{field}}":null}""";

        Assert.Equal(
            JobJson.Job("""{"name":"a","schedule":"R//P1D"}""", JobJson.Chronos), JobJson.Job(json, JobJson.Chronos));
    }

    [Fact]
    public void Read_ServersFields_AreIgnored()
    {
        var result = JobJson.Read("""
            {"name":"a","command":"true","successCount":9,"errorCount":"x","errorsSinceLastSuccess":1,
             "lastSuccess":"2026-01-01T00:00:00.000Z","lastError":""}
            """, JobJson.Chronos);

        Assert.NotNull(result.Job);
        Assert.Empty(result.Warnings);
    }

    [Theory]
    [InlineData("commnd", "Perhaps 'command' is meant.")]
    [InlineData("disable", "Perhaps 'disabled' is meant.")]
    [InlineData("dataJob", "Perhaps 'dataProcessingJobType' is meant.")]
    [InlineData("Schedule", "Perhaps 'schedule' is meant.")]
    [InlineData("zzzz", "Remove it.")]
    public void Read_UnknownField_IsIgnoredWithAWarning(string field, string advice)
    {
        var result = JobJson.Read($$"""{"name":"a","command":"true","{{field}}":1}""", JobJson.Chronos);

        Assert.NotNull(result.Job);
        var warning = Assert.Single(result.Warnings);
        Assert.Equal(field, warning.Field);
        Assert.EndsWith(advice, warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NoCommand_IsAcceptedWithAWarning() => Assert.Equal(
        "command", Assert.Single(JobJson.Read("""{"name":"a"}""", JobJson.Chronos).Warnings).Field);

    [Theory]
    [InlineData("""{"name":"a","schedule":"R//P1D","parents":[]}""")]
    [InlineData("""{"name":"a","schedule":"R//P1D","parents":null}""")]
    public void Read_ScheduleWithEmptyParents_IsScheduled(string json) =>
        Assert.Equal("R//P1D", JobJson.Job(json, JobJson.Chronos).Schedule?.Text);

    [Theory]
    [InlineData("""{"name":"a","schedule":"","parents":["b"]}""")]
    [InlineData("""{"name":"a","schedule":null,"parents":["b"]}""")]
    [InlineData("""{"name":"a","parents":["b","b"],"epsilon":"PT60S","scheduleTimeZone":"Bogus"}""")]
    public void Read_ParentsWithEmptySchedule_IsDependent(string json)
    {
        var job = JobJson.Job(json, JobJson.Chronos);

        Assert.Null(job.Schedule);
        Assert.Equal(["b"], job.Parents);
    }

    [Fact]
    public void Read_FetchAndUrisOfAListItem_IsOneListOfFiles()
    {
        var job = JobJson.ChronosWith("""
            "fetch":[{"uri":"http://a/x.tgz","executable":false,"cache":false,"extract":true}],"uris":["http://a/x.tgz"]
            """);

        Assert.Equal([new FetchUri("http://a/x.tgz", "", false, false, true)], job.Task.Fetch);
        Assert.Empty(job.Task.Uris);
    }

    [Fact]
    public void Read_ListItemPostedBack_KeepsTheOlderForm()
    {
        var job = JobJson.ChronosWith("\"uris\":[\"http://a/x.tgz\",\"/b\"]");
        var shown = JobJson.ToChronos(job, new() { MirrorFetch = true });

        Assert.Equal(job, JobJson.Job(shown, JobJson.Chronos with { Existing = job }));
    }

    [Fact]
    public void Read_RepeatedVariable_FirstCountsWithAWarning()
    {
        var result = JobJson.Read("""
            {"name":"a","command":"true",
             "environmentVariables":[{"name":"A","value":"1"},{"name":"A","value":"2"}]}
            """, JobJson.Chronos);

        Assert.Equal([new EnvironmentVariable("A", "1")], result.Job?.Task.Environment ?? []);
        Assert.Single(result.Warnings);
    }

    [Theory]
    [InlineData("mesos", ContainerType.Mesos)]
    [InlineData("DOCKER", ContainerType.Docker)]
    public void Read_ContainerType_IgnoresCase(string type, ContainerType expected) => Assert.Equal(
        expected, JobJson.ChronosWith($$"""  "container":{"type":"{{type}}","image":"a"}""").Task.Container?.Type);

    [Theory]
    [InlineData(JobKindExpectation.Scheduled, """{"name":"a","parents":["b"]}""", "parents")]
    [InlineData(JobKindExpectation.Dependent, """{"name":"a","schedule":"R//P1D"}""", "parents")]
    [InlineData(JobKindExpectation.Dependent, """{"name":"a"}""", "parents")]
    [InlineData(JobKindExpectation.Dependent, """{"name":"a","parents":[]}""", "parents")]
    public void Read_WrongKindForTheAddress_IsRefused(JobKindExpectation kind, string json, string field) =>
        Assert.Equal(field, JobJson.OnlyViolation(json, JobJson.Chronos with { Kind = kind }).Field);

    [Theory]
    [InlineData(JobKindExpectation.Scheduled, """{"name":"a","schedule":"R//P1D"}""")]
    [InlineData(JobKindExpectation.Scheduled, """{"name":"a"}""")]
    [InlineData(JobKindExpectation.Dependent, """{"name":"a","parents":["b"]}""")]
    public void Read_RightKindForTheAddress_IsAccepted(JobKindExpectation kind, string json) =>
        Assert.NotNull(JobJson.Read(json, JobJson.Chronos with { Kind = kind }).Job);

    [Fact]
    public void Read_JobStartedByHandPostedBack_StaysSo()
    {
        var job = JobJson.Job("""{"name":"a","command":"true"}""", JobJson.Native);
        var shown = JobJson.ToChronos(job);

        Assert.Equal(job, JobJson.Job(shown, JobJson.Chronos with { Existing = job }));
        Assert.Equal("parents", JobJson.OnlyViolation(shown, JobJson.Chronos).Field);
    }
}
