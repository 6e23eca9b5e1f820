using System.Globalization;
using Chronos.Runtime.Ports;

namespace Chronos.Storage.KeyValues;

/// <summary>Knows which documents are kept in parts, and which parts nobody refers to any more. Kinds of documents that
/// are read side by side share it.</summary>
internal sealed class LargeValues(IKeyValues keyValues)
{
    private readonly Lock gate = new();
    private readonly Dictionary<DocumentKey, PartsReference> references = [];
    private readonly HashSet<string> unreferenced = new(StringComparer.Ordinal);
    private int writtenCount;

    /// <summary>The names of all parts that a document refers to.</summary>
    public HashSet<string> ReferencedNames
    {
        get
        {
            lock (gate)
                return references.Values.SelectMany(parts => parts.Names).ToHashSet(StringComparer.Ordinal);
        }
    }

    /// <summary>Forgets everything; a load tells anew.</summary>
    public void Forget()
    {
        lock (gate)
        {
            references.Clear();
            unreferenced.Clear();
        }
    }

    /// <summary>Writes parts that nobody refers to yet.</summary>
    /// <param name="value">What they are parts of.</param>
    /// <param name="writePart">Writes one.</param>
    /// <param name="fenceVersion">Makes their names unique.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<PartsReference> WritePartsAsync(
        ReadOnlyMemory<byte> value, Func<KeyChange, CancellationToken, Task> writePart, long fenceVersion,
        CancellationToken cancellationToken)
    {
        var size = keyValues.Limits.ValueBytes;
        var count = (value.Length + size - 1) / size;
        var generation = string.Create(CultureInfo.InvariantCulture, $"{fenceVersion:d10}-{++writtenCount}");
        var parts = new PartsReference(generation, count, value.Length);
        Unreference(parts); // should the rest fail
        for (var i = 0; i < count; i++)
        {
            var part = value.Slice(i * size, Math.Min(size, value.Length - (i * size)));
            await writePart(new(Area.Parts, parts.NameOf(i), part), cancellationToken);
        }

        return parts;
    }

    /// <summary>Puts parts together.</summary>
    /// <exception cref="FormatException">One is missing, or they have not the size that they should.</exception>
    public async Task<ReadOnlyMemory<byte>> ReadPartsAsync(PartsReference parts, CancellationToken cancellationToken)
    {
        var whole = new MemoryStream();
        foreach (var name in parts.Names)
        {
            var part = await keyValues.ReadAsync(Area.Parts, name, cancellationToken)
                ?? throw new FormatException($"Its part '{name}' is missing.");
            whole.Write(part.Span);
        }

        return whole.Length == parts.Bytes
            ? whole.ToArray()
            : throw new FormatException($"Its parts have {whole.Length} bytes instead of {parts.Bytes}.");
    }

    /// <summary>A transaction that refers to these parts is about to be sent. From now on nobody may say that they are
    /// not referred to, be its answer lost; if it did not happen, the next load finds them to be nobody's.</summary>
    public void Keep(PartsReference parts)
    {
        lock (gate) unreferenced.ExceptWith(parts.Names);
    }

    /// <summary>A document has been written.</summary>
    /// <param name="key">Which.</param>
    /// <param name="parts">The parts it refers to now; null: none.</param>
    public void Refer(DocumentKey key, PartsReference? parts)
    {
        lock (gate)
        {
            if (references.Remove(key, out var old)) unreferenced.UnionWith(old.Names);
            if (parts is null) return;
            references[key] = parts;
            unreferenced.ExceptWith(parts.Names);
        }
    }

    /// <summary>Nobody refers to these parts any more.</summary>
    public void Unreference(PartsReference parts)
    {
        lock (gate) unreferenced.UnionWith(parts.Names);
    }

    /// <summary>The parts to remove.</summary>
    public IReadOnlyList<string> UnreferencedNames
    {
        get
        {
            lock (gate) return unreferenced.Count == 0 ? [] : [.. unreferenced];
        }
    }

    /// <summary>They have been removed.</summary>
    public void Removed(IEnumerable<string> names)
    {
        lock (gate) unreferenced.ExceptWith(names);
    }
}
