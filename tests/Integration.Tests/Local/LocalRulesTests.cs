using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Engines.Local;
using Chronos.Executor.Native;
using NodaTime;
using Xunit;

namespace Chronos.Integration.Tests.Local;

/// <summary>What the engine refuses, and whom it lets start.</summary>
public sealed class LocalRulesTests
{
    private static readonly Dictionary<string, string> Attributes = new() { ["hostname"] = "h1", ["rack"] = "rack-1" };

    [Fact]
    public void Check_EverythingWrong_TellsAllAtOnce()
    {
        var job = new Job
        {
            Name = "wrong",
            Command = " ",
            Resources = new(99, 99_999, 1),
            Task = new()
            {
                Container = new() { Image = "alpine" },
                Executor = "./executor",
                WorkingDirectory = "relative",
                RunAsUser = "no-such-user",
                Fetch = [new("ftp://host/file", "", false, false, true)],
                Uris = ["http://host/"],
                Constraints = [new("zone", ConstraintOperator.Equals, "x")],
            },
        };

        var fields = Rules().Check(job).Select(violation => violation.Field);

        Assert.Equal(
            ["container", "executor", "workingDirectory", "command", "cpus", "mem", "runAsUser", "fetch[0].uri",
                "uris[0]", "constraints[0]"],
            fields);
    }

    [Theory]
    [InlineData(0.0001, false)]
    [InlineData(0.99, false)]
    [InlineData(1, true)]
    [InlineData(0, true)]
    public void Check_MemInAnotherUnit_IsRefusedWithTheUnit(double mem, bool isAccepted)
    {
        var job = new Job { Name = "tiny", Command = "true", Resources = new(0.1, mem, 1) };

        var violations = Rules().Check(job);

        if (isAccepted) Assert.Empty(violations);
        else Assert.Contains("128 for 128 MiB", Assert.Single(violations).Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hostname", ConstraintOperator.Equals, "h1", true)]
    [InlineData("hostname", ConstraintOperator.Equals, "H1", false)]
    [InlineData("rack", ConstraintOperator.Like, "rack-[1-3]", true)]
    [InlineData("rack", ConstraintOperator.Like, "rack", false)]
    [InlineData("rack", ConstraintOperator.Like, "a|rack-1", true)]
    [InlineData("rack", ConstraintOperator.Unlike, "rack-[1-3]", false)]
    [InlineData("rack", ConstraintOperator.Unlike, "rack-4", true)]
    [InlineData("zone", ConstraintOperator.Unlike, "x", false)]
    [InlineData("rack", ConstraintOperator.Like, "[[[", false)]
    [InlineData("rack", ConstraintOperator.Like, "(([a-z]+)+-?)+[0-9]?x", false)]
    public void Check_Constraint_HoldsAsInMesosChronos(
        string attribute, ConstraintOperator operation, string value, bool holds)
    {
        var task = new TaskOptions { Constraints = [new(attribute, operation, value)] };
        var job = new Job { Name = "bound", Command = "true", Task = task };

        Assert.Equal(holds, Rules().Check(job).Count == 0);
    }

    [Fact]
    public void Check_AnotherUserWithoutBeingRoot_IsRefused()
    {
        var rules = new JobRules(new(4, 1024, 1), Attributes, new("me", 1000, 1000, "/"), "");
        var job = new Job { Name = "other", Command = "true", Task = new() { RunAsUser = "nobody" } };

        Assert.Equal(["runAsUser"], rules.Check(job).Select(violation => violation.Field));
        Assert.Empty(rules.Check(job with { Task = new() { RunAsUser = "me" } }));
    }

    [Fact]
    public void Admission_SmallBehindLarge_OvertakesOnlyUntilTheLargeOneAged()
    {
        var time = new ManualTime();
        var admission = new Admission(new(4, 1000, 0), TimeSpan.FromSeconds(30), time);
        var (running, large, small) = (Attempt(1, 3, time), Attempt(2, 4, time), Attempt(3, 1, time));
        admission.Enqueue(running);
        Assert.Equal([running], admission.TakeFitting());
        admission.Enqueue(large);
        admission.Enqueue(small);

        Assert.Equal([small], admission.TakeFitting());
        admission.Release(small);
        admission.Enqueue(small);
        time.Advance(TimeSpan.FromSeconds(31));

        Assert.Empty(admission.TakeFitting());
        admission.Release(running);
        Assert.Equal([large], admission.TakeFitting());
        admission.Release(large);
        Assert.Equal([small], admission.TakeFitting());
    }

    [Fact]
    public void Admission_LargerThanTheMachine_RunsAlone()
    {
        var time = new ManualTime();
        var admission = new Admission(new(1, 1000, 0), TimeSpan.FromSeconds(30), time);
        var huge = Attempt(1, 8, time);
        admission.Enqueue(huge);

        Assert.Equal([huge], admission.TakeFitting());
    }

    [Theory]
    [InlineData("a  b", "a|b")]
    [InlineData("'a b' \"c d\"", "a b|c d")]
    [InlineData("a\\ b '' x'y'z", "a b||xyz")]
    [InlineData("\"a\\\"b\\n\" 'it''s'", "a\"b\\n|its")]
    [InlineData("", "")]
    public void ShellWords_AnyText_SplitsAsAShell(string text, string words) =>
        Assert.Equal(words, string.Join('|', ShellWords.Split(text)));

    private static JobRules Rules() => new(new(4, 1024, 1), Attributes, UserAccounts.Current(), "");

    private static LocalAttempt Attempt(int number, double cpus, TimeProvider time) =>
        new(new(RunId.For("job", 1, Instant.FromUnixTimeSeconds(number), ""), 1), "job", new(cpus, 10, 0))
        {
            WaitingSince = time.GetTimestamp(),
        };

    private sealed class ManualTime : TimeProvider
    {
        private long ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => ticks;

        internal void Advance(TimeSpan by) => ticks += by.Ticks;
    }
}
