using System.Diagnostics;
using System.Text;
using Chronos.Runtime.Ports;
using Xunit;

namespace Chronos.Testing.Elections;

/// <summary>What every election must do, whatever store decides it. A test gets a cluster of its own.</summary>
public abstract class LeaderElectionConformance
{
    /// <summary>Below what a loaded machine may take for anything else, so that a test that waited for it fails.
    /// </summary>
    private static readonly TimeSpan LongLease = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    /// <summary>Short, and within what the store allows.</summary>
    protected virtual TimeSpan ShortLease => TimeSpan.FromSeconds(2);

    /// <summary>Prepares a node of the cluster of this test. It does nothing until it campaigns.</summary>
    protected abstract Task<ElectionCandidate> JoinAsync(string name, TimeSpan lease);

    /// <summary>Opens the state store of the cluster of this test.</summary>
    protected abstract Task<IStateStore> OpenStoreAsync();

    [Fact]
    public async Task Campaign_Alone_IsGrantedAndSeen()
    {
        await using var a = await JoinAsync("a", LongLease);
        await using var b = await JoinAsync("b", LongLease);

        var term = await GrantAsync(a);
        await a.Election.RenewAsync(term, Token);

        Assert.True(term > 0);
        Assert.Equal(new Leader(a.Member, term), await LeaderSeenByAsync(b));
        Assert.Equal([a.Member], await b.Election.ListMembersAsync(Token));
    }

    [Fact]
    public async Task Campaign_LeaderRenews_OtherWaitsAndIsAMember()
    {
        var lease = 2 * ShortLease;
        await using var a = await JoinAsync("a", lease);
        await using var b = await JoinAsync("b", lease);
        var term = await GrantAsync(a);
        using var withdrawing = new CancellationTokenSource();
        var waiting = b.Election.CampaignAsync(withdrawing.Token);

        var began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < 2.5 * lease)
        {
            await a.Election.RenewAsync(term, Token);
            await Task.Delay(ShortLease / 5);
        }

        Assert.False(waiting.IsCompleted);
        Assert.Equal([a.Member, b.Member], await a.Election.ListMembersAsync(Token));
        await withdrawing.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    /// <summary>The heart of it: nobody leads within a lease of the start of a renewal that succeeded, and whoever was
    /// cut off meanwhile does not lead any more.</summary>
    [Fact]
    public async Task Campaign_LeaderIsCutOff_OtherLeadsAfterTheLeaseAndNotBefore()
    {
        await using var a = await JoinAsync("a", ShortLease);
        await using var b = await JoinAsync("b", ShortLease);
        var (first, renewing, waiting) = await LeadBesideAsync(a, b);

        a.Cut();
        var second = await waiting;
        var elapsed = Stopwatch.GetElapsedTime(renewing);
        await b.Election.RenewAsync(second, Token);

        Assert.True(second > first);
        Assert.True(elapsed >= a.Election.Lease, $"Led after {elapsed}, the lease is {a.Election.Lease}.");
        await AssertNotRenewedAsync(a, first);
        a.Heal();
        await AssertLostAsync(a, first);
    }

    /// <summary>A node that is granted a term and gets stuck, while everything around it goes on.</summary>
    [Fact]
    public async Task Campaign_LeaderNeverRenews_OtherLeads()
    {
        await using var a = await JoinAsync("a", ShortLease);
        await using var b = await JoinAsync("b", ShortLease);
        var first = await GrantAsync(a);

        var second = await GrantAsync(b);

        Assert.True(second > first);
        await AssertLostAsync(a, first);
    }

    [Fact]
    public async Task Resign_OthersWait_NextLeadsAtOnce()
    {
        await using var a = await JoinAsync("a", LongLease);
        await using var b = await JoinAsync("b", LongLease);
        var first = await GrantAsync(a);
        await a.Election.RenewAsync(first, Token);
        var waiting = b.Election.CampaignAsync(Token);
        await Wait.UntilAsync(async () => (await a.Election.ListMembersAsync(Token)).Count == 2);

        await a.Election.ResignAsync(first, Token);
        var second = await waiting.WaitAsync(Patience, Token);

        Assert.True(second > first);
        await Assert.ThrowsAsync<LeadershipLostException>(() => a.Election.RenewAsync(first, Token));
    }

    [Fact]
    public async Task Resign_TermThatIsOver_ChangesNothing()
    {
        await using var a = await JoinAsync("a", LongLease);
        await using var b = await JoinAsync("b", LongLease);
        var first = await GrantAsync(a);
        await a.Election.ResignAsync(first, Token);
        var second = await GrantAsync(b);

        await a.Election.ResignAsync(first, Token);

        await b.Election.RenewAsync(second, Token);
        Assert.Equal(new Leader(b.Member, second), await LeaderSeenByAsync(a));
    }

