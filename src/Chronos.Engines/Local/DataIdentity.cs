namespace Chronos.Engines.Local;

/// <summary>A random name of a data folder. A server that finds another one in the state store knows that earlier
/// attempts ran elsewhere.</summary>
internal static class DataIdentity
{
    internal static string ReadOrCreate(string directory)
    {
        var path = Path.Join(directory, "identity");
        if (File.Exists(path) && File.ReadAllText(path).Trim() is { Length: > 0 } known) return known;
        var identity = $"local-{Guid.NewGuid():N}";
        var temporary = path + ".new";
        File.WriteAllText(temporary, identity);
        File.Move(temporary, path, overwrite: true);
        return identity;
    }
}
