using System.Net;
using System.Text;
using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Runtime.Ports;
using Chronos.Testing.Engines;
using Xunit;

namespace Chronos.Integration.Tests.Local;

/// <summary>Files that are fetched before a task starts.</summary>
public sealed class FetchTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("chronos-fetch-").FullName;
    private readonly FileServer server;

    public FetchTests()
    {
        Directory.CreateDirectory(Path.Join(folder, "tree"));
        File.WriteAllText(Path.Join(folder, "tree", "inner.txt"), "inner");
        File.WriteAllText(Path.Join(folder, "plain.txt"), "plain");
        File.WriteAllText(Path.Join(folder, "tool.sh"), "#!/bin/sh\necho tool \"$@\"\n");
        server = new(folder);
    }

    public void Dispose()
    {
        server.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("a.tar", "cf")]
    [InlineData("a.tar.gz", "czf")]
    [InlineData("a.tgz", "czf")]
    [InlineData("a.tar.bz2", "cjf")]
    [InlineData("a.tar.xz", "cJf")]
    public async Task Fetch_Tar_IsUnpacked(string name, string mode)
    {
        SmallDisk.Run("tar", "-C", folder, $"-{mode}", Path.Join(folder, name), "tree");

        Assert.Equal("inner", await FetchAndCatAsync("tree/inner.txt", At(server.Address + name)));
    }

    [Fact]
    public async Task Fetch_Zip_IsUnpacked()
    {
        System.IO.Compression.ZipFile.CreateFromDirectory(Path.Join(folder, "tree"), Path.Join(folder, "a.zip"));

        Assert.Equal("inner", await FetchAndCatAsync("inner.txt", At(server.Address + "a.zip")));
    }

    [Fact]
    public async Task Fetch_Gzip_IsExpanded()
    {
        SmallDisk.Run("gzip", "-k", Path.Join(folder, "plain.txt"));

        Assert.Equal("plain", await FetchAndCatAsync("plain.txt", At(server.Address + "plain.txt.gz")));
    }

    [Fact]
    public async Task Fetch_PathAndFileAddress_AreCopied()
    {
        Assert.Equal("plain", await FetchAndCatAsync("plain.txt", At(Path.Join(folder, "plain.txt"))));
        Assert.Equal("plain", await FetchAndCatAsync(
            "other/name", At("file://" + Path.Join(folder, "plain.txt")) with { OutputFile = "other/name" }));
    }

    [Fact]
    public async Task Fetch_Executable_RunsAndIsNotUnpacked()
    {
        await using var harness = await LocalHarness.CreateAsync();
        var job = LocalHarness.Shell("./tool.sh a b") with
        {
            Task = new() { Fetch = [At(server.Address + "tool.sh") with { Executable = true }] },
        };

        var end = await harness.RunAsync(job);

        Assert.Equal("tool a b\n", await harness.ReadAsync(end.Id));
    }

    [Fact]
    public async Task Fetch_CommandIsAnAddress_IsRun()
    {
        await using var harness = await LocalHarness.CreateAsync();

        var end = await harness.RunAsync(LocalHarness.Shell(server.Address + "tool.sh"));

        Assert.Equal((AttemptPhase.Finished, "tool\n"), (end.Phase, await harness.ReadAsync(end.Id)));
    }

    [Fact]
    public async Task Fetch_Missing_FailsWithReason()
    {
        await using var harness = await LocalHarness.CreateAsync();
        var job = LocalHarness.Shell("true") with { Task = new() { Fetch = [At(server.Address + "none.txt")] } };

        var end = await harness.RunAsync(job);

        Assert.Equal(AttemptPhase.Failed, end.Phase);
        Assert.Contains("404", end.Message, StringComparison.Ordinal);
        Assert.Contains("404", await harness.ReadAsync(end.Id, LogStream.Stderr), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_TooLarge_FailsWithReason()
    {
        await using var harness = await LocalHarness.CreateAsync(options => options with { FetchBytesMax = 3 });
        var job = LocalHarness.Shell("true") with { Task = new() { Uris = [server.Address + "plain.txt"] } };

        var end = await harness.RunAsync(job);

        Assert.Contains("larger than 3 bytes", end.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../outside.txt", AttemptPhase.Failed)]
    [InlineData("/tmp/chronos-outside.txt", AttemptPhase.Finished)] // lands in the sandbox, as with tar
    public async Task Fetch_ArchiveThatLeadsOut_WritesNothingOutside(string name, AttemptPhase phase)
    {
        SmallDisk.Run(
            "tar", "-C", folder, "-cPf", Path.Join(folder, "evil.tar"), $"--transform=s,plain.txt,{name},",
            "plain.txt");
        await using var harness = await LocalHarness.CreateAsync();
        var job = LocalHarness.Shell("true") with { Task = new() { Uris = [server.Address + "evil.tar"] } };

        var end = await harness.RunAsync(job);

        Assert.Equal(phase, end.Phase);
        Assert.False(File.Exists("/tmp/chronos-outside.txt"));
        Assert.False(File.Exists(Path.Join(Path.GetDirectoryName(harness.Sandbox(end.Id)), "outside.txt")));
    }

    [Fact]
    public async Task Fetch_ArchiveWithLinkOut_IsRefused()
    {
        File.CreateSymbolicLink(Path.Join(folder, "tree", "link"), "/etc");
        SmallDisk.Run("tar", "-C", folder, "-cf", Path.Join(folder, "link.tar"), "tree");
        await using var harness = await LocalHarness.CreateAsync();
        var job = LocalHarness.Shell("true") with { Task = new() { Uris = [server.Address + "link.tar"] } };

        Assert.Contains("outside", (await harness.RunAsync(job)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_CachedByManyAtOnce_IsLoadedOnce()
    {
        await using var harness = await LocalHarness.CreateAsync();
        var job = LocalHarness.Shell("cat plain.txt") with
        {
            Task = new() { Fetch = [At(server.Address + "plain.txt") with { Cache = true }] },
        };
        var requests = Enumerable.Range(0, 10).Select(_ => LaunchRequests.For(job)).ToList();

        await harness.Engine.LaunchAsync(requests, CancellationToken.None);

        foreach (var request in requests)
        {
            Assert.Equal(AttemptPhase.Finished, (await harness.WaitForEndAsync(request.Id)).Phase);
            Assert.Equal("plain", await harness.ReadAsync(request.Id));
        }

        Assert.Equal(1, server.Requests);
    }

    private static FetchUri At(string uri) => new(uri, "", Executable: false, Cache: false, Extract: true);

    private static async Task<string> FetchAndCatAsync(string path, FetchUri file)
    {
        await using var harness = await LocalHarness.CreateAsync();
        var job = LocalHarness.Shell($"cat {path}") with { Task = new() { Fetch = [file] } };
        var end = await harness.RunAsync(job);
        Assert.Equal("", end.Message);
        Assert.Contains(harness.Statuses, status => status.Phase == AttemptPhase.Starting);
        return await harness.ReadAsync(end.Id);
    }

    /// <summary>Serves the files of a folder.</summary>
    private sealed class FileServer : IDisposable
    {
        private readonly HttpListener listener = new();
        private readonly Task serving;
        private int requests;

        internal FileServer(string folder)
        {
            Address = $"http://127.0.0.1:{FreePort()}/";
            listener.Prefixes.Add(Address);
            listener.Start();
            serving = ServeAsync(folder);
        }

        internal string Address { get; }

        internal int Requests => requests;

        public void Dispose()
        {
            listener.Close(); // after Stop it would take the port once more, which somebody else may have by then
            serving.Wait();
        }

        private static int FreePort()
        {
            using var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            return ((IPEndPoint)probe.LocalEndpoint).Port;
        }

        private async Task ServeAsync(string folder)
        {
            while (listener.IsListening)
            {
                HttpListenerContext context;
                try
                {
                    context = await listener.GetContextAsync();
                }
                catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
                {
                    return;
                }

                Interlocked.Increment(ref requests);
                var path = Path.Join(folder, context.Request.Url?.AbsolutePath);
                var body = File.Exists(path) ? await File.ReadAllBytesAsync(path) : null;
                context.Response.StatusCode = body is null ? 404 : 200;
                await context.Response.OutputStream.WriteAsync(body ?? Encoding.UTF8.GetBytes("none"));
                context.Response.Close();
            }
        }
    }
}
