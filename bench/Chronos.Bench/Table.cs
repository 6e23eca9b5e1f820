using System.Globalization;

namespace Chronos.Bench;

/// <summary>What was measured: ours, the peer's and their ratio from the same run, and the aim.</summary>
internal sealed class Table
{
    private const string None = "–";
    private readonly List<string[]> rows = [["what", "ours", "peer", "ratio", "aim"]];

    /// <summary>Adds a row, and prints it at once so that a long run shows how far it is.</summary>
    public void Add(string what, string ours, string peer = None, string ratio = None, string aim = None)
    {
        string[] row = [what, ours, peer, ratio, aim];
        rows.Add(row);
        Console.WriteLine(string.Join(" | ", row));
    }

    /// <summary>Rates: more is better.</summary>
    public void AddRates(string what, double ours, double peer, string aim) =>
        Add(what, Rate(ours), Rate(peer), Times(ours / peer), aim);

    /// <summary>Medians of the rates of rounds, the first of which warms up.</summary>
    public void AddRounds(string what, IEnumerable<double> ours, IEnumerable<double> peer, string aim) =>
        AddRates(what, Median(ours.Skip(1)), Median(peer.Skip(1)), aim);

    /// <summary>Prints the whole table as Markdown.</summary>
    public void Print()
    {
        Console.WriteLine();
        foreach (var (index, row) in rows.Index())
        {
            Console.WriteLine($"| {string.Join(" | ", row)} |");
            if (index == 0) Console.WriteLine($"|{string.Concat(Enumerable.Repeat("---|", row.Length))}");
        }
    }

    public static string Rate(double perSecond) => Text($"{perSecond:N0}/s");

    public static string Times(double ratio) => Text($"{ratio:0.00} ×");

    public static string Milliseconds(double value) => Text($"{value:0.00} ms");

    public static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>The middle one.</summary>
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
