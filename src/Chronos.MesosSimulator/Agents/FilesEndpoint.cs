using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Chronos.MesosSimulator.Http;
using Microsoft.AspNetCore.Http;

namespace Chronos.MesosSimulator.Agents;

/// <summary>The files of sandboxes, as agents show them.</summary>
internal sealed class FilesEndpoint(ClusterCore core)
{
    /// <summary>No answer holds more of a file: 16 pages of memory.</summary>
    internal const int ReadBytesMax = 16 * 4096;

    private const string Json = "application/json";

    internal Answer Answer(IQueryCollection query, string verb, IReadOnlyList<SimulatedAgent> agents)
    {
        var path = query["path"].ToString();
        if (path.Length == 0) return new(400, "Expecting 'path=value' in query.\n");
        if (path.Split('/').Contains("..")) return new(400, "Invalid path: it leads out of the sandbox.\n");
        if (Find(path, agents) is not var (sandbox, file)) return new(404);
        return verb switch
        {
            "browse" => Browse(sandbox, file, path.TrimEnd('/')),
            "read" => Read(sandbox, file, query),
            "download" => Download(sandbox, file),
            _ => new(404),
        };
    }

    /// <summary>The sandbox that a path is in, and the path there; null: it does not exist any more, or never did.
    /// </summary>
    internal (Sandbox Sandbox, string File)? Find(string path, IReadOnlyList<SimulatedAgent> agents)
    {
        if (SandboxPaths.Parse(path) is not var (frameworkId, executorId, containerId, file)) return null;
        lock (core.Gate)
        {
            foreach (var agent in agents)
            {
                if (agent.Executors.TryGetValue((frameworkId, executorId), out var executor)
                    && (containerId is null || containerId == executor.ContainerId))
                    return (executor.Sandbox ??= new(), file);
                if (agent.Completed.Find(frameworkId, executorId, containerId) is { } run) return (run.Sandbox, file);
            }
        }

        return null;
    }

    /// <summary>Lines of a listing: mode, links, owner and the like as agents write them.</summary>
    internal static Answer Browse(Sandbox sandbox, string file, string path)
    {
        if (sandbox.List(file) is not { } entries) return new(404);
        return Of(entries.Select(entry => new
        {
            path = $"{path}/{entry.Name}",
            nlink = entry.IsDirectory ? 2 : 1,
            size = entry.Size,
            mtime = (double)new DateTimeOffset(entry.ModifiedAt).ToUnixTimeSeconds(),
            mode = entry.IsDirectory ? "drwxr-xr-x" : "-rw-r--r--",
            uid = "root",
            gid = "root",
        }));
    }

    internal static Answer Of(object page) =>
        new(200, JsonSerializer.SerializeToUtf8Bytes(page)) { MediaType = Json };

    private static Answer Read(Sandbox sandbox, string file, IQueryCollection query)
    {
        var (offset, length) = (
            AgentEndpoint.NumberOf(query["offset"], absent: -1), AgentEndpoint.NumberOf(query["length"], absent: -1));
        if (offset is not >= -1) return new(400, "Failed to parse offset: it must be a number from -1 on.\n");
        if (length is not >= -1) return new(400, "Failed to parse length: it must be a number from -1 on.\n");
        if (sandbox.IsDirectory(file)) return new(400, "Cannot read a directory.\n");
        var most = (int)Math.Min(length.Value < 0 ? ReadBytesMax : length.Value, ReadBytesMax);
        if (sandbox.Read(file, Math.Max(0, offset.Value), offset < 0 ? 0 : most) is not var (size, bytes))
            return new(404);
        return new(200, Quote(bytes, offset.Value < 0 ? size : offset.Value)) { MediaType = Json };
    }

    private static Answer Download(Sandbox sandbox, string file)
    {
        if (sandbox.IsDirectory(file)) return new(400, "Cannot download a directory.\n");
        return sandbox.Read(file, 0, int.MaxValue) is var (_, bytes)
            ? new(200, bytes) { MediaType = "application/octet-stream" }
            : new(404);
    }

    // The bytes of a file as they are, whether or not they are text, with what JSON wants escaped.
    private static byte[] Quote(byte[] bytes, long offset)
    {
        var output = new ArrayBufferWriter<byte>(bytes.Length + 64);
        output.Write("{\"data\":\""u8);
        foreach (var letter in bytes)
        {
            if (letter is (byte)'"' or (byte)'\\') output.Write([(byte)'\\', letter]);
            else if (letter == '\n') output.Write("\\n"u8);
            else if (letter < ' ') output.Write(Encoding.ASCII.GetBytes($"\\u{(int)letter:x4}"));
            else output.Write([letter]);
        }

        output.Write(Encoding.ASCII.GetBytes($"\",\"offset\":{offset.ToString(CultureInfo.InvariantCulture)}}}"));
        return output.WrittenSpan.ToArray();
    }
}
