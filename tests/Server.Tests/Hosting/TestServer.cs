using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Chronos.Api;
using Chronos.Core.Runs;
using Chronos.Runtime.Leadership;
using Chronos.Runtime.Node;
using Chronos.Server.Hosting;
using Chronos.Server.Tests.Compatibility;
using Chronos.Testing.Elections;
using Chronos.Testing.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;
using Xunit;

namespace Chronos.Server.Tests.Hosting;

/// <summary>The whole server on a free port: a real node with stores in memory, an engine that does what the test says,
/// and a clock that stands at <see cref="Start"/> until it is set.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    public static readonly Instant Start = Instant.FromUtc(2026, 1, 1, 0, 0);
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly CancellationTokenSource stopping = new();
    private readonly ElectedNode elected;
    private readonly Task running;

    private TestServer(WebApplication app, ElectedNode node, TestEngine engine, SettableClock clock)
    {
        (App, elected, Engine, Clock) = (app, node, engine, clock);
        running = node.RunAsync(Task.CompletedTask, stopping.Token);
        Client = new(Http);
    }

    public WebApplication App { get; }

    public SchedulerNode Node => elected.Node;

    public TestEngine Engine { get; }

    public SettableClock Clock { get; }

    /// <summary>Errors that the server logged.</summary>
    public ConcurrentQueue<string> Errors { get; private init; } = [];

    public HttpClient Http { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    public ChronosClient Client { get; }

    public IEnumerable<RouteEndpoint> Endpoints =>
        App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    public static async Task<TestServer> StartAsync(
        ServerOptions? options = null, MemoryStateStore? store = null, MemoryRunHistory? history = null)
    {
        history ??= new MemoryRunHistory();
        var clock = new SettableClock(Start);
        var engine = new TestEngine(clock);
        store ??= new(history);
        var node = LoneNode.Elect(store, () => new SchedulerNode(
            new(), store, history, new([engine]), new(NullLogger<NotificationQueue>.Instance), clock,
            NullLogger<SchedulerNode>.Instance));
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrel();
        var errors = new ErrorLog();
        builder.Services.AddLogging(logging => logging.ClearProviders().AddProvider(errors));
        builder.Services.AddChronosServer(node, (options ?? new ServerOptions()) with
        {
            HttpPort = options is { HttpsPort: not null, HttpPort: null } ? null : 0,
            LogPollInterval = TimeSpan.FromMilliseconds(5),
        });
        var server = new TestServer(builder.Build().MapChronos(), node, engine, clock)
        {
            Errors = errors.Messages,
        };
        await node.Node.Ready.WaitAsync(Patience);
        await server.App.StartAsync();
        server.Http.BaseAddress = new(server.App.Urls.First());
        return server;
    }

    public Task<Answer> GetAsync(string path, params (string Name, string Value)[] headers) =>
        SendAsync("GET", path, null, headers);

    public Task<Answer> PostAsync(string path, string? json = null, params (string Name, string Value)[] headers) =>
        SendAsync("POST", path, json, headers);

    public Task<Answer> PutAsync(string path, string? json, params (string Name, string Value)[] headers) =>
        SendAsync("PUT", path, json, headers);

    public async Task<Answer> SendAsync(
        string method, string path, string? json, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new(method), path);
        if (json is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(json));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        foreach (var (name, value) in headers)
        {
            if (name == "Content-Type") request.Content!.Headers.ContentType = null;
            if (name == "Content-Type") request.Content!.Headers.TryAddWithoutValidation(name, value);
            else request.Headers.TryAddWithoutValidation(name, value);
        }

        return await SendAsync(request);
    }

    public async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        using var response = await Http.SendAsync(request).WaitAsync(Patience);
        var all = response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated)
            .ToDictionary(h => h.Key, h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase);
        return new(response.StatusCode, await response.Content.ReadAsStringAsync(), all);
    }

    /// <summary>Creates a job, or replaces it.</summary>
    public Task<JobDocument> CreateAsync(string name, string fields = "") => Client.PutJobAsync(
        name, JsonNode.Parse($$"""{"name":"{{name}}","command":"echo {{name}}"{{fields}}}""")!, null, default);

    /// <summary>Starts a run by hand and waits until its attempt runs.</summary>
    public async Task<Run> RunAsync(string job)
    {
        var started = await Client.StartRunAsync(job, new(), null, default);
        Assert.True(RunId.TryParse(started.Run.Id, out var id));
        await WhenAsync(() => Find(id) is { State: RunState.Running });
        return Find(id)!;
    }

    /// <summary>Ends the attempt of a run and waits until the run is in the history.</summary>
    public async Task ExitAsync(Run run, int code = 0)
    {
        Engine.Exit(run.AttemptId, code);
        await WhenAsync(() => Find(run.Id) is not { Attempt: var attempt, RetryAt: null } || attempt != run.Attempt);
    }

    /// <summary>Starts a run by hand and lets it succeed.</summary>
    public async Task<Run> CompleteAsync(string job)
    {
        var run = await RunAsync(job);
        await ExitAsync(run);
        return run;
    }

    /// <summary>Waits for something that an event of the node will bring about.</summary>
    public async Task WhenAsync(Func<bool> holds)
    {
        using var timeout = new CancellationTokenSource(Patience);
        if (holds()) return;
        await foreach (var _ in Node.Events.WatchAsync(after: 0, timeout.Token))
            if (holds()) return;
    }

    /// <summary>Ends the node; the HTTP server goes on.</summary>
    public async Task StopNodeAsync()
    {
        await stopping.CancelAsync();
        await running;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await App.StopAsync();
        await App.DisposeAsync();
        await StopNodeAsync();
        stopping.Dispose();
        await elected.DisposeAsync();
    }

    private Run? Find(RunId id) => Node.Jobs.FindByActiveRun(id)?.State.ActiveRuns.FirstOrDefault(r => r.Id == id);
}

/// <summary>Keeps the errors that are logged.</summary>
internal sealed class ErrorLog : ILoggerProvider, ILogger
{
    public ConcurrentQueue<string> Messages { get; } = [];

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel)) Messages.Enqueue($"{formatter(state, exception)} {exception}");
    }

    public void Dispose()
    {
    }
}

/// <summary>What the server answered.</summary>
internal sealed record Answer(HttpStatusCode Status, string Body, IReadOnlyDictionary<string, string> Headers)
{
    public int Code => (int)Status;

    public JsonNode Json => JsonNode.Parse(Body)!;

    public string? Header(string name) => Headers.GetValueOrDefault(name);

    /// <summary>The problem, after a check that it is one and that it is whole.</summary>
    public JsonNode Problem(int status, string type)
    {
        Assert.True(Code == status, $"{Code} {Body}");
        Assert.Equal("application/problem+json", Header("Content-Type"));
        var problem = Json;
        Assert.Equal(type, problem["type"]!.GetValue<string>());
        Assert.Equal(status, problem["status"]!.GetValue<int>());
        Assert.NotEqual("", problem["title"]!.GetValue<string>());
        Assert.NotEqual("", problem["detail"]!.GetValue<string>());
        Assert.Equal(problem["detail"]!.GetValue<string>(), problem["message"]!.GetValue<string>());
        Assert.StartsWith("/", problem["instance"]!.GetValue<string>(), StringComparison.Ordinal);
        return problem;
    }
}
