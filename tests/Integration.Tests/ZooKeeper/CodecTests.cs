using Chronos.ZooKeeper;
using Chronos.ZooKeeper.Protocol;
using Xunit;

namespace Chronos.Integration.Tests.ZooKeeper;

/// <summary>Bytes to values and back, and bytes that are no values.</summary>
public sealed class CodecTests
{
    [Fact]
    public void Values_WrittenAndRead_AreTheSame()
    {
        var writer = new JuteWriter(capacity: 1);
        writer.WriteInt(-5);
        writer.WriteLong(long.MinValue);
        writer.WriteBool(true);
        writer.WriteBuffer([1, 2, 3]);
        writer.WriteString("größe");
        writer.WriteStrings(["a", "", "日本"]);

        var reader = new JuteReader(writer.Written.Span);
        Assert.Equal(-5, reader.ReadInt());
        Assert.Equal(long.MinValue, reader.ReadLong());
        Assert.True(reader.ReadBool());
        Assert.Equal([1, 2, 3], reader.ReadBuffer());
        Assert.Equal("größe", reader.ReadString());
        Assert.Equal(["a", "", "日本"], reader.ReadStrings());
        Assert.Equal(0, reader.BytesLeft);
    }

    [Fact]
    public void Bytes_OfARequest_AreThoseOfTheWire()
    {
        var writer = new JuteWriter(capacity: 64);
        writer.WriteSet("/a", [7], version: -1);

        Assert.Equal("00-00-00-02-2F-61-00-00-00-01-07-FF-FF-FF-FF",
            BitConverter.ToString(writer.Written.ToArray()));
    }

    [Fact]
    public void Null_BufferAndTextAndList_AreEmpty()
    {
        byte[] nulls = [0xFF, 0xFF, 0xFF, 0xFF];

        Assert.Empty(new JuteReader(nulls).ReadBuffer());
        Assert.Equal("", new JuteReader(nulls).ReadString());
        Assert.Empty(new JuteReader(nulls).ReadStrings());
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 0 })]
    [InlineData(new byte[] { 0, 0, 0, 5, 1, 2 })]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFE })]
    [InlineData(new byte[] { 0x7F, 0xFF, 0xFF, 0xFF })]
    public void Bytes_CutOrImpossible_AreRefused(byte[] bytes)
    {
        Assert.Throws<InvalidDataException>(() => new JuteReader(bytes).ReadBuffer());
        Assert.Throws<InvalidDataException>(() => new JuteReader(bytes).ReadStrings());
    }

    [Fact]
    public async Task Frames_CutAnywhere_ComeOutWhole()
    {
        byte[][] bodies = [[1, 2, 3], [], [.. Enumerable.Repeat((byte)9, 100)], [4]];
        var bytes = bodies.SelectMany(Framed).ToArray();

        for (var piece = 1; piece <= bytes.Length; piece++)
        {
            var frames = new FrameReader(new SlowStream(bytes, piece), bytesMax: 1_000, TimeProvider.System);
            foreach (var body in bodies)
                Assert.Equal(body, (await frames.ReadAsync(Client.Token)).Body.ToArray());
            await Assert.ThrowsAsync<EndOfStreamException>(async () => await frames.ReadAsync(Client.Token));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100_000)]
    public async Task Frames_LargeAndTooLarge_AreGrownForAndSkipped(int piece)
    {
        byte[][] bodies = [new byte[300_000], new byte[300_001], [5], new byte[70_000], new byte[500_000], [6]];
        for (var i = 0; i < bodies.Length; i++) bodies[i][0] = (byte)i;
        var frames = new FrameReader(
            new SlowStream([.. bodies.SelectMany(Framed)], piece), bytesMax: 300_000, TimeProvider.System);

        foreach (var body in bodies)
        {
            var frame = await frames.ReadAsync(Client.Token);
            Assert.Equal(body.Length, frame.LengthBytes);
            Assert.Equal(body.Length > 300_000, frame.IsCut);
            Assert.Equal(frame.IsCut ? body[..ReplyHeader.Bytes] : body, frame.Body.ToArray());
        }
    }

    [Fact]
    public async Task Frames_NegativeLength_AreRefused()
    {
        var frames = new FrameReader(
            new MemoryStream([0xFF, 0xFF, 0xFF, 0xF0, 1]), bytesMax: 1_000, TimeProvider.System);

        await Assert.ThrowsAsync<InvalidDataException>(async () => await frames.ReadAsync(Client.Token));
    }

    [Theory]
    [InlineData("/", "/a", "/a")]
    [InlineData("/root", "/", "/root")]
    [InlineData("/root", "/a/b", "/root/a/b")]
    public void Paths_ToTheServerAndBack_AreTheSame(string chroot, string path, string full)
    {
        Assert.Equal(full, NodePath.ToServer(chroot, path));
        Assert.Equal(path, NodePath.FromServer(chroot, full));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/a", "/a")]
    [InlineData("/a/b/c", "/a", "/a/b", "/a/b/c")]
    public void Paths_Steps_AreAllFromTheTop(string path, params string[] steps) =>
        Assert.Equal(steps, NodePath.Steps(path));

    private static IEnumerable<byte> Framed(byte[] body) =>
        [(byte)(body.Length >> 24), (byte)(body.Length >> 16 & 0xFF), (byte)(body.Length >> 8 & 0xFF),
            (byte)(body.Length & 0xFF), .. body];

    // Gives no more than so many bytes at a time.
    private sealed class SlowStream(byte[] bytes, int piece) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(piece, buffer.Length)], cancellationToken);
    }
}
