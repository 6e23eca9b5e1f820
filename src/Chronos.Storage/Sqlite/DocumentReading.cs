using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Chronos.Runtime.Ports;

namespace Chronos.Storage.Sqlite;

/// <summary>Reads all documents in chunks, a few of them ahead of who takes them.</summary>
internal sealed class DocumentReading
{
    private const int ChunkDocumentsMax = 512;
    private const int ChunksAheadMax = 8;

    /// <summary>Below the size from which the garbage collector treats arrays as large.</summary>
    private const int SlabBytes = 64 * 1024;

    private readonly Channel<List<StoredDocument>> chunks = Channel.CreateBounded<List<StoredDocument>>(
        new BoundedChannelOptions(ChunksAheadMax) { SingleReader = true, SingleWriter = true });

    private List<StoredDocument> chunk = new(ChunkDocumentsMax);
    private byte[] slab = [];
    private int slabUsed;

    /// <summary>Reads every table in one transaction, blocking while nobody takes chunks.</summary>
    public bool Produce(Connection connection, CancellationToken cancellationToken)
    {
        try
        {
            connection.Execute("BEGIN");
            try
            {
                Read(connection, cancellationToken);
                if (chunk.Count > 0) Send(cancellationToken);
            }
            finally
            {
                connection.EndWork();
            }
        }
        finally
        {
            chunks.Writer.Complete();
        }

        return true;
    }

    /// <summary>The chunks, and then the failure of <paramref name="producing"/>, where it failed.</summary>
    public async IAsyncEnumerable<List<StoredDocument>> Chunks(
        Task producing, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Also ends the waiting below where reading failed before it began.
        _ = producing.ContinueWith(
            _ => chunks.Writer.TryComplete(),
            CancellationToken.None,
            TaskContinuationOptions.None,
            TaskScheduler.Default);
        while (await chunks.Reader.WaitToReadAsync(cancellationToken))
            while (chunks.Reader.TryRead(out var read)) yield return read;
        await producing;
    }

    private void Read(Connection connection, CancellationToken cancellationToken)
    {
        using var meta = Rows(connection, "meta");
        while (Take(meta, DocumentKind.Meta, cancellationToken))
        {
        }

        // Both tables grow with each new job, so its two documents come close to each other, and it can be taken while
        // others are read.
        using var definitions = Rows(connection, "definitions");
        using var states = Rows(connection, "states");
        var (moreDefinitions, moreStates) = (true, true);
        while (moreDefinitions || moreStates)
        {
            moreDefinitions = moreDefinitions && Take(definitions, DocumentKind.Definition, cancellationToken);
            moreStates = moreStates && Take(states, DocumentKind.State, cancellationToken);
        }
    }

    private static Statement Rows(Connection connection, string table) =>
        connection.Open($"SELECT name, json FROM {table} NOT INDEXED");

    private bool Take(Statement rows, DocumentKind kind, CancellationToken cancellationToken)
    {
        if (!rows.Step()) return false;
        chunk.Add(new(new(kind, rows.Text(0)), Keep(rows.Utf8(1))));
        if (chunk.Count == ChunkDocumentsMax) Send(cancellationToken);
        return true;
    }

    private void Send(CancellationToken cancellationToken)
    {
        while (!chunks.Writer.TryWrite(chunk))
            chunks.Writer.WaitToWriteAsync(cancellationToken).AsTask().Wait(cancellationToken);
        chunk = new(ChunkDocumentsMax);
    }

    /// <summary>Copies a document; small ones share an array, because two million of their own would keep the garbage
    /// collector busy.</summary>
    private ReadOnlyMemory<byte> Keep(ReadOnlySpan<byte> json)
    {
        if (json.Length > SlabBytes / 4) return json.ToArray();
        if (slabUsed + json.Length > slab.Length)
        {
            slab = new byte[SlabBytes];
            slabUsed = 0;
        }

        var kept = slab.AsMemory(slabUsed, json.Length);
        json.CopyTo(kept.Span);
        slabUsed += json.Length;
        return kept;
    }
}
