using System.Security.Cryptography;
using Chronos.CommandLine;
using Chronos.Engines.Local;
using Chronos.Mesos;
using Chronos.Runtime.Leadership;
using Chronos.Runtime.Node;
using Chronos.Runtime.Ports;
using Chronos.Runtime.Replication;
using Chronos.Server.Cluster;
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
    private readonly Func<WebApplication> build;
    private WebApplication? app;

    private ServerParts(
        Stack<IAsyncDisposable> opened, ElectedNode node, Func<WebApplication> build)
    {
        this.opened = opened;
        this.build = build;
        Node = node;
    }

    /// <summary>The node; not running yet.</summary>
    public ElectedNode Node { get; }

    /// <summary>The HTTP server, once <see cref="ListenAsync"/> has been called.</summary>
    public WebApplication App => app ?? throw new InvalidOperationException("The server does not listen yet.");

    /// <summary>Opens storage and makes everything that uses it.</summary>
    public static async Task<ServerParts> OpenAsync(
        ServerSettings settings, ServerLogging logging, CancellationToken cancellationToken)
    {
        var loggers = logging.Loggers;
        var opened = new Stack<IAsyncDisposable>();
        try
        {
            var http = settings.Http();
            var self = new ClusterMember(
                http.NodeId, settings.AdvertisedAddress, ProductVersion.Text,
                Convert.ToHexString(RandomNumberGenerator.GetBytes(32)));
            var state = await OpenStateAsync(settings, self, loggers, opened, cancellationToken);
            var messages = new NotificationQueue(loggers.CreateLogger<NotificationQueue>());
            SchedulerNode Create() => new(
                settings.Node(), state.Store, state.History, new(MakeEngines(settings, loggers)), messages,
                SystemClock.Instance, loggers.CreateLogger<SchedulerNode>());
            var replicas = MakeReplicas(settings, loggers, opened);
            var node = new ElectedNode(
                state.Election, self, replicas, Create, loggers.CreateLogger<ElectedNode>());
            opened.Push(node);
            return new(opened, node, () => BuildApp(settings, http, logging, node, messages));
        }
        catch
        {
            await CloseAsync(opened);
            throw;
        }
    }

    private static async Task<StateParts> OpenStateAsync(
        ServerSettings settings,
        ClusterMember self,
        ILoggerFactory loggers,
        Stack<IAsyncDisposable> opened,
        CancellationToken cancellationToken)
    {
        SqliteDatabase? local = null;
        if (settings.State.PostgreSql is null)
            opened.Push(local = await SqliteDatabase.OpenAsync(
                new() { Folder = settings.DataFolder }, loggers.CreateLogger<SqliteDatabase>(), cancellationToken));
        var parts = StateParts.Over(settings.State, local, self, loggers);
        opened.Push(parts);
        return parts;
    }

    private static IReplicas MakeReplicas(
        ServerSettings settings, ILoggerFactory loggers, Stack<IAsyncDisposable> opened)
    {
        if (settings.State.IsLocal) return NoReplicas.Instance;
        var keeper = new ReplicaKeeper(
            new LeaderReplication(), settings.Node().Scheduler.DefaultZone, SystemClock.Instance,
            loggers.CreateLogger<ReplicaKeeper>());
        opened.Push(keeper);
        return keeper;
    }

    // The first one is the default for jobs that name none.
    private static List<IEngine> MakeEngines(ServerSettings settings, ILoggerFactory loggers)
    {
        var engines = new List<IEngine>();
        if (settings.Mesos.IsUsed)
            engines.Add(new MesosEngine(settings.Mesos.Engine(settings.Http()), TimeProvider.System, loggers));
        engines.Add(new LocalEngine(settings.LocalEngine(), TimeProvider.System, loggers.CreateLogger<LocalEngine>()));
        return engines;
    }

    /// <summary>Makes the HTTP server and begins to listen.</summary>
    public Task ListenAsync(CancellationToken cancellationToken)
    {
        app = build();
        opened.Push(app);
        return app.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => CloseAsync(opened);

    private static WebApplication BuildApp(
        ServerSettings settings,
        ServerOptions http,
        ServerLogging logging,
        ElectedNode node,
        NotificationQueue messages)
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
        builder.Services.AddChronosServer(node, http);
        builder.Services.Configure<CompatibilityOptions>(settings.Configure);
        if (settings.CompressesAnswers) builder.Services.AddResponseCompression();
        var app = builder.Build();
        if (settings.CompressesAnswers) app.UseResponseCompression();
        app.MapChronos();
        return app;
    }

    private static async ValueTask CloseAsync(Stack<IAsyncDisposable> opened)
    {
        while (opened.TryPop(out var part)) await part.DisposeAsync();
    }
}
