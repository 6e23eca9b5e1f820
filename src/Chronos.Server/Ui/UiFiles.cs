using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace Chronos.Server.Ui;

/// <summary>A file of the pages, as built into this program.</summary>
/// <param name="Type">Its content type.</param>
/// <param name="Bytes">The file.</param>
/// <param name="Brotli">The same, compressed; null: not worth it.</param>
/// <param name="Gzip">The same, compressed; null: not worth it.</param>
internal sealed record UiFile(string Type, byte[] Bytes, byte[]? Brotli, byte[]? Gzip)
{
    /// <summary>Tells one content of the file from another.</summary>
    public EntityTagHeaderValue Tag { get; } =
        new($"\"{Convert.ToHexStringLower(SHA256.HashData(Bytes))[..16]}\"");
}

/// <summary>The files of the pages by path, such as <c>assets/index-1a2b.js</c>. There are none where the program was
/// built without Node.</summary>
internal static class UiFiles
{
    private const string Prefix = "web/";

    private static readonly FrozenDictionary<string, string> Types = new Dictionary<string, string>
    {
        [".html"] = "text/html; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".svg"] = "image/svg+xml",
        [".json"] = "application/json",
        [".webmanifest"] = "application/manifest+json",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>All files.</summary>
    public static FrozenDictionary<string, UiFile> All { get; } = Load(typeof(UiFiles).Assembly);

    private static FrozenDictionary<string, UiFile> Load(Assembly assembly)
    {
        var names = assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .ToDictionary(name => name[Prefix.Length..].Replace('\\', '/'), StringComparer.Ordinal);
        return names.Where(name => Types.ContainsKey(Path.GetExtension(name.Key))).ToFrozenDictionary(
            name => name.Key,
            name => new UiFile(
                Types[Path.GetExtension(name.Key)],
                Read(assembly, name.Value),
                names.TryGetValue(name.Key + ".br", out var brotli) ? Read(assembly, brotli) : null,
                names.TryGetValue(name.Key + ".gz", out var gzip) ? Read(assembly, gzip) : null),
            StringComparer.Ordinal);
    }

    private static byte[] Read(Assembly assembly, string name)
    {
        using var stream = assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The file '{name}' is not in the program.");
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
