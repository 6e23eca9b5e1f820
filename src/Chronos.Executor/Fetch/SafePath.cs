namespace Chronos.Executor.Fetch;

/// <summary>Names that come from others and must stay within a folder.</summary>
internal static class SafePath
{
    /// <summary>The path of a name within a folder.</summary>
    /// <exception cref="InvalidDataException">The name leads out of the folder, or through a link.</exception>
    internal static string Within(string folder, string name)
    {
        var root = Path.GetFullPath(folder);
        var path = Path.GetFullPath(Path.Join(root, name));
        if (name.Length == 0 || !path.StartsWith(root + "/", StringComparison.Ordinal))
            throw new InvalidDataException($"'{name}' would lie outside of the sandbox");
        for (var parent = Path.GetDirectoryName(path); parent is not null && parent.Length > root.Length;
            parent = Path.GetDirectoryName(parent))
            if (new FileInfo(parent).LinkTarget is not null)
                throw new InvalidDataException($"'{name}' would lead through a link");
        if (new FileInfo(path).LinkTarget is not null) File.Delete(path); // never write through a link
        return path;
    }
}
