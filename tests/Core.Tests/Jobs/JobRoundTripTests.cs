using System.Text.Json;
using Chronos.Core.Jobs;
using Xunit;

namespace Chronos.Core.Tests.Jobs;

/// <summary>What is written reads back as the same job.</summary>
public class JobRoundTripTests
{
    public static TheoryData<string> FieldsOfFullNative()
    {
        using var sample = JsonDocument.Parse(JobSamples.FullNative);
        string[] fixedFields = ["name", "schedule", "maxConcurrent"];
        return [.. sample.RootElement.EnumerateObject()
            .Where(property => !fixedFields.Contains(property.Name))
            .Select(property => $"\"{property.Name}\":{property.Value.GetRawText()}")];
    }

    /// <summary>Each field by itself, so that no writer leaves out a group of which one field is set.</summary>
    [Theory]
    [MemberData(nameof(FieldsOfFullNative))]
    public void Field_ByItself_SurvivesEveryDialect(string field) => AssertSurvives(JobJson.NativeWith(field));

    [Fact]
    public void FullJobs_SurviveEveryDialect()
    {
        AssertSurvives(JobJson.Job(JobSamples.FullNative, JobJson.Native));
        AssertSurvives(JobJson.Job(JobSamples.FullChronos, JobJson.Chronos));
    }

    [Fact]
    public void AnyJob_SurvivesTheStore() => Properties.Hold(
        JobGenerator.Jobs, job => JobJson.Job(JobJson.ToStored(job), JobJson.Stored) == job);

    [Fact]
    public void AnyJob_SurvivesNativeEditing() => Properties.Hold(
        JobGenerator.Jobs,
        job => JobJson.Job(JobJson.ToNative(job), JobJson.Native with { Existing = job }) == job);

    [Fact]
    public void AnyJob_SurvivesChronosEditing() => Properties.Hold(
        JobGenerator.Jobs,
        job => JobJson.Job(JobJson.ToChronos(job), JobJson.Chronos with { Existing = job }) == job
            && JobJson.Job(
                JobJson.ToChronos(job, new() { MirrorFetch = true }), JobJson.Chronos with { Existing = job }) == job);

    private static void AssertSurvives(Job job)
    {
        Assert.Equal(job, JobJson.Job(JobJson.ToStored(job), JobJson.Stored));
        Assert.Equal(job, JobJson.Job(JobJson.ToNative(job), JobJson.Native with { Existing = job }));
        Assert.Equal(job, JobJson.Job(JobJson.ToChronos(job), JobJson.Chronos with { Existing = job }));
    }
}
