using System.Diagnostics.CodeAnalysis;

namespace Chronos.Core.Jobs;

/// <summary>Finds what belongs to a job by the job's name. One thread at a time writes; any number read at the same
/// time, without locks, and see what was there before or after each write.
/// <para>A hash table with open addressing in two arrays, at 15 to 21 bytes for an item: a server keeps two of them
/// over all jobs, and a dictionary would take twice to four times as much.</para></summary>
/// <param name="nameOf">The name of an item; never changes.</param>
public sealed class JobIndex<T>(Func<T, string> nameOf)
    where T : class
{
    private const int Empty = 0;
    private const int Removed = 1;
    private const int SmallestSize = 16;
    private volatile Cells cells = new(SmallestSize);
    private int removed;

    /// <summary>The number of items.</summary>
    public int Count { get; private set; }

    /// <summary>All items, in no order; what is written meanwhile may be among them or not.</summary>
    public IEnumerable<T> Items
    {
        get
        {
            var current = cells;
            for (var i = 0; i < current.Hashes.Length; i++)
                if (Volatile.Read(ref current.Hashes[i]) > Removed)
                    yield return current.Items[i]!; // written before its hash
        }
    }

    /// <summary>The item of this name; null: there is none.</summary>
    public T? Find(string name)
    {
        var current = cells;
        var cell = FindCell(current, name, HashOf(name));
        return cell < 0 ? null : current.Items[cell];
    }

    /// <summary>Whether there is an item of this name.</summary>
    public bool TryFind(string name, [NotNullWhen(true)] out T? item) => (item = Find(name)) is not null;

    /// <summary>Adds an item.</summary>
    /// <exception cref="ArgumentException">There is one of its name.</exception>
    public void Add(T item)
    {
        var name = nameOf(item);
        var hash = HashOf(name);
        if (FindCell(cells, name, hash) >= 0) throw new ArgumentException($"There is an item '{name}' already.");
        if ((Count + removed + 1) * 5L > cells.Hashes.Length * 4L) Rebuild();
        Put(cells, item, hash);
        Count++;
    }

    /// <summary>Removes the item of this name.</summary>
    /// <returns>The item; null: there was none.</returns>
    public T? Remove(string name)
    {
        var cell = FindCell(cells, name, HashOf(name));
        if (cell < 0) return null;
        var item = cells.Items[cell];
        Volatile.Write(ref cells.Hashes[cell], Removed); // the item stays for those who have just found its hash
        Count--;
        if (++removed > Math.Max(SmallestSize, Count / 2)) Rebuild();
        return item;
    }

    private int FindCell(Cells among, string name, int hash)
    {
        for (var i = among.HomeOf(hash); ; i = i + 1 == among.Hashes.Length ? 0 : i + 1)
        {
            var found = Volatile.Read(ref among.Hashes[i]);
            if (found == Empty) return -1;
            if (found == hash && nameOf(among.Items[i]!) == name) return i; // written before its hash
        }
    }

    /// <summary>Moves the items to arrays of a fitting size, and leaves out what was removed.</summary>
    private void Rebuild()
    {
        var old = cells;
        var rebuilt = new Cells(Math.Max(SmallestSize, checked((int)(Count * 1.75)) + 1));
        for (var i = 0; i < old.Hashes.Length; i++)
            if (old.Hashes[i] > Removed) Put(rebuilt, old.Items[i]!, old.Hashes[i]); // written before its hash
        removed = 0;
        cells = rebuilt;
    }

    private static void Put(Cells into, T item, int hash)
    {
        var i = into.HomeOf(hash);
        while (into.Hashes[i] != Empty) i = i + 1 == into.Hashes.Length ? 0 : i + 1;
        into.Items[i] = item;
        Volatile.Write(ref into.Hashes[i], hash);
    }

    // Seeded anew in each process, so that nobody can make up names that all meet in one cell.
    private static int HashOf(string name) =>
        (StringComparer.Ordinal.GetHashCode(name) & int.MaxValue) | (Removed + 1); // neither empty nor removed

    private sealed class Cells(int size)
    {
        public int[] Hashes { get; } = new int[size];

        public T?[] Items { get; } = new T?[size];

        /// <summary>Where the search for a hash begins.</summary>
        public int HomeOf(int hash) => (int)(((ulong)unchecked((uint)hash * 2_654_435_769) * (ulong)size) >> 32);
    }
}
