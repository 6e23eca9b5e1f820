using Chronos.Core.Dependencies;
using Chronos.Core.Jobs;
using Xunit;

namespace Chronos.Core.Tests.Dependencies;

public sealed class CycleSearchTests
{
    [Theory]
    [InlineData("a>b b>c", null)]
    [InlineData("a>b a>c b>d c>d", null)]
    [InlineData("a>a", "a a")]
    [InlineData("a>b b>a", "a b a")]
    [InlineData("a>b b>c c>b", "b c b")]
    [InlineData("a>b a>c c>a", "a c a")]
    public void FindFrom_EdgesToParents_NamesTheCircle(string edges, string? expected)
    {
        var parents = edges.Split(' ').Select(e => e.Split('>')).ToLookup(e => e[0], e => e[1]);

        var circle = new CycleSearch(name => parents[name].ToValueList()).FindFrom("a");

        Assert.Equal(expected, circle is null ? null : string.Join(' ', circle));
    }

    [Fact]
    public void FindFrom_ChainOfAHundredThousand_NeedsNoStackAndAsksOnceForEach()
    {
        var asked = 0;
        var search = new CycleSearch(name =>
        {
            asked++;
            var number = int.Parse(name);
            return number == 100_000 ? default : [(number + 1).ToString()];
        });

        Assert.Null(search.FindFrom("0"));
        Assert.Null(search.FindFrom("5"));
        Assert.Equal(100_001, asked);
    }
}