    [Fact]
    public async Task Resign_ThenCampaignAgain_IsGrantedAGreaterTerm()
    {
        await using var a = await JoinAsync("a", LongLease);
        var terms = new List<long>();

        for (var i = 0; i < 5; i++)
        {
            terms.Add(await GrantAsync(a));
            await a.Election.RenewAsync(terms[^1], Token);
            await a.Election.ResignAsync(terms[^1], Token);
        }

        Assert.Equal(terms.Distinct().Order(), terms);
        Assert.Null(await LeaderSeenByAsync(a));
    }

    [Fact]
    public async Task Campaign_Withdrawn_LeadsNot()
    {
        await using var a = await JoinAsync("a", LongLease);
        await using var b = await JoinAsync("b", LongLease);
        var first = await GrantAsync(a);
        using var withdrawing = new CancellationTokenSource();
        var waiting = b.Election.CampaignAsync(withdrawing.Token);
        await Wait.UntilAsync(async () => (await a.Election.ListMembersAsync(Token)).Count == 2);

        await withdrawing.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await a.Election.ResignAsync(first, Token);

        Assert.Null(await LeaderSeenByAsync(b));
        Assert.True(await GrantAsync(a) > first);
    }

    [Fact]
    public async Task Watch_LeadersComeAndGo_TellsTheNewest()
    {
        await using var a = await JoinAsync("a", LongLease);
        await using var b = await JoinAsync("b", LongLease);
        await using var c = await JoinAsync("c", LongLease);
        await using var watch = new ElectionWatch(c.Election, Patience, Token);
        Assert.Null(await watch.NextAsync());

        var first = await GrantAsync(a);
        Assert.Equal(new(a.Member, first), await watch.NextAsync());
        await a.Election.ResignAsync(first, Token);
        var second = await GrantAsync(b);

        var seen = await watch.NextAsync();
        while (seen is null) seen = await watch.NextAsync();
        Assert.Equal(new(b.Member, second), seen);
    }

    [Fact]
    public async Task Watch_LeaderDies_TellsThatNobodyLeads()
    {
        var lease = 3 * ShortLease; // it is to be seen before it dies
        await using var a = await JoinAsync("a", lease);
        await using var b = await JoinAsync("b", lease);
        await using var watch = new ElectionWatch(b.Election, Patience, Token);
        Assert.Null(await watch.NextAsync());
        var term = await GrantAsync(a);
        Assert.Equal(new(a.Member, term), await watch.NextAsync());

        a.Cut();

        Assert.Null(await watch.NextAsync());
    }

    [Fact]
    public async Task Members_NodeLeavesOrDies_IsNotListedAnyMore()
    {
        await using var a = await JoinAsync("a", ShortLease);
        var b = await JoinAsync("b", ShortLease);
        await using var c = await JoinAsync("c", ShortLease);
        var term = await GrantAsync(a);
        var (waitingB, waitingC) = (GrantAsync(b), GrantAsync(c));
        await Wait.UntilAsync(async () => (await MembersAsync()).Count == 3);

        c.Cut();
        await Wait.UntilAsync(async () => (await MembersAsync()).SequenceEqual([a.Member, b.Member]));
        b.Abandon();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waitingB);
        await b.DisposeAsync();
        await Wait.UntilAsync(async () => (await MembersAsync()).SequenceEqual([a.Member]));

