using System.Text.Json;

namespace Chronos.Core.Jobs;

/// <summary>Reads <c>fetch</c> and its older form <c>uris</c>.</summary>
internal static class FetchReader
{
    private static readonly FieldNames ItemNames = new("uri", "output_file", "executable", "cache", "extract");

    /// <summary>Takes the place of a file that was refused, so that the others keep their indexes.</summary>
    private static readonly FetchUri Refused = new("", "", Executable: false, Cache: false, Extract: false);

    public static (ValueList<FetchUri> Fetch, ValueList<string> Uris) Read(JsonFields fields)
    {
        var fetch = fields.List("fetch", (element, path) => ReadItem(element, path, fields.Reading));
        var uris = fields.Texts("uris");
        if (fetch.IsEmpty || uris.IsEmpty) return (fetch, uris);
        if (fields.Reading.Log.HasRefused("fetch") || fields.Reading.Log.HasRefused("uris")) return (fetch, uris);

        // The list of jobs of Mesos Chronos shows both forms of one list, and clients post such an item back.
        if (!SameUris(fetch, uris))
        {
            fields.Reading.Log.Refuse(fields.At("uris"), (string?)null,
                "'fetch' and 'uris' must name the same files where both are given.", "Remove 'uris'.");
        }

        var existing = fields.Reading.Options.Existing?.Task;
        return existing is not null && Mirrored(existing) == fetch ? (existing.Fetch, existing.Uris) : (fetch, []);
    }

    /// <summary>The files of a job in the newer form.</summary>
    public static ValueList<FetchUri> Mirrored(TaskOptions task) => task.Fetch.IsEmpty
        ? task.Uris.Select(uri => new FetchUri(uri, "", Executable: false, Cache: false, Extract: true)).ToValueList()
        : task.Fetch;

    private static bool SameUris(ValueList<FetchUri> fetch, ValueList<string> uris) =>
        fetch.Select(item => item.Uri).Order(StringComparer.Ordinal)
            .SequenceEqual(uris.Order(StringComparer.Ordinal));

    private static FetchUri ReadItem(JsonElement element, string path, JobReading reading)
    {
        if (JsonFields.Open(element, path, ItemNames, reading) is not { } item) return Refused;
        return new(
            item.RequiredText("uri", "Give the address of the file."),
            item.Text("output_file"),
            item.Flag("executable"),
            item.Flag("cache"),
            item.Flag("extract", absent: true));
    }
}
