using Chronos.Engines.Local;
using Chronos.Runtime.Node;
using Chronos.Runtime.Ports;
using Chronos.Server.Endpoints.Compatibility;
using Chronos.Server.Hosting;
using Chronos.Server.Notifications;
using Chronos.Storage.Sqlite;
using NodaTime;

namespace Chronos.Serving;

/// <summary>The parts of a server, opened in the order in which they need each other and closed in the other.</summary>
public sealed class ServerParts : IAsyncDisposable
{
    private readonly Stack<IAsyncDisposable> opened;

    private ServerParts(Stack<IAsyncDisposable> opened, SchedulerNode node, HistoryKeeper keeper, WebApplication app)
    {
        this.opened = opened;
        Node = node;
        Keeper = keeper;
        App = app;
    }

    /// <summary>The scheduler; not running yet.</summary>
    public SchedulerNode Node { get; }

    /// <summary>Removes what history and logs need not keep.</summary>
    public HistoryKeeper Keeper { get; }

    /// <summary>The HTTP server; not started yet.</summary>
    public WebApplication App { get; }

    /// <summary>Opens storage and makes everything that uses it.</summary>
    public static async Task<ServerParts> OpenAsync(
        ServerSettings settings, ServerLogging logging, CancellationToken cancellationToken)
    {
        var loggers = logging.Loggers;
        var opened = new Stack<IAsyncDisposable>();
        try
        {
            var database = await SqliteDatabase.OpenAsync(
                new() { Folder = settings.DataFolder }, loggers.CreateLogger<SqliteDatabase>(), cancellationToken);
            opened.Push(database);
            var history = new SqliteRunHistory(database);
            var engine = new LocalEngine(
                settings.LocalEngine(), TimeProvider.System, loggers.CreateLogger<LocalEngine>());
            opened.Push(engine);
            var engines = new EngineSet([engine]);
            var messages = new NotificationQueue(loggers.CreateLogger<NotificationQueue>());
            var options = settings.Node();
            var node = new SchedulerNode(
                options, new SqliteStateStore(database), history, engines, messages, SystemClock.Instance,
                loggers.CreateLogger<SchedulerNode>());
            var keeper = new HistoryKeeper(
                history, engines, options, TimeProvider.System, loggers.CreateLogger<HistoryKeeper>());
            var app = BuildApp(settings, logging, node, messages);
            opened.Push(app);
            return new(opened, node, keeper, app);
        }
        catch
        {
            await CloseAsync(opened);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await CloseAsync(opened);
        Node.Dispose();
    }

    private static WebApplication BuildApp(
        ServerSettings settings, ServerLogging logging, SchedulerNode node, NotificationQueue messages)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrel();
        builder.Services.AddSingleton(logging.Loggers);
        builder.Services.AddSingleton<IConfiguration>(logging.Levels); // so that /logging changes what is in force
        builder.Services.AddSingleton<IHostLifetime, NoHostLifetime>();
        builder.Services.AddSingleton(messages);
        // Without loggers: they write addresses, and the address of a webhook is its secret.
        builder.Services.AddHttpClient().ConfigureHttpClientDefaults(client => client.RemoveAllLoggers());
        builder.Services.AddSingleton<IReadOnlyList<INotifier>>(services => NotificationChannels.For(
            settings.Notifications(), services.GetRequiredService<IHttpClientFactory>().CreateClient()));
        builder.Services.AddHostedService<NotificationService>();
        builder.Services.AddChronosServer(node, settings.Http());
        builder.Services.Configure<CompatibilityOptions>(settings.Configure);
        if (settings.CompressesAnswers) builder.Services.AddResponseCompression();
        var app = builder.Build();
        if (settings.CompressesAnswers) app.UseResponseCompression();
        app.MapChronos();
        return app;
    }

    private static async Task CloseAsync(Stack<IAsyncDisposable> opened)
    {
        while (opened.TryPop(out var part)) await part.DisposeAsync();
    }
}
