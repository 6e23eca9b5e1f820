using System.Text;
using Chronos.Core.Runs;
using Chronos.Runtime.Ports;
using Xunit;

namespace Chronos.Integration.Tests.Local;

/// <summary>Outputs larger than their limit.</summary>
public sealed class LocalOutputTests
{
    private const long Mebibyte = 1024 * 1024;
    private const long Written = 1000 * Mebibyte;

    // 1,000 MiB of numbered lines of 16 bytes; the first and the last must be there, and the disk must not notice.
    private const string Flood = "yes 'fifteen letters' | head -c 1048576000";

    [Fact]
    public async Task Flood_OneGigabyte_KeepsBeginningAndEnd()
    {
        await using var harness = await LocalHarness.CreateAsync();
        var id = await harness.LaunchAsync(LocalHarness.Shell($"echo first line ok.; {Flood}; echo the last line.."));

        var end = await harness.WaitForEndAsync(id);

        Assert.Equal(AttemptPhase.Finished, end.Phase);
        Assert.InRange(OnDisk(harness, id), 9 * Mebibyte, 10 * Mebibyte + 65536);
        var head = await ReadAsync(harness, id, 0, 16);
        var hole = await ReadAsync(harness, id, 5 * Mebibyte, 4096);
        var tail = await ReadAsync(harness, id, -16, 16);
        Assert.Equal("first line ok.\nf", Encoding.ASCII.GetString(head.Bytes.Span));
        Assert.Equal("\nthe last line..\n"[1..], Encoding.ASCII.GetString(tail.Bytes.Span)[^16..]);
        Assert.InRange(hole.Offset, Written - 10 * Mebibyte, Written);
        Assert.Equal(4096, hole.Bytes.Length);
        Assert.DoesNotContain((byte)0, hole.Bytes.ToArray());
        Assert.True(hole.IsComplete);
    }

    [Fact]
    public async Task Flood_SmallDisk_DoesNotFillIt()
    {
        await using var disk = await SmallDisk.MountAsync(96);
        await using var harness = await LocalHarness.CreateAsync(folder: disk.Folder);
        var id = await harness.LaunchAsync(LocalHarness.Shell(Flood));

        var end = await harness.WaitForEndAsync(id);

        Assert.Equal((AttemptPhase.Finished, "", ""),
            (end.Phase, end.Message, await harness.ReadAsync(id, LogStream.Stderr)));
        Assert.InRange(OnDisk(harness, id), 9 * Mebibyte, 10 * Mebibyte + 65536);
        Assert.Equal(Written, (await ReadAsync(harness, id, 0, 1)).Size);
    }

    [Fact]
    public async Task Follow_WhileRunning_SeesEachByteOnce()
    {
        await using var harness = await LocalHarness.CreateAsync();
        var id = await harness.LaunchAsync(
            LocalHarness.Shell("for i in $(seq 200); do echo line $i; sleep 0.002; done"));
        var text = new StringBuilder();
        var offset = 0L;
        LogPart? part = null;

        while (part is not { IsComplete: true, Bytes.Length: 0 })
        {
            part = await harness.Engine.ReadLogAsync(id, LogStream.Stdout, offset, 100, CancellationToken.None);
            if (part is null) continue;
            text.Append(Encoding.ASCII.GetString(part.Bytes.Span));
            offset = part.Offset + part.Bytes.Length;
        }

        Assert.Equal(string.Concat(Enumerable.Range(1, 200).Select(i => $"line {i}\n")), text.ToString());
    }

    private static async Task<LogPart> ReadAsync(LocalHarness harness, AttemptId id, long offset, int count)
    {
        var part = await harness.Engine.ReadLogAsync(id, LogStream.Stdout, offset, count, CancellationToken.None);
        Assert.NotNull(part);
        return part;
    }

    private static long OnDisk(LocalHarness harness, AttemptId id)
    {
        var words = SmallDisk.Run("stat", "-c", "%b", Path.Join(harness.Sandbox(id), "stdout"));
        return long.Parse(words) * 512;
    }
}
