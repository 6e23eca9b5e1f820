using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Chronos.Api;
using Chronos.Cluster.Tests.Network;
using Chronos.Testing.Clocks;

namespace Chronos.Cluster.Tests.Nodes;

/// <summary>A real <c>chronos serve</c> on a machine of its own.</summary>
internal sealed class ChronosNode : IAsyncDisposable
{
    private const int Port = 8080;
    private static readonly TimeSpan GlancePatience = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ClockDelay = TimeSpan.FromSeconds(1);
    private readonly HttpClient glances;

    public ChronosNode(Machine machine, string folder, ClusterOptions options, string state)
    {
        DataFolder = Path.Combine(folder, "data");
        Clock = new(Path.Combine(folder, "clock"), ClockDelay);
        Process = new(
            machine, folder, options.Server,
            "serve", "--http-address", machine.Address, "--http-port", $"{Port}", "--insecure",
            "--data-dir", DataFolder, "--state", state, "--lease", $"{options.Lease.TotalSeconds}s",
            "--advertise", $"http://{machine.Address}:{Port}", "--local-cpus", "1000", "--local-mem", "1000000",
            "--local-limits", "none", "--retention-runs-per-job", "1000000");
        foreach (var (name, value) in Clock.Environment) Process.Environment[name] = value;
        Client = machine.CreateClient(Port, Patience);
        glances = machine.CreateClient(Port, GlancePatience);
    }

    public Daemon Process { get; }

    /// <summary>What it takes for the time of day.</summary>
    public SteppedClock Clock { get; }

    public string DataFolder { get; }

    public string Name => Process.Machine.Name;

    public HttpClient Client { get; }

    /// <summary>What it says of the cluster; null: it does not answer at once.</summary>
    public async Task<ClusterDescription?> LookAsync()
    {
        try
        {
            using var response = await glances.GetAsync("/v1/cluster");
            return response.IsSuccessStatusCode ? await response.Content.ReadFromJsonAsync<ClusterDescription>() : null;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            return null;
        }
    }

    public async Task<bool> LeadsAsync() => await LookAsync() is { State: "leading" };

    public async Task<JsonElement> GetAsync(string path)
    {
        using var response = await Client.GetAsync(path);
        return await ReadAsync(response);
    }

    public async Task<JsonElement> SendAsync(HttpMethod method, string path, object body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
        using var response = await Client.SendAsync(request);
        return await ReadAsync(response);
    }

    /// <summary>Has it change something, once it can.</summary>
    public async Task<bool> TryChangeAsync()
    {
        try
        {
            using var response = await glances.PutAsJsonAsync(
                "/v1/jobs/probe", new { name = "probe", command = "true", parents = Array.Empty<string>() });
            return response.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        glances.Dispose();
        await Process.DisposeAsync();
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        if (!response.IsSuccessStatusCode)
            throw new InvalidOperationException($"{response.RequestMessage?.RequestUri}: {response.StatusCode} {text}");
        return text.Length == 0 || response.StatusCode == HttpStatusCode.NoContent
            ? default : JsonDocument.Parse(text).RootElement.Clone();
    }
}
