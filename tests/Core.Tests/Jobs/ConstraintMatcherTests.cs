using Chronos.Core.Jobs;
using Xunit;

namespace Chronos.Core.Tests.Jobs;

public class ConstraintMatcherTests
{
    private static readonly MachineAttribute[] Machine =
    [
        new MachineAttribute.Text("rack", "rack-1"),
        new MachineAttribute.Text("dc", "north"),
        new MachineAttribute.Scalar("cores", 1),
        new MachineAttribute.Set("zones", ["north"]),
        new MachineAttribute.Ranges("ports"),
    ];

    [Theory]
    [InlineData("rack", "EQUALS", "rack-1", true)]
    [InlineData("rack", "EQUALS", "rack-2", false)]
    [InlineData("rack", "EQUALS", "RACK-1", false)]
    [InlineData("missing", "EQUALS", "x", false)]
    [InlineData("cores", "EQUALS", "1.0", false)]
    [InlineData("rack", "LIKE", "rack-[1-3]", true)]
    [InlineData("rack", "LIKE", "rack-[2-3]", false)]
    [InlineData("dc", "LIKE", "north|south", true)]
    [InlineData("dc", "LIKE", "nor", false)] // the whole value has to match
    [InlineData("dc", "LIKE", "(?=n).*", true)] // look-ahead
    [InlineData("cores", "LIKE", @"\d\.\d", true)]
    [InlineData("cores", "LIKE", "1", false)]
    [InlineData("zones", "LIKE", "^n.*", true)]
    [InlineData("ports", "LIKE", ".*", false)]
    [InlineData("missing", "LIKE", ".*", false)]
    [InlineData("rack", "UNLIKE", "rack-[1-3]", false)]
    [InlineData("rack", "UNLIKE", "rack-[2-3]", true)]
    [InlineData("dc", "UNLIKE", "north|south", false)]
    [InlineData("cores", "UNLIKE", @"\d\.\d", false)]
    [InlineData("cores", "UNLIKE", @"100.\d", true)]
    [InlineData("zones", "UNLIKE", "^n.*", false)]
    [InlineData("zones", "UNLIKE", "^s.*", true)]
    [InlineData("ports", "UNLIKE", "x", false)]
    [InlineData("missing", "UNLIKE", ".*", false)]
    public void Matches_OneConstraint_DecidesAsChronos(string attribute, string comparison, string value, bool expected)
    {
        var parsed = Enum.Parse<ConstraintOperator>(comparison, ignoreCase: true);
        var matcher = new ConstraintMatcher([new(attribute, parsed, value)]);

        Assert.Equal(expected, matcher.Matches(Machine, "h1"));
    }

    [Fact]
    public void Matches_HostName_UnlessDeclared()
    {
        var matcher = new ConstraintMatcher([new("hostname", ConstraintOperator.Equals, "h1")]);
        MachineAttribute[] declared = [new MachineAttribute.Text("hostname", "h2")];

        Assert.True(matcher.Matches(Machine, "h1"));
        Assert.False(matcher.Matches(declared, "h1"));
        Assert.True(new ConstraintMatcher([new("hostname", ConstraintOperator.Equals, "h2")]).Matches(declared, "h1"));
    }

    [Fact]
    public void Matches_SeveralConstraints_AllMustHold()
    {
        var matcher = new ConstraintMatcher(
            [new("rack", ConstraintOperator.Equals, "rack-1"), new("dc", ConstraintOperator.Equals, "south")]);

        Assert.False(matcher.Matches(Machine, "h1"));
        Assert.True(new ConstraintMatcher([]).Matches(Machine, "h1"));
    }

    [Theory]
    [InlineData(ConstraintOperator.Like)]
    [InlineData(ConstraintOperator.Unlike)]
    public void Matches_PatternThatNeverEnds_IsNotSatisfied(ConstraintOperator comparison)
    {
        var matcher = new ConstraintMatcher([new("rack", comparison, @"(a+)+\1$")]); // a back-reference backtracks

        Assert.False(matcher.Matches([new MachineAttribute.Text("rack", new string('a', 60) + "b")], "h1"));
    }
}