        c.Abandon();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waitingC);

        async Task<IReadOnlyList<ClusterMember>> MembersAsync()
        {
            await a.Election.RenewAsync(term, Token);
            return await a.Election.ListMembersAsync(Token);
        }
    }

    [Fact]
    public async Task Store_AwayAndBack_NeedsNoRestart()
    {
        await using var a = await JoinAsync("a", ShortLease);
        await using var b = await JoinAsync("b", ShortLease);
        var first = await GrantAsync(a);
        var waiting = GrantAsync(b);

        a.Cut();
        b.Cut();
        await AssertNotRenewedAsync(a, first);
        await Task.Delay(1.5 * ShortLease); // long enough for the term to run out, where the store is up by itself
        Assert.False(waiting.IsCompleted);
        a.Heal();
        b.Heal();

        var second = await waiting;
        Assert.True(second > first);
        await b.Election.RenewAsync(second, Token);
        await b.Election.ResignAsync(second, Token);
        Assert.True(await GrantAsync(a) > second);
    }

    /// <summary>An old leader that has not noticed is refused by the state store from the moment of the grant, before
    /// the new one has read anything.</summary>
    [Fact]
    public async Task Grant_OldLeaderCommits_IsFenced()
    {
        await using var a = await JoinAsync("a", LongLease);
        await using var b = await JoinAsync("b", LongLease);
        await using var ofA = await OpenStoreAsync();
        await using var ofB = await OpenStoreAsync();
        var first = await GrantAsync(a);
        await LoadAsync(ofA, first);
        await ofA.CommitAsync(Batch(first, 1, "old"), Token);
        await a.Election.ResignAsync(first, Token);
        var second = await GrantAsync(b);

        await Assert.ThrowsAsync<StoreFencedException>(() => ofA.CommitAsync(Batch(first, 2, "late"), Token));

        Assert.Equal(["\"old\""], await LoadAsync(ofB, second));
        await ofB.CommitAsync(Batch(second, 1, "new"), Token);
        Assert.Equal(["\"new\""], await LoadAsync(ofB, second));
    }

    /// <summary>Many nodes that take turns as fast as they can never share a term, and never lead beside each other.
    /// </summary>
    [Fact]
    public async Task Campaign_ManyAtOnce_LeadOneAfterTheOther()
    {
        const int rounds = 5;
        var candidates = new List<ElectionCandidate>();
        for (var i = 0; i < 4; i++) candidates.Add(await JoinAsync($"{i}", LongLease));
        var leading = 0;
        var terms = new List<long>();

        await Task.WhenAll(candidates.Select(async candidate =>
        {
            for (var i = 0; i < rounds; i++)
            {
                var term = await GrantAsync(candidate);
                Assert.Equal(1, Interlocked.Increment(ref leading));
                lock (terms) terms.Add(term);
                await candidate.Election.RenewAsync(term, Token);
                Interlocked.Decrement(ref leading);
                await candidate.Election.ResignAsync(term, Token);
            }
        }));

        Assert.Equal(candidates.Count * rounds, terms.Count);
        Assert.Equal(terms.Distinct().Order(), terms);
        foreach (var candidate in candidates) await candidate.DisposeAsync();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Campaigns as a node does: again, where the store was away.</summary>
    private static async Task<long> GrantAsync(ElectionCandidate candidate)
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Token, candidate.Abandoned);
        giveUp.CancelAfter(Patience);
        while (true)
        {
            try
            {
                return await candidate.Election.CampaignAsync(giveUp.Token);
            }
            catch (StoreUnavailableException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), giveUp.Token);
            }
        }
    }

    /// <summary>One leads and has just renewed, while the other waits. Where the machine stood still for a lease in
    /// between, it begins again.</summary>
    private static async Task<(long Term, long RenewingAt, Task<long> Waiting)> LeadBesideAsync(
        ElectionCandidate leader, ElectionCandidate other)
    {
        while (true)
        {
            var term = await GrantAsync(leader);
            var waiting = GrantAsync(other);
            var renewingAt = Stopwatch.GetTimestamp();
            try
            {
                await leader.Election.RenewAsync(term, Token);
                return (term, renewingAt, waiting);
            }
            catch (Exception e) when (e is LeadershipLostException or StoreUnavailableException)
            {
                await other.Election.ResignAsync(await waiting, Token);
            }
        }
    }

    /// <summary>A node that is cut off may know that its term is over, or not.</summary>
    private static async Task AssertNotRenewedAsync(ElectionCandidate candidate, long term)
    {
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => candidate.Election.RenewAsync(term, Token));
        Assert.True(failure is StoreUnavailableException or LeadershipLostException, failure.ToString());
    }

    private static async Task AssertLostAsync(ElectionCandidate candidate, long term)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            var failure = await Assert.ThrowsAnyAsync<Exception>(() => candidate.Election.RenewAsync(term, Token));
            if (failure is LeadershipLostException) return;
            Assert.IsType<StoreUnavailableException>(failure); // the way to the store has yet to be found again
            Assert.True(Stopwatch.GetElapsedTime(began) < Patience, "The store did not come back.");
            await Task.Delay(50, Token);
        }
    }

    private static async Task<Leader?> LeaderSeenByAsync(ElectionCandidate candidate)
    {
        await using var watch = new ElectionWatch(candidate.Election, Patience, Token);
        return await watch.NextAsync();
    }

    private static CommitBatch Batch(long term, long id, string text) => new(id, term,
        [new([new(new(DocumentKind.State, "job"), Encoding.UTF8.GetBytes($"\"{text}\""))], [])]);

    private static async Task<IReadOnlyList<string>> LoadAsync(IStateStore store, long term)
    {
        var texts = new List<string>();
        await foreach (var document in store.LoadAsync(term, Token))
            texts.Add(Encoding.UTF8.GetString(document.Json.Span));
        return texts;
    }
}
