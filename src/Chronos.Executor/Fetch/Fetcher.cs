using System.Net.Http.Headers;
using Chronos.Executor.Native;
using Chronos.Executor.Protocol;
using Microsoft.Extensions.Logging;

namespace Chronos.Executor.Fetch;

/// <summary>Puts the files of an attempt into its sandbox: copies or downloads, unpacks, makes executable.</summary>
internal sealed partial class Fetcher(ILogger logger) : IDisposable
{
    private const int ParallelMax = 16;
    private const int ExecutableMode = 0x1ED; // rwxr-xr-x
    private const int ChunkBytes = 128 * 1024;

    private readonly HttpClient http = new(new SocketsHttpHandler { AutomaticDecompression = default })
    {
        Timeout = Timeout.InfiniteTimeSpan, // the time limit is of the whole fetch, below
        DefaultRequestHeaders = { UserAgent = { new ProductInfoHeaderValue("chronos-executor", "1") } },
    };

    private readonly SemaphoreSlim parallel = new(ParallelMax, ParallelMax);
    private readonly FetchCache cache = new();
    private volatile TaskSettings settings = new();

    /// <summary>Limits from now on.</summary>
    internal void Configure(TaskSettings value) => settings = value;

    /// <summary>Begins to fetch the files of an order.</summary>
    /// <param name="order">The attempt.</param>
    /// <param name="onEnded">Gets what went wrong; null: all files are there.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal void Begin(LaunchOrder order, Action<string?> onEnded, CancellationToken cancellationToken) =>
        _ = RunAsync(order, onEnded, cancellationToken); // its end is told by onEnded, whatever it is

    public void Dispose()
    {
        http.Dispose();
        parallel.Dispose();
    }

    private async Task RunAsync(LaunchOrder order, Action<string?> onEnded, CancellationToken cancellationToken)
    {
        await Task.Yield();
        var current = settings;
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(current.FetchTimeoutSeconds));
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        var uri = "";
        try
        {
            foreach (var file in order.Fetch ?? [])
            {
                uri = file.Uri;
                await FetchAsync(file, order.Sandbox, current, both.Token);
            }

            onEnded(null);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            onEnded($"Fetching '{Shorten(uri)}' took longer than {current.FetchTimeoutSeconds} s.");
        }
        catch (OperationCanceledException)
        {
            onEnded("Fetching was stopped.");
        }
        catch (Exception e)
        {
            LogFailed(order.Id, e);
            onEnded($"Fetching '{Shorten(uri)}' failed: {Explain(e)}");
        }
    }

    private async Task FetchAsync(
        FetchOrder file, string sandbox, TaskSettings current, CancellationToken cancellationToken)
    {
        await parallel.WaitAsync(cancellationToken);
        try
        {
            var target = SafePath.Within(sandbox, file.Name);
            Directory.CreateDirectory(Path.GetDirectoryName(target) ?? sandbox);
            if (file.Cache && current.CachePath.Length > 0)
                await cache.CopyAsync(
                    file.Uri, target, current.CachePath, current.CacheBytesMax,
                    (path, token) => LoadAsync(file.Uri, path, current.FetchBytesMax, token), cancellationToken);
            else
                await LoadAsync(file.Uri, target, current.FetchBytesMax, cancellationToken);
            if (file.Executable) MakeExecutable(target);
            else if (file.Extract)
                await Archive.ExtractAsync(target, sandbox, current.FetchBytesMax, cancellationToken);
        }
        finally
        {
            parallel.Release();
        }
    }

    private async Task LoadAsync(string uri, string target, long bytesMax, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(target, FileMode.Create, FileAccess.Write);
        if (ToLocalPath(uri) is { } path)
        {
            await using var source = File.OpenRead(path);
            await CopyAsync(source, file, bytesMax, cancellationToken);
            return;
        }

        using var answer = await http.GetAsync(
            new Uri(uri), HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (!answer.IsSuccessStatusCode)
            throw new IOException($"the server answered {(int)answer.StatusCode} {answer.ReasonPhrase}".TrimEnd());
        if (answer.Content.Headers.ContentLength > bytesMax) throw TooLarge(bytesMax);
        await using var body = await answer.Content.ReadAsStreamAsync(cancellationToken);
        await CopyAsync(body, file, bytesMax, cancellationToken);
    }

    private static async Task CopyAsync(
        Stream source, FileStream target, long bytesMax, CancellationToken cancellationToken)
    {
        var buffer = new byte[ChunkBytes];
        var total = 0L;
        int count;
        while ((count = await source.ReadAsync(buffer, cancellationToken)) > 0)
        {
            total += count;
            if (total > bytesMax) throw TooLarge(bytesMax);
            await target.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
        }
    }

    private static string? ToLocalPath(string uri) =>
        uri.StartsWith('/') ? uri
        : Uri.TryCreate(uri, UriKind.Absolute, out var parsed) && parsed.IsFile ? parsed.LocalPath
        : null;

    private static void MakeExecutable(string path) => PrivateFolder.SetMode(path, ExecutableMode);

    private static IOException TooLarge(long bytesMax) => new($"it is larger than {bytesMax} bytes");

    // A password in the address does not belong into messages and logs.
    private static string Shorten(string uri) =>
        Uri.TryCreate(uri, UriKind.Absolute, out var parsed) && parsed.UserInfo.Length > 0
            ? uri.Replace(parsed.UserInfo + "@", "", StringComparison.Ordinal)
            : uri;

    private static string Explain(Exception e)
    {
        var text = e is HttpRequestException { InnerException: { } inner } ? inner.Message : e.Message;
        return text.EndsWith('.') ? text : text + ".";
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Fetching for {Attempt} failed")]
    private partial void LogFailed(string attempt, Exception exception);
}
