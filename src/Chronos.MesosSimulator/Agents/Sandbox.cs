using System.Text;

namespace Chronos.MesosSimulator.Agents;

/// <summary>The files of a run: in a directory, or in memory for scripted tasks.</summary>
internal sealed class Sandbox
{
    private readonly Dictionary<string, MemoryStream> texts = new(StringComparer.Ordinal);

    /// <summary>Null: in memory.</summary>
    internal string? Directory { get; init; }

    internal void Append(string file, string text)
    {
        if (text.Length == 0) return;
        lock (texts)
        {
            if (!texts.TryGetValue(file, out var stream)) texts[file] = stream = new();
            stream.Write(Encoding.UTF8.GetBytes(text));
        }
    }

    /// <summary>The entries of a directory; null: there is no such path.</summary>
    internal IReadOnlyList<SandboxFile>? List(string path)
    {
        if (Directory is { } directory)
        {
            var full = Path.Join(directory, path);
            if (!System.IO.Directory.Exists(full)) return File.Exists(full) ? [] : null;
            return [.. new DirectoryInfo(full).EnumerateFileSystemInfos().OrderBy(entry => entry.Name)
                .Select(entry => new SandboxFile(
                    entry.Name, entry is FileInfo file ? file.Length : 4096, entry.LastWriteTimeUtc,
                    IsDirectory: entry is not FileInfo))];
        }

        lock (texts)
        {
            if (path.Length > 0) return texts.ContainsKey(path) ? [] : null;
            return [.. texts.OrderBy(pair => pair.Key, StringComparer.Ordinal)
                .Select(pair => new SandboxFile(pair.Key, pair.Value.Length, DateTime.UnixEpoch, IsDirectory: false))];
        }
    }

    /// <summary>Part of a file, and its size; null: there is no such file.</summary>
    internal (long Size, byte[] Bytes)? Read(string path, long offset, int lengthMax)
    {
        if (Directory is { } directory)
        {
            var file = Path.Join(directory, path);
            if (!File.Exists(file)) return null;
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            return (stream.Length, Read(stream, offset, lengthMax));
        }

        lock (texts)
        {
            if (!texts.TryGetValue(path, out var stream) && path is not ("stdout" or "stderr")) return null;
            if (stream is null) return (0, []);
            return (stream.Length, Read(new MemoryStream(stream.ToArray()), offset, lengthMax));
        }
    }

    internal bool IsDirectory(string path) => Directory is { } directory
        ? System.IO.Directory.Exists(Path.Join(directory, path))
        : path.Length == 0;

    private static byte[] Read(Stream stream, long offset, int lengthMax)
    {
        if (offset >= stream.Length) return [];
        stream.Position = offset;
        var bytes = new byte[(int)Math.Min(lengthMax, stream.Length - offset)];
        return bytes[..stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
    }
}

/// <summary>An entry of a directory in a sandbox.</summary>
internal sealed record SandboxFile(string Name, long Size, DateTime ModifiedAt, bool IsDirectory);
