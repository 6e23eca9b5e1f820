using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Chronos.Core.Jobs;

/// <summary>An immutable list that is equal to another with equal items in the same order, so that records which
/// hold one need no hand-written equality. The default value is the empty list.</summary>
[CollectionBuilder(typeof(ValueList), nameof(ValueList.Create))]
[SuppressMessage("Naming", "CA1710", Justification = "It is a list; 'Collection' would say less.")]
public readonly struct ValueList<T> : IReadOnlyList<T>, IEquatable<ValueList<T>>
{
    private readonly T[]? items;

    internal ValueList(T[] owned) => items = owned.Length == 0 ? null : owned;

    /// <summary>The number of items.</summary>
    public int Count => items?.Length ?? 0;

    /// <summary>Whether there are no items.</summary>
    public bool IsEmpty => items is null;

    /// <inheritdoc/>
    public T this[int index] => (items ?? [])[index];

    /// <summary>The items as a span, without a copy.</summary>
    public ReadOnlySpan<T> AsSpan() => items;

    /// <summary>The list with <paramref name="item"/> at its end.</summary>
    public ValueList<T> Add(T item) => new(items is null ? [item] : [.. items, item]);

    /// <summary>The list with the item at <paramref name="index"/> replaced.</summary>
    public ValueList<T> SetItem(int index, T item)
    {
        T[] copy = [.. AsSpan()];
        copy[index] = item;
        return new(copy);
    }

    /// <summary>The list without the item at <paramref name="index"/>.</summary>
    public ValueList<T> RemoveAt(int index) =>
        Count == 1 && index == 0 ? default : new([.. AsSpan()[..index], .. AsSpan()[(index + 1)..]]);

    /// <inheritdoc/>
    public bool Equals(ValueList<T> other)
    {
        if (ReferenceEquals(items, other.items)) return true;
        if (Count != other.Count) return false;
        for (var i = 0; i < Count; i++)
            if (!EqualityComparer<T>.Default.Equals(items![i], other.items![i])) return false; // counts are equal
        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ValueList<T> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = 17;
        foreach (var item in AsSpan()) hash = unchecked((hash * 31) + (item?.GetHashCode() ?? 0));
        return hash;
    }

    /// <summary>Whether both lists hold equal items in the same order.</summary>
    public static bool operator ==(ValueList<T> left, ValueList<T> right) => left.Equals(right);

    /// <summary>Whether the lists differ in an item or in order.</summary>
    public static bool operator !=(ValueList<T> left, ValueList<T> right) => !left.Equals(right);

    /// <summary>Goes through the items without allocating.</summary>
    public Enumerator GetEnumerator() => new(items ?? []);

    IEnumerator<T> IEnumerable<T>.GetEnumerator() => ((IEnumerable<T>)(items ?? [])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => (items ?? []).GetEnumerator();

    /// <summary>A place in the list.</summary>
    public struct Enumerator
    {
        private readonly T[] items;
        private int index;

        internal Enumerator(T[] items) => (this.items, index) = (items, -1);

        /// <summary>The item at this place.</summary>
        public readonly T Current => items[index];

        /// <summary>Goes to the next item; false: there is none.</summary>
        public bool MoveNext() => ++index < items.Length;
    }
}

/// <summary>Makes <see cref="ValueList{T}"/>s; the compiler calls it for collection expressions.</summary>
public static class ValueList
{
    /// <summary>A list of the given items, copied.</summary>
    public static ValueList<T> Create<T>(ReadOnlySpan<T> items) => new(items.ToArray());

    /// <summary>A list of the given items, in their order.</summary>
    public static ValueList<T> ToValueList<T>(this IEnumerable<T> items) => new(items.ToArray());
}
