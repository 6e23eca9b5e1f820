using Chronos.Core.Jobs;
using Chronos.Core.Schedules;
using NodaTime;
using Xunit;

namespace Chronos.Core.Tests.Jobs;

public class JobReaderNativeTests
{
    private static readonly Instant NewYear = Instant.FromUtc(2026, 1, 1, 0, 0);

    [Fact]
    public void Read_NeitherScheduleNorParents_IsStartedByHand()
    {
        var job = JobJson.Job("""{"name":"a","command":"true"}""", JobJson.Native);

        Assert.Null(job.Schedule);
        Assert.Empty(job.Parents);
    }

    [Fact]
    public void Read_PlainJob_SharesTheDefaults()
    {
        var job = JobJson.Job(
            """{"name":"a","command":"true","schedule":"@daily","cpus":0.1,"retries":2,"shell":true,"owner":""}""",
            JobJson.Native);

        Assert.Same(TaskOptions.Default, job.Task);
        Assert.Same(RunPolicy.Default, job.Policy);
        Assert.Same(Resources.Default, job.Resources);
        Assert.Same(JobOwner.None, job.Owner);
        Assert.Same(MissedPolicy.Default, job.Schedule?.Missed);
    }

    [Fact]
    public void Read_WithInterner_SharesEqualGroups()
    {
        const string json = """
            {"name":"a","command":"sync","schedule":"0 * * * *","owner":"o","cpus":2,"retries":1,
             "environmentVariables":{"A":"1"},"labels":{"team":"billing"}}
            """;
        var options = JobJson.Native with { Interner = new() };
        var first = JobJson.Job(json, options);
        var second = JobJson.Job(json, options);

        Assert.Same(first.Task, second.Task);
        Assert.Same(first.Policy, second.Policy);
        Assert.Same(first.Resources, second.Resources);
        Assert.Same(first.Schedule, second.Schedule);
        Assert.Same(first.Owner, second.Owner);
        Assert.Same(first.Command, second.Command);
        Assert.Same(first.Labels[0].Key, second.Labels[0].Key);
    }

    [Theory]
    [InlineData("\"PT30S\"", 30)]
    [InlineData("\"5m\"", 300)]
    [InlineData("90", 90)]
    [InlineData("0.5", 0.5)]
    [InlineData("0", 0)]
    public void Read_RetryDelay_TakesEveryForm(string value, double seconds) => Assert.Equal(
        Duration.FromSeconds(seconds), JobJson.NativeWith($"\"retryDelay\":{value}").Policy.RetryDelay);

    [Fact]
    public void Read_RetryBackoff_IsRead() => Assert.Equal(
        new RetryBackoff(2, Duration.FromHours(1), 0.1),
        JobJson.NativeWith("""  "retryBackoff":{"factor":2,"max":"1h","jitter":0.1}""").Policy.Backoff);

    [Theory]
    [InlineData("\"concurrency\":\"queue\",\"maxConcurrent\":3", Concurrency.Queue, 3)]
    [InlineData("\"concurrency\":\"replace\"", Concurrency.Replace, 0)]
    [InlineData("\"concurrency\":\"Allow\"", Concurrency.Allow, 0)]
    [InlineData("\"concurrent\":true,\"maxConcurrent\":5", Concurrency.Allow, 5)]
    [InlineData("\"concurrent\":false,\"concurrency\":\"queue\"", Concurrency.Queue, 0)]
    [InlineData("\"concurrent\":false", Concurrency.Skip, 0)]
    public void Read_Concurrency_TakesBothForms(string fields, Concurrency expected, int maxConcurrent)
    {
        var policy = JobJson.NativeWith(fields).Policy;

        Assert.Equal((expected, maxConcurrent), (policy.Concurrency, policy.MaxConcurrent));
    }

    [Fact]
    public void Read_Missed_TakesWordOrObject()
    {
        Assert.Equal(MissedMode.None, JobJson.NativeWith("\"missed\":\"none\"").Schedule?.Missed.Mode);
        Assert.Equal(
            new MissedPolicy(MissedMode.All, 5, Duration.FromDays(1)),
            JobJson.NativeWith("""  "missed":{"mode":"all","limit":5,"window":"1d"}""").Schedule?.Missed);
    }

    [Theory]
    [InlineData("calendars")]
    [InlineData("excludedDates")]
    public void Read_ExcludedDates_TakesDatesAndRanges(string field) => Assert.Equal(
        [
            new DateInterval(new(2026, 12, 24), new(2026, 12, 26)),
            new DateInterval(new(2027, 1, 1), new(2027, 1, 1)),
        ],
        JobJson.NativeWith($"\"{field}\":[\"2026-12-24/2026-12-26\",\"2027-01-01\"]").Schedule?.ExcludedDates ?? []);

