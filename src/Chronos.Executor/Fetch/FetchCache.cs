using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Chronos.Executor.Native;

namespace Chronos.Executor.Fetch;

/// <summary>Downloads that later attempts may use, keyed by address. A file appears in one step when it is complete;
/// what was used least recently goes first when there is too much.</summary>
internal sealed class FetchCache
{
    private readonly ConcurrentDictionary<string, SemaphoreSlim> gates = new(StringComparer.Ordinal);

    /// <summary>Copies the download of an address to a file, and loads it first where it is missing; several that want
    /// the same one wait for one load.</summary>
    internal async Task CopyAsync(
        string uri, string target, string folder, long bytesMax, Func<string, CancellationToken, Task> load,
        CancellationToken cancellationToken)
    {
        PrivateFolder.Make(folder);
        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(uri)));
        var path = Path.Join(folder, key);
        var gate = gates.GetOrAdd(key, _ => new(1, 1));
        await gate.WaitAsync(cancellationToken);
        try
        {
            if (!File.Exists(path)) await LoadAsync(path, load, cancellationToken);
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow); // when it was last used
            File.Copy(path, target, overwrite: true);
        }
        finally
        {
            gate.Release();
        }

        Shrink(folder, bytesMax, keep: path);
    }

    private static async Task LoadAsync(
        string path, Func<string, CancellationToken, Task> load, CancellationToken cancellationToken)
    {
        var partial = $"{path}.{Guid.NewGuid():N}.partial";
        try
        {
            await load(partial, cancellationToken);
            File.Move(partial, path, overwrite: true);
        }
        finally
        {
            File.Delete(partial);
        }
    }

    private static void Shrink(string folder, long bytesMax, string keep)
    {
        var files = new DirectoryInfo(folder).GetFiles();
        var total = files.Sum(file => file.Length);
        foreach (var file in files.OrderBy(file => file.LastWriteTimeUtc))
        {
            if (total <= bytesMax) return;
            if (file.FullName == keep || file.Extension == ".partial") continue;
            total -= file.Length;
            file.Delete();
        }
    }
}
