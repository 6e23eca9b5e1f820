using System.Globalization;
using System.Text;

namespace Chronos.CommandLine;

/// <summary>Writes rows as columns that are as wide as their widest cell.</summary>
public sealed class TextTable(params string[] headings)
{
    private const int CellMax = 60;
    private const int ChunkLength = 16 * 1024;
    private readonly List<string[]> rows = [headings];

    /// <summary>Adds a row with a cell for each heading.</summary>
    public void Add(params string?[] cells) => rows.Add([.. cells.Select(Fit)]);

    /// <summary>Writes everything, headings first; nothing but headings where there are no rows.</summary>
    public void Write(TextWriter output)
    {
        var widths = headings.Select((_, column) => rows.Max(row => row[column].Length)).ToArray();
        // A console is written through at each call, so a long table goes out in pieces of many lines.
        var text = new StringBuilder();
        foreach (var row in rows)
        {
            var cells = row.Select((cell, column) => column == row.Length - 1 ? cell : cell.PadRight(widths[column]));
            text.Append(string.Join("  ", cells).TrimEnd()).Append(output.NewLine);
            if (text.Length < ChunkLength) continue;
            output.Write(text);
            text.Clear();
        }

        output.Write(text);
    }

    /// <summary>An instant in UTC, to the second.</summary>
    public static string Time(DateTimeOffset? at) =>
        at is { } value ? value.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) : "-";

    /// <summary>The time from one instant to another, such as <c>1m 5s</c>.</summary>
    public static string Length(DateTimeOffset? from, DateTimeOffset? to)
    {
        if (from is not { } start || to is not { } end) return "-";
        var length = end - start;
        return length.TotalDays >= 1 ? $"{(int)length.TotalDays}d {length.Hours}h"
            : length.TotalHours >= 1 ? $"{length.Hours}h {length.Minutes}m"
            : length.TotalMinutes >= 1 ? $"{length.Minutes}m {length.Seconds}s"
            : string.Create(CultureInfo.InvariantCulture, $"{length.TotalSeconds:0.0}s");
    }

    private static string Fit(string? cell)
    {
        var line = (cell ?? "").ReplaceLineEndings(" ");
        return line.Length > CellMax ? line[..(CellMax - 1)] + "…" : line;
    }
}
