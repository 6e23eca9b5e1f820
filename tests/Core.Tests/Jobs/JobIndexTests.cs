using Chronos.Core.Jobs;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Chronos.Core.Tests.Jobs;

public class JobIndexTests
{
    [Fact]
    public void Find_NothingAdded_FindsNothing()
    {
        var index = new JobIndex<Item>(item => item.Name);

        Assert.Null(index.Find("a"));
        Assert.Empty(index.Items);
        Assert.Equal(0, index.Count);
    }

    [Fact]
    public void Add_NameTaken_IsRefusedAndChangesNothing()
    {
        var index = new JobIndex<Item>(item => item.Name);
        var first = new Item("a");
        index.Add(first);

        Assert.Throws<ArgumentException>(() => index.Add(new("a")));

        Assert.Same(first, index.Find("a"));
        Assert.Equal(1, index.Count);
    }

    [Fact]
    public void AnyWrites_AgreeWithADictionary() => Prop.ForAll(
        Gen.Choose(0, 40).Two().ListOf(400).ToArbitrary(),
        writes =>
        {
            var index = new JobIndex<Item>(item => item.Name);
            var model = new Dictionary<string, Item>();
            foreach (var (number, what) in writes)
            {
                var name = $"job-{number}";
                if (what % 2 == 0)
                    Assert.Same(model.Remove(name, out var expected) ? expected : null, index.Remove(name));
                else if (model.TryAdd(name, new(name)))
                    index.Add(model[name]);
                Assert.Same(model.GetValueOrDefault(name), index.Find(name));
            }

            Assert.Equal(model.Count, index.Count);
            Assert.Equal(model.Values.ToHashSet(), index.Items.ToHashSet());
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Find_WhileOthersComeAndGo_AlwaysFindsWhatStays()
    {
        var index = new JobIndex<Item>(item => item.Name);
        var staying = Enumerable.Range(0, 200).Select(i => new Item($"stays-{i}")).ToList();
        foreach (var item in staying) index.Add(item);
        var isOver = false;
        Exception? failure = null;
        var reader = new Thread(() =>
        {
            try
            {
                while (!Volatile.Read(ref isOver))
                    foreach (var item in staying) Assert.Same(item, index.Find(item.Name));
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        reader.Start();
        for (var i = 0; i < 200_000; i++)
        {
            index.Add(new($"passes-{i}"));
            if (i >= 1000) index.Remove($"passes-{i - 1000}");
        }

        Volatile.Write(ref isOver, true);
        reader.Join();
        Assert.Null(failure);
        Assert.Equal(1200, index.Count);
    }

    private sealed record Item(string Name);
}
