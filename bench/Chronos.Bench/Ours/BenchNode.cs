using Chronos.Core.Jobs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Node;
using Chronos.Runtime.Ports;
using Chronos.Storage.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;
using NodaTime.Text;

namespace Chronos.Bench.Ours;

/// <summary>A running scheduler in this process, without HTTP.</summary>
internal sealed class BenchNode : IAsyncDisposable
{
    private const int JobsPerCommand = 10_000;
    private static readonly Actor Bench = new("bench", "");
    private readonly CancellationTokenSource stopping = new();
    private readonly SqliteDatabase? database;
    private Task running = Task.CompletedTask;

    private BenchNode(
        IStateStore store, IRunHistory history, SqliteDatabase? database, IEngine engine)
    {
        this.database = database;
        Node = new(
            new(), store, history, new([engine]), new(NullLogger<NotificationQueue>.Instance), SystemClock.Instance,
            NullLogger<SchedulerNode>.Instance);
    }

    public SchedulerNode Node { get; }

    /// <summary>A node over a store in memory.</summary>
    public static Task<BenchNode> StartAsync(IEngine engine, IStateStore store) =>
        StartAsync(new BenchNode(store, new NoHistory(), null, engine));

    /// <summary>A node over SQLite, as a server has it.</summary>
    /// <param name="engine">Its engine.</param>
    /// <param name="folder">The data folder.</param>
    /// <param name="wrap">Puts something between the node and its store.</param>
    public static async Task<BenchNode> StartAsync(
        IEngine engine, string folder, Func<IStateStore, IStateStore>? wrap = null)
    {
        var database = await SqliteDatabase.OpenAsync(
            new() { Folder = folder }, NullLogger<SqliteDatabase>.Instance, CancellationToken.None);
        IStateStore store = new SqliteStateStore(database);
        return await StartAsync(
            new BenchNode(wrap?.Invoke(store) ?? store, new SqliteRunHistory(database), database, engine));
    }

    /// <summary>A job that starts at a moment and again with each period.</summary>
    public static Job Repeating(int number, Instant start, string period) => new()
    {
        Name = $"job-{number:0000000}",
        Command = $"echo {number}",
        Schedule = new() { Text = $"R/{InstantPattern.ExtendedIso.Format(start)}/{period}" },
    };

    /// <summary>An hourly cron job.</summary>
    public static Job Hourly(int number) => new()
    {
        Name = $"job-{number:0000000}",
        Command = $"echo {number}",
        Schedule = new() { Text = $"{(DateTime.UtcNow.Minute + 30) % 60} * * * *" },
    };

    /// <summary>Creates jobs through the loop, as a client does.</summary>
    public async Task PutAsync(int count, Func<int, Job> job)
    {
        for (var first = 0; first < count; first += JobsPerCommand)
        {
            var jobs = Enumerable.Range(first, Math.Min(JobsPerCommand, count - first)).Select(job).ToValueList();
            var reply = await Node.SubmitAsync(new PutJobs(jobs, Bench), CancellationToken.None);
            if (reply is not JobsPut) throw new InvalidOperationException($"The jobs were not created: {reply}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await running;
        if (database is not null) await database.DisposeAsync();
        stopping.Dispose();
    }

    private static async Task<BenchNode> StartAsync(BenchNode node)
    {
        node.running = node.Node.RunAsync(node.stopping.Token);
        await await Task.WhenAny(node.running, node.Node.Ready);
        return node;
    }
}
