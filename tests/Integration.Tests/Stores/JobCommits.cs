using System.Text;
using Chronos.Runtime.Ports;
using Xunit;

namespace Chronos.Integration.Tests.Stores;

/// <summary>Commits of one job each, and what a store holds of them.</summary>
internal static class JobCommits
{
    /// <summary>The batch that writes the job with its number, in term 1.</summary>
    internal static CommitBatch Batch(long id) => new(id, 1,
        [new([new(new(DocumentKind.State, $"job-{id}"), Encoding.UTF8.GetBytes($"{id}"))], [])]);

    /// <summary>Commits as a node does: again, until it is known to be done.</summary>
    internal static Task CommitUntilDoneAsync(IStateStore store, long id, int triesMax = 100) =>
        UntilAnsweredAsync(() => store.CommitAsync(Batch(id), default), triesMax);

    /// <summary>Loads as a node does: again, while the store cannot be reached.</summary>
    internal static async Task<IReadOnlyList<string>> LoadUntilDoneAsync(IStateStore store, long term)
    {
        IReadOnlyList<string> names = [];
        await UntilAnsweredAsync(async () => names = await LoadAsync(store, term));
        return names;
    }

    /// <summary>The names of all documents, in order.</summary>
    internal static async Task<IReadOnlyList<string>> LoadAsync(IStateStore store, long term)
    {
        var names = new List<string>();
        await foreach (var document in store.LoadAsync(term, TestContext.Current.CancellationToken))
            names.Add(document.Key.Name);
        return [.. names.Order(StringComparer.Ordinal)];
    }

    /// <summary>Leads, commits a job, and leaves again: all that a node asks of its store.</summary>
    internal static async Task ElectAndCommitAsync(ILeaderElection election, IStateStore store, ClusterMember member)
    {
        var change = new DocumentChange(new(DocumentKind.State, "job"), Encoding.UTF8.GetBytes("1"));

        var term = await election.CampaignAsync(default);
        await election.RenewAsync(term, default);
        await LoadAsync(store, term);
        await store.CommitAsync(new(1, term, [new([change], [])]), default);

        Assert.Equal(["job"], await LoadAsync(store, term));
        Assert.Equal([member], await election.ListMembersAsync(default));
        await election.ResignAsync(term, default);
    }

    private static async Task UntilAnsweredAsync(Func<Task> ask, int triesMax = 100)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await ask();
                return;
            }
            catch (StoreUnavailableException) when (attempt < triesMax)
            {
                await Task.Delay(100);
            }
        }
    }
}
