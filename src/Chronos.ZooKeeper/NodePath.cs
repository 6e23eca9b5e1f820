namespace Chronos.ZooKeeper;

/// <summary>What a path may be, and how paths relate to the node that a client is confined to.</summary>
internal static class NodePath
{
    internal const string Root = "/";

    /// <summary>The path on the servers.</summary>
    /// <exception cref="ArgumentException">The path breaks a rule.</exception>
    internal static string ToServer(string chroot, string path)
    {
        if (ProblemOf(path) is { } problem) throw new ArgumentException($"The path '{path}' {problem}.", nameof(path));
        if (chroot == Root) return path;
        return path == Root ? chroot : chroot + path;
    }

    /// <summary>The path on the servers of a node whose name gets a number, so that the name itself may be empty.
    /// </summary>
    /// <exception cref="ArgumentException">The path breaks a rule.</exception>
    internal static string ToServerSequential(string chroot, string path) => ToServer(chroot, path + "0")[..^1];

    /// <summary>The path that the client's user knows.</summary>
    internal static string FromServer(string chroot, string path)
    {
        if (chroot == Root || !path.StartsWith(chroot, StringComparison.Ordinal)) return path;
        if (path.Length == chroot.Length) return Root;
        return path[chroot.Length] == '/' ? path[chroot.Length..] : path;
    }

    /// <summary>The path and all above it, from the top, without the root.</summary>
    internal static IEnumerable<string> Steps(string path)
    {
        for (var i = path.IndexOf('/', 1); i > 0; i = path.IndexOf('/', i + 1)) yield return path[..i];
        if (path != Root) yield return path;
    }

    /// <summary>The rule that a path breaks, with the remedy; null: none.</summary>
    internal static string? ProblemOf(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path.Length == 0 || path[0] != '/') return "must begin with '/'; put one before it";
        if (path == Root) return null;
        if (path.EndsWith('/')) return "must not end with '/'; leave it away";
        foreach (var name in path[1..].Split('/'))
        {
            if (name.Length == 0) return "must not contain '//'; write one '/' between names";
            if (name is "." or "..") return $"must not contain the name '{name}'; write the path in full";
        }

        var index = path.AsSpan().IndexOfAnyExcept(Allowed);
        return index < 0 ? null
            : $"has the character U+{(int)path[index]:X4} at position {index}, which ZooKeeper does not allow in names "
                + "(control and private-use characters, and all beyond U+FFEF); leave it away";
    }

    // The servers check UTF-16 units, so they refuse every character that needs two.
    private static readonly System.Buffers.SearchValues<char> Allowed = System.Buffers.SearchValues.Create(
        [.. Enumerable.Range(0x20, 0xFFF0 - 0x20)
            .Where(c => c is not (>= 0x7F and <= 0x9F or >= 0xD800 and <= 0xF8FF)).Select(c => (char)c)]);
}