    [Fact]
    public void Read_ScheduleAdditions_AreRead()
    {
        var schedule = JobJson.NativeWith("""
            "gap":"skip","overlap":"both","jitter":"30s","epsilon":"PT5M","scheduleTimeZone":"Europe/Berlin",
            "startAfter":"2026-01-01T01:00:00+01:00","endBefore":"2026-02-01T00:00:00Z"
            """).Schedule;

        Assert.Equal((GapRule.Skip, OverlapRule.Both), (schedule?.Gap, schedule?.Overlap));
        Assert.Equal((Duration.FromSeconds(30), Duration.FromMinutes(5)), (schedule?.Jitter, schedule?.Epsilon));
        Assert.Equal((NewYear, NewYear + Duration.FromDays(31)), (schedule?.StartAfter, schedule?.EndBefore));
    }

    [Fact]
    public void Read_Notify_IsRead() => Assert.Equal(
        [
            new NotifyRule([NotifyEvent.Failure, NotifyEvent.Missed], ["ops@example.org"]),
            new NotifyRule([], ["pager"]),
        ],
        JobJson.NativeWith("""  "notify":[{"on":["failure","missed"],"to":["ops@example.org"]},{"to":["pager"]}]""")
            .Policy.Notify);

    [Fact]
    public void Read_Labels_AreSorted() => Assert.Equal(
        [new Label("a", "2"), new Label("b", "1")], JobJson.NativeWith("\"labels\":{\"b\":\"1\",\"a\":\"2\"}").Labels);

    [Fact]
    public void Read_VariablesAsObject_AreRead() => Assert.Equal(
        [new EnvironmentVariable("B", "1"), new EnvironmentVariable("A", "")],
        JobJson.NativeWith("\"environmentVariables\":{\"B\":\"1\",\"A\":\"\"}").Task.Environment);

    [Theory]
    [InlineData("\"secrets\":[{\"name\":\"T\",\"value\":\"********\"}]")]
    [InlineData("\"secrets\":[{\"name\":\"T\"}]")]
    [InlineData("\"secrets\":{\"T\":null}")]
    public void Read_MaskedSecret_KeepsTheStoredValue(string field)
    {
        var existing = JobJson.NativeWith("\"secrets\":{\"T\":\"hunter2\"}");
        var json = $$"""{"name":"a","schedule":"@daily",{{field}}}""";

        Assert.Equal(existing, JobJson.Job(json, JobJson.Native with { Existing = existing }));
        Assert.StartsWith("secrets", JobJson.OnlyViolation(json, JobJson.Native).Field, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"nmae\":1", "nmae", "Perhaps 'name' is meant.")]
    [InlineData("\"successCount\":1", "successCount", "Remove it.")]
    [InlineData("\"container\":{\"image\":\"a\",\"volume\":[]}", "container.volume", "Perhaps 'volumes' is meant.")]
    [InlineData("\"env\":{}", "env", "Perhaps 'environmentVariables' is meant.")]
    public void Read_UnknownField_IsRefusedWithTheNearest(string field, string path, string remedy)
    {
        var violation = JobJson.NativeViolation(field);

        Assert.Equal((path, remedy), (violation.Field, violation.Remedy));
    }

