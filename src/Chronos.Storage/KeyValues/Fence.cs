using System.Text.Json;
using System.Text.Json.Serialization;
using Chronos.Runtime.Ports;

namespace Chronos.Storage.KeyValues;

/// <summary>What guards a key-value store: the newest term, and how far its commits have come. It changes in the same
/// transaction as what it speaks of.</summary>
internal sealed record Fence
{
    private const int FormatNow = 1;

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Of everything beside it. A newer one is refused.</summary>
    public int Format { get; init; } = FormatNow;

    /// <summary>The newest leadership.</summary>
    public long Term { get; init; }

    /// <summary>Its newest batch.</summary>
    public long Batch { get; init; }

    /// <summary>How many units of that batch are committed; null: all.</summary>
    public int? Units { get; init; }

    /// <summary>The changes of the last committed unit, which may not all have been carried out yet; null: they have.
    /// </summary>
    public PartsReference? Staged { get; init; }

    /// <summary>How far the terms before this one had come when it began; null: this one has committed something, or
    /// nobody noted it.</summary>
    public StorePosition? Before { get; init; }

    /// <summary>How far commits have come.</summary>
    [JsonIgnore]
    public StorePosition Position => Batch == 0 && Before is { } before ? before : new(Term, Batch, Units);

    /// <summary>The first fence of a store.</summary>
    public static Fence None { get; } = new();

    /// <summary>Whether a batch has been committed altogether.</summary>
    public bool Has(CommitBatch batch) =>
        Term == batch.Term && (batch.Id < Batch || (batch.Id == Batch && Units is null));

    /// <summary>The first unit of a batch that has not been committed.</summary>
    public int NextUnitOf(CommitBatch batch) => Term == batch.Term && Batch == batch.Id ? Units ?? 0 : 0;

    /// <summary>Whether less has been committed than when the fence was <paramref name="other"/>.</summary>
    public bool IsBefore(Fence other) => Progress.CompareTo(other.Progress) < 0;

    private (long Term, long Batch, int Units) Progress => (Term, Batch, Units ?? int.MaxValue);

    /// <summary>As a new leadership takes it. What is staged has been decided and stays.</summary>
    public Fence TakenBy(long term) => new() { Term = term, Staged = Staged, Before = Position };

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Options);

    /// <summary>Reads a fence.</summary>
    /// <exception cref="StoreCorruptException">It cannot be understood.</exception>
    public static Fence Read(StoredFence stored, string place)
    {
        if (stored.Content is not { } content) return None;
        try
        {
            var fence = JsonSerializer.Deserialize<Fence>(content.Span, Options)
                ?? throw new JsonException("It is null.");
            if (fence.Format > FormatNow)
                throw new StoreCorruptException($"The fence of {place} has format {fence.Format}; this version knows "
                    + $"{FormatNow} at most. Use the version of Chronos that wrote it, or a newer one.");
            return fence;
        }
        catch (JsonException e)
        {
            throw new StoreCorruptException($"The fence of {place} is damaged: {e.Message} Restore a backup, or begin "
                + "anew under another path.", e);
        }
    }
}
