using Chronos.Core.Jobs;
using Chronos.Serving.Demo;
using NodaTime;
using Xunit;

namespace Chronos.Server.Tests.Cli;

public sealed class DemoJobsTests
{
    [Fact]
    public void Definitions_AreValidLabelledAndComplete()
    {
        var jobs = DemoJobs.Read(JobDefaults.BuiltIn, Instant.FromUtc(2030, 1, 1, 0, 0));

        Assert.Equal(6, jobs.Count);
        Assert.All(jobs, job => Assert.Contains(new Label("demo", "true"), job.Labels));
        var names = jobs.Select(job => job.Name).ToHashSet();
        Assert.All(jobs.SelectMany(job => job.Parents), parent => Assert.Contains(parent, names));
    }
}
