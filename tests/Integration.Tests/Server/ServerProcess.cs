using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Chronos.Testing;

namespace Chronos.Integration.Tests.Server;

/// <summary>A real <c>chronos serve</c> on a free port over a data folder, which a test may kill and start again.
/// </summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private static readonly Dictionary<string, string> NoVariables = [];
    private readonly Process process;
    private readonly StringBuilder output = new();
    private readonly TaskCompletionSource<Uri> address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServerProcess(
        string dataFolder, IReadOnlyDictionary<string, string> environment, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(
            Path.Combine(AppContext.BaseDirectory, "chronos"),
            ["serve", "--http-port", "0", "--data-dir", dataFolder, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(n => n.StartsWith("CHRONOS_", StringComparison.Ordinal))
            .ToList())
            start.Environment.Remove(name); // settings of whoever runs the tests
        foreach (var (name, value) in environment) start.Environment[name] = value;
        process = new Process { StartInfo = start, EnableRaisingEvents = true };
        process.OutputDataReceived += (_, e) => Take(e.Data);
        process.ErrorDataReceived += (_, e) => Take(e.Data);
        process.Exited += (_, _) => address.TrySetException(new InvalidOperationException("The server has ended."));
    }

    public HttpClient Client { get; } = new() { Timeout = TimeSpan.FromMinutes(2) };

    public string Output
    {
        get { lock (output) return output.ToString(); }
    }

    public int Id => process.Id;

    public bool HasExited => process.HasExited;

    public int ExitCode => process.ExitCode;

    /// <summary>Starts a server and waits until it answers.</summary>
    public static Task<ServerProcess> StartAsync(string dataFolder, params string[] arguments) =>
        StartAsync(dataFolder, NoVariables, arguments);

    /// <summary>Starts a server with more environment variables, and waits until it answers.</summary>
    public static async Task<ServerProcess> StartAsync(
        string dataFolder, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var server = Launch(dataFolder, environment, arguments);
        try
        {
            server.Client.BaseAddress = await server.address.Task.WaitAsync(StartTimeout);
            await Wait.UntilAsync(async () => (await server.Client.GetAsync("/health/ready")).IsSuccessStatusCode);
            return server;
        }
        catch (Exception e)
        {
            await server.DisposeAsync();
            throw new InvalidOperationException($"The server did not start:\n{server.Output}", e);
        }
    }

    /// <summary>Starts a server that is expected to end by itself, and waits for its end.</summary>
    public static async Task<ServerProcess> RunToEndAsync(string dataFolder, params string[] arguments)
    {
        var server = Launch(dataFolder, NoVariables, arguments);
        _ = server.address.Task.Exception; // an end without an address is what is expected
        await server.process.WaitForExitAsync().WaitAsync(StartTimeout);
        return server;
    }

    public async Task KillAsync()
    {
        process.Kill(); // SIGKILL, only the server itself
        await process.WaitForExitAsync();
    }

    /// <summary>Asks the server to end, as Ctrl-C or a service manager would.</summary>
    public async Task TerminateAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", process.Id.ToString()]);
        await process.WaitForExitAsync().WaitAsync(StartTimeout);
    }

    public async Task<JsonElement> GetAsync(string path)
    {
        using var response = await Client.GetAsync(path);
        var text = await response.Content.ReadAsStringAsync();
        if (!response.IsSuccessStatusCode) throw new InvalidOperationException(
            $"GET {path}: {response.StatusCode} {text}");
        return JsonDocument.Parse(text).RootElement.Clone();
    }

    public async Task<JsonElement?> SendAsync(HttpMethod method, string path, object? body)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = JsonContent.Create(body);
        using var response = await Client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        if (!response.IsSuccessStatusCode)
            throw new InvalidOperationException($"{method} {path}: {response.StatusCode} {text}");
        return text.Length == 0 ? null : JsonDocument.Parse(text).RootElement.Clone();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }

    private static ServerProcess Launch(
        string dataFolder, IReadOnlyDictionary<string, string> environment, string[] arguments)
    {
        var server = new ServerProcess(dataFolder, environment, arguments);
        server.process.Start();
        server.process.BeginOutputReadLine();
        server.process.BeginErrorReadLine();
        return server;
    }

    private void Take(string? line)
    {
        if (line is null) return;
        lock (output) output.AppendLine(line);
        if (Listening().Match(line) is { Success: true } match) address.TrySetResult(new(match.Groups[1].Value));
    }

    [GeneratedRegex(@"listens on (http://127\.0\.0\.1:\d+)")]
    private static partial Regex Listening();
}
