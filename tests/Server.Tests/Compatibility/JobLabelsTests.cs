using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Server.Endpoints.Compatibility;
using NodaTime;
using Xunit;

namespace Chronos.Server.Tests.Compatibility;

public sealed class JobLabelsTests
{
    private static readonly Instant Earlier = CompatibleServer.Start;
    private static readonly Instant Later = Earlier + Duration.FromSeconds(1);

    // The sequence of the original's own test: each step is (waiting, running) and the label it gives.
    [Theory]
    [InlineData(0, 0, "idle")]
    [InlineData(1, 0, "queued")]
    [InlineData(0, 1, "1 running")]
    [InlineData(0, 2, "2 running")]
    [InlineData(0, 3, "3 running")]
    [InlineData(1, 1, "1 running")]
    [InlineData(1, 2, "2 running")]
    public void State_RunsThatWaitAndRun_GivesTheLabel(int waiting, int running, string label)
    {
        var runs = Enumerable.Repeat(RunState.Queued, waiting)
            .Concat(Enumerable.Range(0, running).Select(i => i % 2 == 0 ? RunState.Running : RunState.Starting))
            .Select(RunIn);

        Assert.Equal(label, JobLabels.State(StateWith(runs.ToValueList())));
    }

    [Fact]
    public void Status_ByLastTimes_EqualOnesCountAsFailure()
    {
        Assert.Equal("fresh", Status(null, null));
        Assert.Equal("success", Status(Earlier, null));
        Assert.Equal("failure", Status(null, Earlier));
        Assert.Equal("success", Status(Later, Earlier));
        Assert.Equal("failure", Status(Earlier, Later));
        Assert.Equal("failure", Status(Earlier, Earlier));
    }

    private static string Status(Instant? success, Instant? error) =>
        JobLabels.Status(new() { LastSuccess = success, LastError = error });

    private static JobState StateWith(ValueList<Run> runs) => new()
    {
        Incarnation = 1,
        Revision = 1,
        CreatedAt = Earlier,
        UpdatedAt = Earlier,
        Anchor = Earlier,
        Cursor = Earlier,
        ActiveRuns = runs,
    };

    private static Run RunIn(RunState state) => new()
    {
        Id = RunId.For("a", 1, Earlier, state.ToString()),
        Cause = RunCause.Schedule,
        Nominal = Earlier,
        CreatedAt = Earlier,
        State = state,
    };
}