    [Theory]
    [InlineData("\"cpus\":\"1\"", "cpus")]
    [InlineData("\"disabled\":\"true\"", "disabled")]
    [InlineData("\"description\":7", "description")]
    [InlineData("\"trigger\":\"failure\"", "trigger")]
    [InlineData("\"concurrency\":\"sometimes\"", "concurrency")]
    [InlineData("\"concurrency\":\"allow\",\"concurrent\":false", "concurrent")]
    [InlineData("\"concurrency\":\"queue\",\"concurrent\":true", "concurrent")]
    [InlineData("\"maxConcurrent\":2", "maxConcurrent")]
    [InlineData("\"timeout\":0", "timeout")]
    [InlineData("\"timeout\":\"11y\"", "timeout")]
    [InlineData("\"timeout\":\"5000d\"", "timeout")]
    [InlineData("\"timeout\":\"90s\",\"maxCompletionTime\":60", "maxCompletionTime")]
    [InlineData("\"killGracePeriod\":\"2d\"", "killGracePeriod")]
    [InlineData("\"retryDelay\":-1", "retryDelay")]
    [InlineData("\"retryBackoff\":{\"factor\":0.5}", "retryBackoff.factor")]
    [InlineData("\"retryBackoff\":{\"jitter\":2}", "retryBackoff.jitter")]
    [InlineData("\"retryBackoff\":2", "retryBackoff")]
    [InlineData("\"missed\":\"some\"", "missed")]
    [InlineData("\"missed\":{\"limit\":0}", "missed.limit")]
    [InlineData("\"missed\":1", "missed")]
    [InlineData("\"onDoubt\":\"ask\"", "onDoubt")]
    [InlineData("\"disableAfterFailures\":-1", "disableAfterFailures")]
    [InlineData("\"notify\":[{\"on\":[\"failure\"]}]", "notify[0].to")]
    [InlineData("\"notify\":[{\"on\":[\"full moon\"],\"to\":[\"a\"]}]", "notify[0].on[0]")]
    [InlineData("\"gap\":\"jump\"", "gap")]
    [InlineData("\"calendars\":[\"2026-02-30\"]", "calendars[0]")]
    [InlineData("\"calendars\":[\"2026-02-02/2026-02-01\"]", "calendars[0]")]
    [InlineData("\"calendars\":[\"2026-02-01\"],\"excludedDates\":[\"2026-02-01\"]", "excludedDates")]
    [InlineData("\"startAfter\":\"2026-01-01T00:00:00\"", "startAfter")]
    [InlineData("\"startAfter\":\"2026-01-02T00:00:00Z\",\"endBefore\":\"2026-01-01T00:00:00Z\"", "endBefore")]
    [InlineData("\"labels\":{\"\":\"x\"}", "labels")]
    [InlineData("\"labels\":[\"x\"]", "labels")]
    [InlineData("\"labels\":{\"a\":\"x\",\"a\":\"y\"}", "labels.a")]
    [InlineData("\"workingDirectory\":\"tmp\"", "workingDirectory")]
    [InlineData("\"environmentVariables\":{\"A\":\"1\"},\"secrets\":{\"A\":\"2\"}", "secrets")]
    [InlineData("\"environmentVariables\":{\"A\":\"1\",\"A\":\"2\"}", "environmentVariables.A")]
    public void Read_BadField_IsRefused(string field, string path) =>
        Assert.Equal(path, JobJson.NativeViolation(field).Field);

    [Theory]
    [InlineData("gap", "\"skip\"")]
    [InlineData("overlap", "\"first\"")]
    [InlineData("missed", "\"none\"")]
    [InlineData("jitter", "\"1s\"")]
    [InlineData("calendars", "[]")]
    [InlineData("startAfter", "\"2026-01-01T00:00:00Z\"")]
    [InlineData("epsilon", "\"1s\"")]
    [InlineData("scheduleTimeZone", "\"UTC\"")]
    public void Read_ScheduleFieldWithoutSchedule_IsRefused(string field, string value)
    {
        Assert.Equal(field,
            JobJson.OnlyViolation($$"""{"name":"a","parents":["b"],"{{field}}":{{value}}}""", JobJson.Native).Field);
        Assert.Equal(field, JobJson.OnlyViolation($$"""{"name":"a","{{field}}":{{value}}}""", JobJson.Native).Field);
    }

    [Theory]
    [InlineData("R0/2026-01-01T00:00:00Z/P1D")] // never due again, which is no fault
    [InlineData("R//PT0S")]
    [InlineData("H 3 * * *")]
    [InlineData("@every 90s")]
    public void Read_Schedule_IsKeptAsWritten(string schedule) => Assert.Equal(schedule,
        JobJson.Job($$"""{"name":"a","command":"x","schedule":"{{schedule}}"}""", JobJson.Native).Schedule?.Text);

    [Fact]
    public void Read_BadSchedule_SaysWhatToWrite()
    {
        var violation = JobJson.OnlyViolation("""{"name":"a","schedule":"61 * * * *"}""", JobJson.Native);

        Assert.Equal(("schedule", "61 * * * *"), (violation.Field, violation.Value));
        Assert.Contains("minute", violation.Rule, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"name":"a"}""")]
    [InlineData("""{"v":0,"name":"a"}""")]
    [InlineData("""{"v":2,"name":"a"}""")]
    public void Read_StoredOfAnotherVersion_IsRefused(string json) =>
        Assert.Equal("v", JobJson.OnlyViolation(json, JobJson.Stored).Field);

    [Fact]
    public void Read_StoredJobThatBreaksALaterRule_IsRead() =>
        Assert.Equal("a/b", JobJson.Job("""{"v":1,"name":"a/b","schedule":"@daily"}""", JobJson.Stored).Name);

    [Fact]
    public void Read_Stored_DoesNotDependOnTheServersDefaults()
    {
        var options = JobJson.Stored with { Defaults = new() { Resources = new(9, 9, 9), Retries = 9 } };
        var job = JobJson.Job("""{"v":1,"name":"a","schedule":"@daily"}""", options);

        Assert.Equal((Resources.Default, 2), (job.Resources, job.Policy.Retries));
    }
}
