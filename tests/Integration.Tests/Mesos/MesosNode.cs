using Chronos.Core.Jobs;
using Chronos.Core.Scheduling;
using Chronos.Mesos;
using Chronos.Mesos.Detection;
using Chronos.Runtime.Node;
using Chronos.Runtime.Ports;
using Chronos.Storage.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;
using Xunit;

namespace Chronos.Integration.Tests.Mesos;

/// <summary>A scheduler in this process, on disk, whose only engine is that of Mesos.</summary>
internal sealed class MesosNode : IAsyncDisposable
{
    private static readonly Actor Tester = new("test", "");
    private readonly CancellationTokenSource stopping = new();
    private readonly SqliteDatabase database;
    private Task running = Task.CompletedTask;

    private MesosNode(SqliteDatabase database, MesosEngineOptions options)
    {
        this.database = database;
        Engine = new(options, TimeProvider.System, NullLoggerFactory.Instance);
        Scheduler = new(
            new(), new SqliteStateStore(database), new SqliteRunHistory(database), new([Engine]),
            new(NullLogger<NotificationQueue>.Instance), SystemClock.Instance, NullLogger<SchedulerNode>.Instance);
    }

    internal MesosEngine Engine { get; }

    internal SchedulerNode Scheduler { get; }

    /// <summary>Options with short waits, for a cluster whose timers run fast.</summary>
    internal static MesosEngineOptions Quick(MasterSetting master) => new()
    {
        Master = master,
        Client = new()
        {
            FirstPause = TimeSpan.FromMilliseconds(5), LongestPause = TimeSpan.FromMilliseconds(200),
            SilentHeartbeatsMax = 50, // a busy machine is slower than the cluster's timers want
        },
        Http = new() { CallTimeout = TimeSpan.FromSeconds(5) },
        ReviveInterval = TimeSpan.FromMilliseconds(50),
        DeclineTime = TimeSpan.FromMilliseconds(200),
        LaunchTimeout = TimeSpan.FromSeconds(3),
        KillPause = TimeSpan.FromSeconds(1),
        ReconcilePause = TimeSpan.FromMilliseconds(200),
        ReconcileInterval = TimeSpan.FromSeconds(10),
        UnreachableTimeout = TimeSpan.FromSeconds(2),
        Tick = TimeSpan.FromMilliseconds(50),
    };

    /// <summary>Starts over a data folder; what is there already goes on.</summary>
    internal static async Task<MesosNode> StartAsync(string folder, MesosEngineOptions options)
    {
        var database = await SqliteDatabase.OpenAsync(
            new() { Folder = folder }, NullLogger<SqliteDatabase>.Instance, CancellationToken.None);
        var node = new MesosNode(database, options);
        node.running = node.Scheduler.RunAsync(node.stopping.Token);
        await await Task.WhenAny(node.running, node.Scheduler.Ready);
        return node;
    }

    internal async Task PutAsync(IEnumerable<Job> jobs)
    {
        foreach (var chunk in jobs.Chunk(1000))
            Assert.IsType<JobsPut>(await Scheduler.SubmitAsync(
                new PutJobs(chunk.ToValueList(), Tester), CancellationToken.None));
    }

    internal async Task StartRunAsync(string job) => Assert.IsNotType<Refused>(
        await Scheduler.SubmitAsync(new StartRun(job, null, [], null, Tester), CancellationToken.None));

    internal async Task<List<RunRecord>> ReadHistoryAsync()
    {
        var runs = new List<RunRecord>();
        for (string? after = ""; after is not null;)
        {
            var query = new RunQuery { Limit = 1000, After = after.Length > 0 ? after : null };
            var page = await Scheduler.History.ListRunsAsync(query, CancellationToken.None);
            runs.AddRange(page.Items);
            after = page.Next;
        }

        return runs;
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await running;
        await Engine.DisposeAsync();
        await database.DisposeAsync();
        stopping.Dispose();
    }
}
