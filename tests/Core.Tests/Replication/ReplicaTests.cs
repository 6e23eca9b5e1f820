using System.Text;
using System.Text.Json;
using Chronos.Core.Jobs;
using Chronos.Core.Scheduling;
using Chronos.Core.Tests.Documents;
using Chronos.Runtime.Node;
using Chronos.Runtime.Ports;
using Chronos.Runtime.Replication;
using NodaTime;
using Xunit;

namespace Chronos.Core.Tests.Replication;

public sealed class ReplicaTests
{
    private readonly Replica replica = new(new DocumentReader(DateTimeZone.Utc));

    [Fact]
    public void Batch_IsTakenOnceTheNextBegins()
    {
        Begin(new(3, 7), "a");
        Tell(new CommitBatch(8, 3, [Put("b")]));
        Assert.Equal(1, replica.JobCount);

        Tell(new CommitBatch(9, 3, [Delete("a")]));

        Assert.Equal(2, replica.JobCount);
    }

    [Fact]
    public void Batch_IsTakenOnceTheLeaderSaysThatItIsDurable()
    {
        Begin(new(3, 7), "a");
        Tell(new CommitBatch(8, 3, [Put("b")]));
        Take(ReplicationLines.Alive(new(3, 7)));
        Assert.Equal(1, replica.JobCount);

        Take(ReplicationLines.Alive(new(3, 8)));

        Assert.Equal(["a", "b"], NamesAt(new(3, 8)));
    }

    [Fact]
    public void NewestBatch_NotCommitted_IsLeftOut()
    {
        Begin(new(3, 7), "a");
        Tell(new CommitBatch(8, 3, [Put("b")]));

        Assert.Equal(["a"], NamesAt(new(3, 7)));
    }

    [Fact]
    public void NewestBatch_Committed_IsTaken()
    {
        Begin(new(3, 7), "a");
        Tell(new CommitBatch(8, 3, [Put("b"), Delete("a")]));

        Assert.Equal(["b"], NamesAt(new(3, 8)));
    }

    [Fact]
    public void NewestBatch_CommittedInPart_IsTakenInPart()
    {
        Begin(new(3, 7), "a");
        Tell(new CommitBatch(8, 3, [Put("b"), Put("c"), Delete("a")]));

        Assert.Equal(["a", "b", "c"], NamesAt(new(3, 8, Units: 2)));
    }

    [Fact]
    public void FirstBatchOfATerm_FollowsTheLastOfTheTermBefore()
    {
        Begin(new(2, 40), "a");
        Tell(new CommitBatch(1, 3, [Put("b")]));

        Assert.Equal(["a", "b"], NamesAt(new(3, 1)));
    }

    [Fact]
    public void Jobs_ThatShowLaterBatches_AreNoCopyBeforeTheseWereHeard()
    {
        Take(ReplicationLines.Head(new(3, 7), new Dictionary<string, string>()));
        Take(ReplicationLines.Documents([Snapshot("a"), Snapshot("b"), Snapshot("c")])); // a goes in 8, c comes in 9
        Take(ReplicationLines.Complete(new(3, 9)));
        Assert.False(replica.Reaches(new(3, 7)));

        Tell(new CommitBatch(8, 3, [Delete("a")]));
        Assert.False(replica.Reaches(new(3, 8)));
        Tell(new CommitBatch(9, 3, [Put("c")]));

        Assert.False(replica.Reaches(new(3, 8)));
        Assert.Equal(["b", "c"], NamesAt(new(3, 9)));
    }

    [Theory]
    [InlineData(3, 6)]
    [InlineData(3, 10)]
    [InlineData(2, 8)]
    [InlineData(4, 1)]
    public void Position_NeverHeardOf_IsNotReached(long term, long batch)
    {
        Begin(new(3, 7), "a");
        Tell(new CommitBatch(8, 3, [Put("b")]));

        Assert.False(replica.Reaches(new(term, batch)));
    }

    [Fact]
    public void Batch_AfterAGap_IsRefused()
    {
        Begin(new(3, 7), "a");

        var error = Assert.Throws<FormatException>(() => Tell(new CommitBatch(9, 3, [Put("b")])));

        Assert.Contains("Batch 9 of term 3 does not follow batch 7 of term 3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_AreTaken()
    {
        Take(ReplicationLines.Head(new(3, 7), new Dictionary<string, string> { ["engine/mesos"] = "\"é\\\"1\"" }));
        Take(ReplicationLines.Complete(new(3, 7)));
        Tell(new CommitBatch(8, 3, [new([new(new(DocumentKind.Meta, "engine/other"), "\"2\""u8.ToArray())], [])]));

        Assert.Empty(NamesAt(new(3, 8)));
        Assert.Equal("\"é\\\"1\"", replica.Meta["engine/mesos"]);
        Assert.Equal("\"2\"", replica.Meta["engine/other"]);
    }

    [Fact]
    public void NewestBatch_ThatCannotBeUnderstood_IsRefused()
    {
        Begin(new(3, 7), "a");
        Tell(new CommitBatch(8, 3, [new([new(new(DocumentKind.State, "a"), "[1]"u8.ToArray())], [])]));

        Assert.Throws<FormatException>(() => replica.MoveTo(new(3, 8)));
    }

    [Theory]
    [InlineData("""{"format":2}""", "format 2")]
    [InlineData("""{"format":"one"}""", "cannot be understood")]
    [InlineData("""{"documents":[{"kind":"State","name":"a"}]}""", "cannot be understood")]
    [InlineData("""{"documents":[{"kind":"Status","name":"a","json":{}}]}""", "cannot be understood")]
    [InlineData("""[]""", "cannot be understood")]
    public void Line_ThatCannotBeUnderstood_IsRefused(string line, string expected)
    {
        var error = Assert.Throws<FormatException>(() => Take(Encoding.UTF8.GetBytes(line)));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Definition_WithoutState_IsRefused()
    {
        Begin(new(3, 7), "a");
        Tell(new CommitBatch(8, 3, [new([new(new(DocumentKind.State, "a"), null)], [])]));

        Assert.Throws<FormatException>(() => replica.MoveTo(new(3, 8)));
    }

    private void Begin(StorePosition position, params string[] names)
    {
        Take(ReplicationLines.Head(position, new Dictionary<string, string>()));
        Take(ReplicationLines.Documents(names.Select(Snapshot)));
        Take(ReplicationLines.Complete(position));
    }

    private void Tell(CommitBatch batch) => Take(ReplicationLines.Batch(batch));

    private void Take(byte[] line)
    {
        using var document = JsonDocument.Parse(line);
        replica.Take(document.RootElement.Clone());
    }

    private string[] NamesAt(StorePosition position)
    {
        Assert.True(replica.Reaches(position));
        replica.MoveTo(position);
        return [.. replica.Jobs.Select(known => known.Job.Name).Order(StringComparer.Ordinal)];
    }

    private static CommitUnit Put(string name) =>
        new DocumentCodec(term: 3).Encode([new JobPut(new(name), Snapshot(name))], 0, 1);

    private static CommitUnit Delete(string name) => new(
        [new(new(DocumentKind.Definition, name), null), new(new(DocumentKind.State, name), null)], []);

    private static JobSnapshot Snapshot(string name) =>
        new(new Job { Name = name, Command = "true" }, DocumentSamples.SmallState, next: null);
}
