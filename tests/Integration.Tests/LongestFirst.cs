using Chronos.Integration.Tests.Mesos;
using Chronos.Integration.Tests.Server;
using Chronos.Integration.Tests.Stores;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(Chronos.Integration.Tests.LongestFirst))]

namespace Chronos.Integration.Tests;

/// <summary>Begins with the classes that take a minute or more, so that the others run beside them and none of them
/// is left to run alone in the end.</summary>
internal sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Longest =
    [
        $"{typeof(CrashTests)} ", $"{typeof(ServerCrashTests)} ", $"{typeof(LargeStateTests)} ",
        $"{typeof(ZooKeeperOutageTests)} ",
    ];

    /// <inheritdoc/>
    public IReadOnlyCollection<T> OrderTestCollections<T>(IReadOnlyCollection<T> testCollections)
        where T : ITestCollection => [.. testCollections.OrderBy(collection => Rank(collection))];

    private static int Rank(ITestCollection collection)
    {
        var place = Array.FindIndex(
            Longest, name => collection.TestCollectionDisplayName.Contains(name, StringComparison.Ordinal));
        return place < 0 ? Longest.Length : place;
    }
}
