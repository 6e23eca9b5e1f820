using System.Diagnostics;
using Chronos.Mesos.Protocol;

namespace Chronos.MesosSimulator.Agents;

/// <summary>Brings the files of a command into its sandbox: from this machine or over HTTP, archives unpacked.
/// </summary>
internal static class Fetch
{
    private static readonly HttpClient Http = new();
    private static readonly string[] Archives = [".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz"];

    /// <exception cref="IOException">A file is not there.</exception>
    internal static void All(CommandInfo command, string directory)
    {
        foreach (var uri in command.Uris)
        {
            var file = Path.Join(directory, uri.HasOutputFile ? uri.OutputFile : NameOf(uri.Value));
            Get(uri.Value, file);
            if (uri.Executable && !OperatingSystem.IsWindows())
                File.SetUnixFileMode(file, File.GetUnixFileMode(file) | UnixFileMode.UserExecute);
            else if (uri.Extract) Unpack(file, directory);
        }
    }

    private static string NameOf(string address) => Path.GetFileName(address.Split('?')[0]);

    private static void Get(string address, string file)
    {
        if (!address.StartsWith("http", StringComparison.OrdinalIgnoreCase))
        {
            var isFile = address.StartsWith("file://", StringComparison.Ordinal);
            var source = isFile ? address["file://".Length..] : address;
            File.Copy(source, file, overwrite: true);
            return;
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        using var response = Http.Send(request, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        using var body = response.Content.ReadAsStream();
        using var target = File.Create(file);
        body.CopyTo(target);
    }

    private static void Unpack(string file, string directory)
    {
        var isZip = file.EndsWith(".zip", StringComparison.Ordinal);
        if (!isZip && !Array.Exists(Archives, end => file.EndsWith(end, StringComparison.Ordinal))) return;
        string[] words = isZip ? ["unzip", "-oq", file, "-d", directory] : ["tar", "-xf", file, "-C", directory];
        using var process = Process.Start(words[0], words[1..]);
        process.WaitForExit();
        if (process.ExitCode != 0) throw new IOException($"{file} could not be unpacked.");
    }
}
