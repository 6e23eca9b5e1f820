using System.Runtime.CompilerServices;
using System.Text;
using System.Threading.Channels;
using Chronos.Runtime.Node;
using Chronos.Runtime.Ports;

namespace Chronos.Runtime.Replication;

/// <summary>The leader's side of the copies that other nodes keep, so that they need not read the store when they take
/// over. Whoever reads it hears everything there is once, and then each batch before it is committed: what the store
/// has was told. Nobody waits for the readers; one that is too slow is dropped and may begin anew.</summary>
/// <param name="jobs">All jobs, as far as they are durable.</param>
public sealed class ReplicationFeed(JobDirectory jobs)
{
    private const int JobsPerLine = 500;
    private const long WaitingBytesMax = 256 << 20;
    private static readonly TimeSpan AlivePause = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private readonly List<Reader> readers = [];
    private readonly List<Reader> waiting = []; // to be let in between two commits
    private readonly Dictionary<string, string> meta = new(StringComparer.Ordinal);
    private StorePosition position; // of the newest batch that is durable and shows in the directory
    private bool isBusy = true; // not open yet, or a commit is under way
    private CommitBatch? begun;
    private bool isWhole;
    private bool isClosed;

    /// <summary>Reads until cancelled or until the leadership ends.</summary>
    /// <returns>Lines of JSON in UTF-8, each with its end.</returns>
    /// <exception cref="NodeUnavailableException">This node does not lead any more, there are jobs that it could not
    /// read, or the reader was too slow.</exception>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = new Reader();
        try
        {
            yield return await JoinAsync(reader).WaitAsync(cancellationToken);
            // Jobs may change between two lines. All batches since the head follow, so the last word is the right one;
            // until then the copy is ahead in some jobs, and is none.
            foreach (var some in jobs.InNoOrder().Chunk(JobsPerLine)) yield return ReplicationLines.Documents(some);
            yield return ReplicationLines.Complete(Durable);
            while (await reader.WaitAsync(AlivePause, cancellationToken) is { } hasMore)
            {
                if (!hasMore) yield return ReplicationLines.Alive(Durable);
                while (reader.TryTake(out var line)) yield return line;
            }
        }
        finally
        {
            lock (gate)
            {
                waiting.Remove(reader);
                readers.Remove(reader);
            }
        }
    }

    private StorePosition Durable
    {
        get
        {
            lock (gate) return position;
        }
    }

    /// <summary>The leadership has begun.</summary>
    /// <param name="start">Where the store stands.</param>
    /// <param name="settings">Of the whole cluster, each a JSON text.</param>
    /// <param name="isWhole">Whether everything could be read. Where not, another node may be able to.</param>
    internal void Open(StorePosition start, IReadOnlyDictionary<string, string> settings, bool isWhole)
    {
        lock (gate)
        {
            (position, this.isWhole) = (start, isWhole);
            foreach (var (name, text) in settings) meta[name] = text;
            isBusy = false;
            AdmitNeedsLock();
        }
    }

    /// <summary>A commit begins: tells the readers of it. One that is repeated was told.</summary>
    internal void Announce(CommitBatch batch)
    {
        lock (gate)
        {
            if (begun == batch) return;
            begun = batch;
            isBusy = true;
            if (readers.Count == 0) return;
        }

        var line = ReplicationLines.Batch(batch); // nobody is let in meanwhile
        lock (gate)
            foreach (var reader in readers) reader.Give(line);
    }

    /// <summary>The commit has ended well, and the directory shows it.</summary>
    /// <param name="settings">Units that no decision made: settings of the whole cluster.</param>
    internal void End(IEnumerable<CommitUnit> settings)
    {
        lock (gate)
        {
            foreach (var (key, json) in settings.SelectMany(unit => unit.Documents))
                if (json is { } text) meta[key.Name] = Encoding.UTF8.GetString(text.Span);
                else meta.Remove(key.Name);
            if (begun is { } batch) position = new(batch.Term, batch.Id);
            begun = null;
            isBusy = false;
            AdmitNeedsLock();
        }
    }

    /// <summary>The leadership is over.</summary>
    internal void Close()
    {
        lock (gate)
        {
            isClosed = true;
            AdmitNeedsLock();
            foreach (var reader in readers) reader.End();
        }
    }

    /// <returns>The first line, as soon as the reader may be let in.</returns>
    private Task<byte[]> JoinAsync(Reader reader)
    {
        lock (gate)
        {
            waiting.Add(reader);
            if (!isBusy || isClosed) AdmitNeedsLock();
        }

        return reader.Head;
    }

    /// <summary>Lets in who waits. Between two commits what the directory shows is all there is.</summary>
    private void AdmitNeedsLock()
    {
        foreach (var reader in waiting)
        {
            if (isClosed)
            {
                reader.Refuse("This node does not lead any more.");
            }
            else if (!isWhole)
            {
                reader.Refuse("There are jobs that this node cannot read.");
            }
            else
            {
                readers.Add(reader);
                reader.Admit(ReplicationLines.Head(position, meta));
            }
        }

        waiting.Clear();
    }

    /// <summary>Lines on their way to one reader.</summary>
    private sealed class Reader
    {
        private readonly TaskCompletionSource<byte[]> head = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Channel<byte[]> lines = Channel.CreateUnbounded<byte[]>(new() { SingleReader = true });
        private long waitingBytes;

        public Task<byte[]> Head => head.Task;

        public void Admit(byte[] line) => head.TrySetResult(line);

        public void Refuse(string reason) => head.TrySetException(new NodeUnavailableException(reason));

        public void Give(byte[] line)
        {
            if (Interlocked.Add(ref waitingBytes, line.Length) <= WaitingBytesMax) lines.Writer.TryWrite(line);
            else lines.Writer.TryComplete(new NodeUnavailableException("The copy was too slow; it begins anew."));
        }

        public void End() => lines.Writer.TryComplete();

        public bool TryTake(out byte[]? line)
        {
            if (!lines.Reader.TryRead(out line)) return false;
            Interlocked.Add(ref waitingBytes, -line.Length);
            return true;
        }

        /// <returns>Whether there is a line; null: there will be none.</returns>
        public async Task<bool?> WaitAsync(TimeSpan patience, CancellationToken cancellationToken)
        {
            using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            timer.CancelAfter(patience);
            try
            {
                return await lines.Reader.WaitToReadAsync(timer.Token) ? true : null;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return false;
            }
        }
    }
}
