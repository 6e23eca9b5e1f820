namespace Chronos.Core.Jobs;

/// <summary>Guesses what somebody who mistyped a name meant.</summary>
public static class NearestName
{
    private const int LengthMax = 64;
    private const int DistanceMax = 3;

    /// <summary>The known name that differs least, letter case aside; the first in order where several do. Null: none
    /// is near.</summary>
    public static string? Find(string unknown, IEnumerable<string> known)
    {
        if (unknown.Length is 0 or > LengthMax) return null;
        string? nearest = null;
        var fewest = Math.Clamp(unknown.Length / 3, 1, DistanceMax) + 1;
        foreach (var name in known)
        {
            if (Math.Abs(name.Length - unknown.Length) > DistanceMax) continue;
            var distance = Distance(unknown, name);
            var isNearer = distance < fewest
                || (distance == fewest && nearest is not null && string.CompareOrdinal(name, nearest) < 0);
            if (isNearer) (nearest, fewest) = (name, distance);
        }

        return nearest;
    }

    /// <summary>A sentence that names it, with a space before; empty: none is near.</summary>
    public static string Hint(string unknown, IEnumerable<string> known) =>
        Find(unknown, known) is { } near ? $" Perhaps '{near}' is meant." : "";

    /// <summary>How many letters are wrong, missing, extra or swapped with a neighbour.</summary>
    private static int Distance(string left, string right)
    {
        var beforeLast = new int[right.Length + 1];
        var last = new int[right.Length + 1];
        var row = new int[right.Length + 1];
        for (var j = 0; j <= right.Length; j++) last[j] = j;
        for (var i = 1; i <= left.Length; i++)
        {
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                row[j] = Math.Min(Math.Min(last[j], row[j - 1]) + 1, last[j - 1] + (Same(i, j) ? 0 : 1));
                if (i > 1 && j > 1 && Same(i, j - 1) && Same(i - 1, j))
                    row[j] = Math.Min(row[j], beforeLast[j - 2] + 1);
            }

            (beforeLast, last, row) = (last, row, beforeLast);
        }

        return last[right.Length];

        bool Same(int i, int j) => char.ToUpperInvariant(left[i - 1]) == char.ToUpperInvariant(right[j - 1]);
    }
}
