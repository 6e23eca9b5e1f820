using System.Formats.Tar;
using System.IO.Compression;
using Chronos.Executor.Native;

namespace Chronos.Executor.Fetch;

/// <summary>Unpacks the archives that a Mesos agent unpacks. No entry may lie, or lead, out of the sandbox.</summary>
internal static class Archive
{
    private const int OwnerReads = 0x100;

    /// <summary>Unpacks a file beside itself if its name says that it is an archive.</summary>
    internal static async Task ExtractAsync(
        string path, string sandbox, long bytesMax, CancellationToken cancellationToken)
    {
        if (EndsWith(path, ".zip")) await ExtractZipAsync(path, sandbox, bytesMax, cancellationToken);
        else if (EndsWith(path, ".tar")) await ExtractTarAsync(path, sandbox, bytesMax, cancellationToken);
        else if (EndsWith(path, ".tar.gz") || EndsWith(path, ".tgz"))
            await ExtractCompressedTarAsync(path, sandbox, bytesMax, cancellationToken);
        else if (EndsWith(path, ".tar.bz2") || EndsWith(path, ".tbz2") || EndsWith(path, ".tar.xz")
            || EndsWith(path, ".txz"))
            await ExtractThroughToolAsync(path, sandbox, bytesMax, cancellationToken);
        else if (EndsWith(path, ".gz"))
            await ExpandAsync(path, path[..^".gz".Length], bytesMax, cancellationToken);
    }

    private static bool EndsWith(string path, string suffix) =>
        path.EndsWith(suffix, StringComparison.OrdinalIgnoreCase);

    private static async Task ExtractZipAsync(
        string path, string sandbox, long bytesMax, CancellationToken cancellationToken)
    {
        using var archive = ZipFile.OpenRead(path);
        var budget = new Budget(bytesMax);
        foreach (var entry in archive.Entries)
        {
            var target = SafePath.Within(sandbox, entry.FullName);
            if (entry.FullName.EndsWith('/'))
            {
                Directory.CreateDirectory(target);
                continue;
            }

            Directory.CreateDirectory(Path.GetDirectoryName(target) ?? sandbox);
            await using (var content = entry.Open())
                await budget.CopyAsync(content, target, cancellationToken);
            var mode = (entry.ExternalAttributes >> 16) & 0x1FF;
            if (mode != 0) PrivateFolder.SetMode(target, mode | OwnerReads);
        }
    }

    private static async Task ExtractCompressedTarAsync(
        string path, string sandbox, long bytesMax, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(path);
        await using var content = new GZipStream(file, CompressionMode.Decompress);
        await ExtractTarAsync(content, sandbox, bytesMax, cancellationToken);
    }

    private static async Task ExtractTarAsync(
        string path, string sandbox, long bytesMax, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(path);
        await ExtractTarAsync(file, sandbox, bytesMax, cancellationToken);
    }

    private static async Task ExtractTarAsync(
        Stream content, string sandbox, long bytesMax, CancellationToken cancellationToken)
    {
        await using var reader = new TarReader(content);
        var budget = new Budget(bytesMax);
        while (await reader.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
            await ExtractAsync(entry, sandbox, budget, cancellationToken);
    }

    private static async Task ExtractAsync(
        TarEntry entry, string sandbox, Budget budget, CancellationToken cancellationToken)
    {
        var name = entry.Name.TrimEnd('/');
        if (name is "." or "") return;
        switch (entry.EntryType)
        {
            case TarEntryType.GlobalExtendedAttributes:
                return;
            case TarEntryType.Directory:
                Directory.CreateDirectory(SafePath.Within(sandbox, name));
                return;
            case TarEntryType.SymbolicLink:
                var link = Prepare(sandbox, name);
                RequireInside(sandbox, Path.Join(Path.GetDirectoryName(link), entry.LinkName), entry.LinkName);
                File.CreateSymbolicLink(link, entry.LinkName);
                return;
            case TarEntryType.HardLink:
                File.Copy(SafePath.Within(sandbox, entry.LinkName), Prepare(sandbox, name), overwrite: true);
                return;
            case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile:
                var target = Prepare(sandbox, name);
                await budget.CopyAsync(entry.DataStream ?? Stream.Null, target, cancellationToken);
                PrivateFolder.SetMode(target, (int)entry.Mode | OwnerReads);
                return;
            default:
                throw new InvalidDataException($"'{name}' is a {entry.EntryType}, which is not unpacked");
        }
    }

    private static string Prepare(string sandbox, string name)
    {
        var target = SafePath.Within(sandbox, name);
        Directory.CreateDirectory(Path.GetDirectoryName(target) ?? sandbox);
        return target;
    }

    private static void RequireInside(string sandbox, string path, string name)
    {
        var isInside = (Path.GetFullPath(path) + "/").StartsWith(sandbox + "/", StringComparison.Ordinal);
        if (Path.IsPathRooted(name) || !isInside)
            throw new InvalidDataException($"a link in the archive leads to '{name}', outside of the sandbox");
    }

    // .NET reads neither bzip2 nor xz; the system's tar only unpacks the stream, and we look at each entry ourselves.
    private static async Task ExtractThroughToolAsync(
        string path, string sandbox, long bytesMax, CancellationToken cancellationToken)
    {
        var plain = path + ".unpacked";
        try
        {
            var isBzip = EndsWith(path, "bz2");
            await Decompression.RunAsync(isBzip ? "bzip2" : "xz", path, plain, bytesMax, cancellationToken);
            await ExtractTarAsync(plain, sandbox, bytesMax, cancellationToken);
        }
        finally
        {
            File.Delete(plain);
        }
    }

    private static async Task ExpandAsync(
        string path, string target, long bytesMax, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(path);
        await using var content = new GZipStream(file, CompressionMode.Decompress);
        await new Budget(bytesMax).CopyAsync(content, target, cancellationToken);
    }

    /// <summary>What may still be unpacked: a small archive can hold a very large file.</summary>
    private sealed class Budget(long bytesMax)
    {
        private long left = bytesMax;

        internal async Task CopyAsync(Stream content, string target, CancellationToken cancellationToken)
        {
            await using var file = new FileStream(target, FileMode.Create, FileAccess.Write);
            var buffer = new byte[64 * 1024];
            int count;
            while ((count = await content.ReadAsync(buffer, cancellationToken)) > 0)
            {
                left -= count;
                if (left < 0) throw new InvalidDataException("it unpacks to more than a fetched file may have");
                await file.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
            }
        }
    }
}
