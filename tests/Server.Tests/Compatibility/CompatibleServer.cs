using System.Net;
using System.Text;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Leadership;
using Chronos.Runtime.Node;
using Chronos.Server.Auth;
using Chronos.Server.Endpoints.Compatibility;
using Chronos.Server.Hosting;
using Chronos.Testing.Elections;
using Chronos.Server.Ui;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging;
using NodaTime;
using Xunit;

namespace Chronos.Server.Tests.Compatibility;

/// <summary>A server on a free port with a real node, stores in memory, an engine that does what the test says and a
/// clock that stands at 2015-01-09T22:49:41.398Z, the instant of the original's examples.</summary>
internal sealed class CompatibleServer : IAsyncDisposable
{
    public static readonly Instant Start = Instant.FromUnixTimeMilliseconds(1420843781398);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly CancellationTokenSource stopping = new();
    private readonly WebApplication app;
    private readonly ElectedNode elected;
    private readonly Task running;

    private CompatibleServer(WebApplication app, ElectedNode node, ScriptedEngine engine, SettableClock clock)
    {
        (this.app, elected, Engine, Clock) = (app, node, engine, clock);
        running = node.RunAsync(Task.CompletedTask, stopping.Token);
    }

    public SchedulerNode Node => elected.Node;

    public ScriptedEngine Engine { get; }

    public SettableClock Clock { get; }

    public HttpClient Http { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    public static async Task<CompatibleServer> StartAsync(Action<CompatibilityOptions>? configure = null)
    {
        var history = new KeptRuns();
        var (engine, clock) = (new ScriptedEngine(), new SettableClock(Start));
        var node = LoneNode.Elect(history, () => new SchedulerNode(
            new(), history, history, new([engine]),
            new(NullLogger<NotificationQueue>.Instance), clock, NullLogger<SchedulerNode>.Instance));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        builder.Services.AddSingleton(node).AddTransient(_ => node.Node)
            .AddSingleton<Func<SchedulerNode>>(() => node.Node)
            .AddSingleton(new ServerOptions())
            .AddCompatibility();
        if (configure is not null) builder.Services.Configure(configure);
        var app = builder.Build();
        app.Use((http, next) =>
        {
            http.Features.Set(Caller.Anonymous);
            return next(http);
        });
        app.MapCompatibility();
        app.MapUi();
        var server = new CompatibleServer(app, node, engine, clock);
        await node.Node.Ready;
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        server.Http.BaseAddress = new(address.First());
        return server;
    }

    public Task<Answer> GetAsync(string path, params (string Name, string Value)[] headers) =>
        SendAsync("GET", path, null, null, headers);

    public Task<Answer> SendAsync(string method, string path) => SendAsync(method, path, null, null);

    public Task<Answer> PostJsonAsync(string path, string json) => SendAsync("POST", path, json, "application/json");

    public async Task<Answer> SendAsync(
        string method, string path, string? body, string? type, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new(method), path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8);
            request.Content.Headers.Remove("Content-Type");
            if (type is not null) request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var response = await Http.SendAsync(request);
        var all = response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated)
            .ToDictionary(h => h.Key, h => string.Join(",", h.Value), StringComparer.OrdinalIgnoreCase);
        return new((int)response.StatusCode, await response.Content.ReadAsStringAsync(), all);
    }

    /// <summary>Creates a job that is started by nothing but hand until 2030.</summary>
    public async Task CreateAsync(string name, string extra = "")
    {
        var answer = await PostJsonAsync("/scheduler/iso8601",
            $$"""{"name":"{{name}}","command":"echo {{name}}","schedule":"R/2030-01-01T00:00:00Z/P1D"{{extra}}}""");
        Assert.Equal("204 ", $"{answer.Status} {answer.Body}");
    }

    public async Task CreateChildAsync(string name, string parentsJson)
    {
        var answer = await PostJsonAsync("/scheduler/dependency",
            $$"""{"name":"{{name}}","command":"echo {{name}}","parents":{{parentsJson}}}""");
        Assert.Equal("204 ", $"{answer.Status} {answer.Body}");
    }

    /// <summary>Starts a run by hand and waits until the engine has it.</summary>
    public async Task<LaunchRequest> LaunchAsync(string job, string query = "")
    {
        var before = Engine.Launches.Count;
        var answer = await SendAsync("PUT", $"/scheduler/job/{Uri.EscapeDataString(job)}{query}");
        Assert.Equal(204, answer.Status);
        await WhenAsync(() => Engine.Launches.Count > before);
        await WhenAsync(() => Node.Jobs.Find(job)!.State.ActiveRuns.Any(r => r.State == RunState.Starting));
        return Engine.Launches[^1];
    }

    /// <summary>Reports that an attempt ran for a while, and waits until the run has ended.</summary>
    public async Task FinishAsync(LaunchRequest request, Duration took, AttemptPhase phase = AttemptPhase.Finished)
    {
        var startedAt = Clock.GetCurrentInstant();
        Engine.Report(request, AttemptPhase.Running, startedAt);
        Clock.Advance(took);
        Engine.Report(request, phase, startedAt, Clock.GetCurrentInstant());
        await WhenAsync(() => Node.Jobs.FindByActiveRun(request.Id.Run) is null);
    }

    /// <summary>Ends the node; the HTTP server goes on.</summary>
    public async Task StopNodeAsync()
    {
        await stopping.CancelAsync();
        await running;
    }

    /// <summary>What the server answers to, for checks of all endpoints at once.</summary>
    public IEnumerable<RouteEndpoint> Endpoints =>
        app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    /// <summary>Waits for something that an event of the node will bring about.</summary>
    public async Task WhenAsync(Func<bool> holds)
    {
        using var timeout = new CancellationTokenSource(Patience);
        if (holds()) return;
        await foreach (var _ in Node.Events.WatchAsync(after: 0, timeout.Token))
            if (holds()) return;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await app.StopAsync();
        await StopNodeAsync();
        await app.DisposeAsync();
        await elected.DisposeAsync();
        stopping.Dispose();
    }
}

/// <summary>An HTTP answer.</summary>
internal sealed record Answer(int Status, string Body, IReadOnlyDictionary<string, string> Headers)
{
    public string? Header(string name) => Headers.GetValueOrDefault(name);
}
