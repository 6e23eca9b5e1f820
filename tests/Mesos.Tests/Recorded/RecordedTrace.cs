using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Mesos.Tests.Recorded;

/// <summary>The bytes recorded from a running master.</summary>
internal sealed class RecordedTrace
{
    private static readonly byte[] EndOfHeaders = "\r\n\r\n"u8.ToArray();
    private readonly List<(int Connection, bool FromClient, byte[] Bytes)> reads = [];

    internal RecordedTrace()
    {
        using var stream = typeof(RecordedTrace).Assembly.GetManifestResourceStream("master.jsonl")
            ?? throw new InvalidOperationException("The recording is not embedded.");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            using var json = JsonDocument.Parse(line);
            var root = json.RootElement;
            var text = root.GetProperty("text").GetString() ?? "";
            reads.Add((
                root.GetProperty("conn").GetInt32(), root.GetProperty("dir").GetString() == "client",
                Encoding.UTF8.GetBytes(text)));
        }
    }

    /// <summary>All that was read from a connection, in order, with the side that spoke.</summary>
    internal IReadOnlyList<(int Connection, bool FromClient, byte[] Bytes)> Reads => reads;

    /// <summary>The connections whose answer is an event stream.</summary>
    internal IEnumerable<int> Streams => reads
        .Where(read => !read.FromClient && Encoding.UTF8.GetString(read.Bytes).Contains("Mesos-Stream-Id:"))
        .Select(read => read.Connection).Distinct();

    /// <summary>The bodies of all requests, in order.</summary>
    internal IEnumerable<byte[]> RequestBodies => reads.Where(read => read.FromClient)
        .GroupBy(read => read.Connection, (_, parts) => parts.SelectMany(part => part.Bytes).ToArray())
        .Select(bytes => bytes[(bytes.AsSpan().IndexOf(EndOfHeaders) + EndOfHeaders.Length)..]);

    /// <summary>The body of an event stream, out of its chunks.</summary>
    internal byte[] StreamOf(int connection)
    {
        var bytes = reads.Where(read => read.Connection == connection && !read.FromClient)
            .SelectMany(read => read.Bytes).ToArray().AsSpan();
        bytes = bytes[(bytes.IndexOf(EndOfHeaders) + EndOfHeaders.Length)..];
        var body = new List<byte>();
        while (!bytes.IsEmpty)
        {
            var end = bytes.IndexOf("\r\n"u8);
            var length = int.Parse(Encoding.ASCII.GetString(bytes[..end]), NumberStyles.HexNumber);
            body.AddRange(bytes.Slice(end + 2, length));
            bytes = bytes[(end + 2 + length + 2)..];
        }

        return [.. body];
    }
}
