using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Mesos.Tests.Recorded;

namespace Mesos.Tests.Simulator;

/// <summary>What happened next in a recording.</summary>
internal abstract record ReplayStep(int Connection)
{
    /// <summary>A request.</summary>
    internal sealed record Request(
        int Connection, string Path, IReadOnlyDictionary<string, string> Headers, string Body) : ReplayStep(Connection);

    /// <summary>The head of an answer, and its body unless it is a stream.</summary>
    internal sealed record Answer(
        int Connection, string Status, IReadOnlyDictionary<string, string> Headers, string Body)
        : ReplayStep(Connection);

    /// <summary>An event on a stream.</summary>
    internal sealed record Event(int Connection, JsonNode Message) : ReplayStep(Connection);

    /// <summary>The end of a stream.</summary>
    internal sealed record End(int Connection) : ReplayStep(Connection);

    /// <summary>All of a recording, in order.</summary>
    internal static IEnumerable<ReplayStep> Of(RecordedTrace trace)
    {
        var requests = new Dictionary<int, string>();
        foreach (var (connection, fromClient, bytes) in trace.Reads)
        {
            var text = Encoding.UTF8.GetString(bytes);
            if (fromClient)
            {
                var soFar = requests.GetValueOrDefault(connection, "") + text;
                requests[connection] = soFar;
                if (IsWhole(soFar)) yield return RequestOf(connection, soFar);
            }
            else if (text.StartsWith("HTTP/1.1 ", StringComparison.Ordinal))
            {
                var (first, headers, body) = Split(text);
                yield return new Answer(connection, first["HTTP/1.1 ".Length..], headers, body);
            }
            else
            {
                foreach (var step in ChunksOf(connection, bytes)) yield return step;
            }
        }
    }

    private static bool IsWhole(string request)
    {
        if (!request.Contains("\r\n\r\n")) return false;
        var (_, headers, body) = Split(request);
        return Encoding.UTF8.GetByteCount(body) == int.Parse(headers["Content-Length"], CultureInfo.InvariantCulture);
    }

    private static Request RequestOf(int connection, string text)
    {
        var (first, headers, body) = Split(text);
        return new(connection, first.Split(' ')[1], headers, body);
    }

    private static (string First, Dictionary<string, string> Headers, string Body) Split(string text)
    {
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var lines = text[..end].Split("\r\n");
        var headers = lines.Skip(1).Select(line => line.Split(": ", 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        return (lines[0], headers, text[(end + 4)..]);
    }

    // Each chunk of the recording holds one record; the last is empty.
    private static IEnumerable<ReplayStep> ChunksOf(int connection, byte[] bytes)
    {
        for (var at = 0; at < bytes.Length;)
        {
            var line = bytes.AsSpan(at).IndexOf("\r\n"u8);
            var length = int.Parse(Encoding.ASCII.GetString(bytes, at, line), NumberStyles.HexNumber);
            if (length == 0)
            {
                yield return new End(connection);
                yield break;
            }

            var record = Encoding.UTF8.GetString(bytes, at + line + 2, length);
            yield return new Event(connection, JsonNode.Parse(record[(record.IndexOf('\n') + 1)..])!);
            at += line + 2 + length + 2;
        }
    }
}
