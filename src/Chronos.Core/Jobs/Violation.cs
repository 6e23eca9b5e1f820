namespace Chronos.Core.Jobs;

/// <summary>One broken rule of an input, told so that its author can mend it.</summary>
/// <param name="Field">Path of the field as the author wrote it, such as <c>fetch[0].uri</c>; empty: the whole.</param>
/// <param name="Value">The offending value as text, cut to 200 characters; null where it is absent.</param>
/// <param name="Rule">What must hold, as a sentence.</param>
/// <param name="Remedy">What to do, as a sentence.</param>
public sealed record Violation(string Field, string? Value, string Rule, string Remedy)
{
    /// <inheritdoc/>
    public override string ToString() => Value is null
        ? $"{Field}: {Rule} {Remedy}"
        : $"{Field} '{Value}': {Rule} {Remedy}";
}
