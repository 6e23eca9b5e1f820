namespace Chronos.Server.Endpoints.Native;

/// <summary>Guesses which of some names a misspelled one was meant to be.</summary>
internal static class Nearest
{
    private const int LengthMax = 64;

    /// <summary>The most similar of <paramref name="known"/>; null: none is similar.</summary>
    public static string? To(string unknown, IEnumerable<string> known)
    {
        if (unknown.Length > LengthMax) return null;
        string? best = null;
        var bestDistance = Math.Max(1, unknown.Length / 3) + 1;
        foreach (var name in known)
        {
            var distance = Distance(unknown.ToUpperInvariant(), name.ToUpperInvariant());
            if (distance >= bestDistance) continue;
            best = name;
            bestDistance = distance;
        }

        return best;
    }

    /// <summary>Levenshtein's distance: letters to insert, remove or replace.</summary>
    private static int Distance(string left, string right)
    {
        var row = new int[right.Length + 1];
        for (var j = 0; j <= right.Length; j++) row[j] = j;
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var replaced = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[right.Length];
    }
}
