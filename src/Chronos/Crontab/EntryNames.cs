using System.Security.Cryptography;
using System.Text;

namespace Chronos.Crontab;

/// <summary>Names for the entries of one crontab: unique, and the same whenever the crontab is read again. A name that
/// is taken gets a hash of what tells the entry from the first one, so that entries added below change no name.
/// </summary>
public sealed class EntryNames(string prefix)
{
    private readonly HashSet<string> taken = new(StringComparer.Ordinal);

    /// <summary>The name for an entry.</summary>
    public string Take(CrontabEntry entry)
    {
        foreach (var name in Candidates(entry, prefix + CommandSlug.Of(entry.Command)))
            if (taken.Add(name))
                return name;
        throw new InvalidOperationException("The candidates are endless.");
    }

    private static IEnumerable<string> Candidates(CrontabEntry entry, string slug)
    {
        yield return slug;
        if (entry.User.Length > 0) yield return $"{slug}-{entry.User}";
        yield return $"{slug}-{Hash(entry.User, entry.Command)}";
        yield return $"{slug}-{Hash(entry.User, entry.Command, entry.Schedule)}";
        for (var copy = 2; ; copy++) yield return $"{slug}-{Hash(entry.User, entry.Command, entry.Schedule)}-{copy}";
    }

    private static string Hash(params string[] parts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))))[..6];
}
