using Chronos.Core.Jobs;
using Xunit;

namespace Chronos.Core.Tests.Jobs;

public class JobNamesTests
{
    [Theory]
    [InlineData("sample.name")]
    [InlineData("a b")] // 2.x
    [InlineData("a#b")] // 2.x
    [InlineData("A-1_2.3")]
    [InlineData("a\tb")]
    public void IsValid_NameOfAnyChronos_True(string name) => Assert.True(JobNames.IsValid(name));

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("a:b")]
    [InlineData("é")]
    [InlineData(" a")]
    [InlineData("a\t")]
    [InlineData("a\nb")]
    [InlineData(".")]
    [InlineData("..")]
    public void IsValid_NameThatBreaksAddressesOrTaskIds_False(string name) => Assert.False(JobNames.IsValid(name));

    [Fact]
    public void IsValid_LongestName_True()
    {
        Assert.True(JobNames.IsValid(new string('a', 255)));
        Assert.False(JobNames.IsValid(new string('a', 256)));
    }

    [Theory]
    [InlineData("a/b", "'/'")]
    [InlineData("a\u0001b", "U+0001")]
    public void Check_BadCharacter_IsNamed(string name, string shown) =>
        Assert.Contains(shown, JobNames.Check("name", name)?.Rule, StringComparison.Ordinal);
}
