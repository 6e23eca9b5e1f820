using System.Text.Json;

namespace Chronos.Simulation.Mutations;

/// <summary>A deliberate mistake: one piece of the product's source, and what to put in its place.</summary>
/// <param name="Name">What the mistake does, as a sentence without its subject.</param>
/// <param name="File">The source file, below the root of the repository.</param>
/// <param name="Search">The text to replace; occurs exactly once in the file.</param>
/// <param name="Replacement">What takes its place.</param>
public sealed record Mutation(string Name, string File, string Search, string Replacement)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    /// <summary>All of them, from the list beside the tests.</summary>
    public static IReadOnlyList<Mutation> All { get; } = JsonSerializer.Deserialize<List<Mutation>>(
        ReadList(), Options) ?? [];

    /// <summary>The name of the project that the file belongs to.</summary>
    public string Project => File.Split('/')[1];

    /// <summary>The source with the mistake in it.</summary>
    /// <exception cref="InvalidOperationException">The product has changed and the list has not.</exception>
    public string Apply(string source)
    {
        var place = source.IndexOf(Search, StringComparison.Ordinal);
        if (place < 0 || source.IndexOf(Search, place + 1, StringComparison.Ordinal) >= 0)
            throw new InvalidOperationException(
                $"'{Search}' must occur exactly once in {File}; change mutations.json as the source has changed.");
        return string.Concat(source.AsSpan(0, place), Replacement, source.AsSpan(place + Search.Length));
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static string ReadList() =>
        System.IO.File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Mutations", "mutations.json"));
}
