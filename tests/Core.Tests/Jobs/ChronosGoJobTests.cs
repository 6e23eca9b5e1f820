using System.Text.Json;
using Chronos.Core.Jobs;
using Xunit;

namespace Chronos.Core.Tests.Jobs;

public class ChronosGoJobTests
{
    private const string Ping =
        """{"name":"ping1","enabled":true,"schedule":"*/13 * * * * ?","dockerimage":"ubuntu:14.04",""" +
        "\"command\":\"ping\",\"cpus\":2,\"mem\":10}";

    private static JobReadResult Read(string json, Job? existing = null)
    {
        using var document = JsonDocument.Parse(json);
        return ChronosGoJob.Read(document.RootElement, JobJson.Native with { Existing = existing });
    }

    private static Job Job(string json, Job? existing = null)
    {
        var result = Read(json, existing);
        Assert.True(result.Job is not null, string.Join("\n", result.Violations));
        return result.Job;
    }

    [Fact]
    public void Read_SampleJob_KeepsWhatChronosGoDid()
    {
        var job = Job(Ping);

        Assert.Equal("ping1", job.Name);
        Assert.Equal("*/13 * * * * ?", job.Schedule?.Text);
        Assert.Equal(new Container { Image = "ubuntu:14.04" }, job.Task.Container);
        Assert.Equal(new Resources(2, 10, 256), job.Resources);
        Assert.False(job.Disabled);
        Assert.Equal((0, Concurrency.Allow), (job.Policy.Retries, job.Policy.Concurrency));
        Assert.Equal(MissedMode.None, job.Schedule?.Missed.Mode);
    }

    [Fact]
    public void Read_FiveFields_KeepsSecondFirstMeaning()
    {
        var job = Job("""{"name":"a","enabled":true,"schedule":"30 0 9 1 *"}""");

        Assert.Equal("30 0 9 1 * *", job.Schedule?.Text); // 09:00:30 on the 1st, not the 9th of January
    }

    [Fact]
    public void Read_GoZeroValues_IsADisabledJobWithDefaults()
    {
        var job = Job("""{"NAME":"a","unknown":1}""");

        Assert.True(job.Disabled);
        Assert.Null(job.Schedule);
        Assert.Null(job.Task.Container);
        Assert.Equal(Resources.Default, job.Resources);
    }

    [Theory]
    [InlineData("60 * * * * *")]
    [InlineData("* * * *")]
    [InlineData("* * * * * 7")]
    [InlineData("0 0 0 L * *")]
    [InlineData("")]
    public void Read_ScheduleThatChronosGoRefused_IsRefused(string schedule) => Assert.Contains(
        Read($$"""{"name":"a","enabled":true,"schedule":"{{schedule}}"}""").Violations, v => v.Field == "schedule");

    [Fact]
    public void Read_OverExisting_KeepsWhatTheFormCannotSay()
    {
        var existing = JobJson.Job(
            """{"name":"a","command":"x","schedule":"0 2 * * *","epsilon":"5m","retries":7,"labels":{"k":"v"}}""",
            JobJson.Native);
        var shown = JobJson.Write(json => ChronosGoJob.Write(json, existing));

        Assert.Contains("\"schedule\":\"0 0 2 * * *\"", shown, StringComparison.Ordinal);
        Assert.Equal(existing, Job(shown, existing));
    }

    [Fact]
    public void Write_SampleJob_IsTheSameText() =>
        Assert.Equal(Ping, JobJson.Write(json => ChronosGoJob.Write(json, Job(Ping))));
}
