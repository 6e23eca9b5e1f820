using System.Text;
using Chronos.Runtime.Ports;
using Chronos.Storage.Sqlite;

namespace Chronos.Integration.Tests.Sqlite;

/// <summary>What the tests put into a database and read back.</summary>
internal static class StoredTexts
{
    public static CommitUnit Unit(string name, string text, params HistoryRecord[] records) =>
        new([new(new(DocumentKind.State, name), Encoding.UTF8.GetBytes(text))], [.. records]);

    public static async Task CommitAsync(this SqliteDatabase database, long id, long term, params CommitUnit[] units)
    {
        await using var store = new SqliteStateStore(database);
        await store.CommitAsync(new(id, term, units), CancellationToken.None);
    }

    /// <summary>The documents of a kind by name.</summary>
    public static async Task<SortedDictionary<string, string>> TextsAsync(
        this SqliteDatabase database, DocumentKind kind = DocumentKind.State)
    {
        await using var store = new SqliteStateStore(database);
        var term = await store.ReadTermAsync(CancellationToken.None);
        var texts = new SortedDictionary<string, string>(StringComparer.Ordinal);
        await foreach (var document in store.LoadAsync(term + 1, CancellationToken.None))
            if (document.Key.Kind == kind) texts.Add(document.Key.Name, Encoding.UTF8.GetString(document.Json.Span));
        return texts;
    }
}
