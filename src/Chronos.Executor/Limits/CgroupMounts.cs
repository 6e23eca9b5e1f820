using System.Text;

namespace Chronos.Executor.Limits;

/// <summary>Where this process stands in the machine's control groups.</summary>
internal static class CgroupMounts
{
    private const string GroupPrefix = "chronos-";

    /// <summary>The folder of our own group for a controller of version 1; null: there is none.</summary>
    internal static string? FindV1(string controller)
    {
        foreach (var mount in ReadMounts("cgroup"))
            if (mount.Options.Split(',').Contains(controller))
                return Resolve(mount, OwnPath(names => names.Split(',').Contains(controller)));
        return null;
    }

    /// <summary>The folder of our own group of version 2; null: there is none.</summary>
    internal static string? FindV2()
    {
        foreach (var mount in ReadMounts("cgroup2")) return Resolve(mount, OwnPath(names => names.Length == 0));
        return null;
    }

    /// <summary>A folder name for the groups of an executor, the same each time it starts.</summary>
    internal static string GroupName(string directory) => $"{GroupPrefix}{StableHash(directory):x8}";

    /// <summary>Whether a folder is the group of some executor.</summary>
    internal static bool IsGroupName(string name) =>
        name.Length == GroupPrefix.Length + 8 && name.StartsWith(GroupPrefix, StringComparison.Ordinal)
        && name.AsSpan(GroupPrefix.Length).TrimStart("0123456789abcdef").IsEmpty;

    /// <summary>The groups that executors now alive may have: an executor's folder is in its command line.</summary>
    internal static HashSet<string> LiveGroupNames()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var process in Directory.EnumerateDirectories("/proc"))
        {
            if (!char.IsAsciiDigit(Path.GetFileName(process)[0])) continue;
            try
            {
                foreach (var word in File.ReadAllText(Path.Join(process, "cmdline")).Split('\0'))
                    if (word.Contains('/', StringComparison.Ordinal)) names.Add(GroupName(word));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It has ended meanwhile.
            }
        }

        return names;
    }

    private static uint StableHash(string text)
    {
        var crc = uint.MaxValue;
        foreach (var value in Encoding.UTF8.GetBytes(text)) crc = System.Numerics.BitOperations.Crc32C(crc, value);
        return ~crc;
    }

    private static string? Resolve(Mount mount, string? path)
    {
        if (path is null) return null;

        // In a container the mount may show only a part of the tree, while the path names the whole.
        var isPart = mount.Root != "/" && path.StartsWith(mount.Root, StringComparison.Ordinal);
        if (isPart) path = path[mount.Root.Length..];
        var folder = Path.Join(mount.Point, path).TrimEnd('/');
        return Directory.Exists(folder) ? folder : null;
    }

    private static string? OwnPath(Func<string, bool> isWanted)
    {
        foreach (var line in File.ReadLines("/proc/self/cgroup"))
        {
            var parts = line.Split(':', 3);
            if (parts.Length == 3 && isWanted(parts[1])) return parts[2];
        }

        return null;
    }

    private static IEnumerable<Mount> ReadMounts(string type)
    {
        foreach (var line in File.ReadLines("/proc/self/mountinfo"))
        {
            var halves = line.Split(" - ", 2);
            if (halves.Length != 2) continue;
            var first = halves[0].Split(' ');
            var second = halves[1].Split(' ');
            if (first.Length > 4 && second.Length > 2 && second[0] == type)
                yield return new(first[3], first[4], second[2]);
        }
    }

    private sealed record Mount(string Root, string Point, string Options);
}
