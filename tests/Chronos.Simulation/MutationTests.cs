using Chronos.Simulation.Mutations;
using Xunit;

namespace Chronos.Simulation;

/// <summary>Shows that the simulation finds mistakes: each of a list of mutants must be caught.</summary>
public sealed class MutationTests(Mutants mutants, ITestOutputHelper output) : IClassFixture<Mutants>
{
    public static IEnumerable<TheoryDataRow<string>> Names =>
        Mutation.All.Select(m => new TheoryDataRow<string>(m.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Simulation_Mutant_IsCaught(string name)
    {
        var mutation = Mutation.All.Single(m => m.Name == name);

        var finding = await mutants.FindingOfAsync(mutation);

        Assert.True(finding.StartsWith("Seed ", StringComparison.Ordinal),
            $"A scheduler that {name} was not caught: {finding}");
        output.WriteLine(finding);
    }

    [Fact]
    public void List_Length_IsWorthwhile() => Assert.True(Mutation.All.Count >= 15);
}
