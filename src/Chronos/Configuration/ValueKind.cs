namespace Chronos.Configuration;

/// <summary>A kind of value: how it is read and shown.</summary>
/// <param name="Name">Short name for help, such as <c>port</c>.</param>
/// <param name="Rule">What a text must be, as the end of the sentence "The value must be …".</param>
/// <param name="TryRead">Reads a text.</param>
/// <param name="Show">The text of a value, in the form that is read.</param>
public sealed record ValueKind<T>(string Name, string Rule, TryRead<T> TryRead, Func<T, string> Show)
{
    /// <summary>Values that a mistyped text may have meant; null: nobody can say.</summary>
    public Func<string, IReadOnlyList<string>>? Nearest { get; init; }
}

/// <summary>Reads a text; false: it is no such value.</summary>
public delegate bool TryRead<T>(string text, out T value);
