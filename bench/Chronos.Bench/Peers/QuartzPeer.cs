using System.Collections.Specialized;
using Quartz;

namespace Chronos.Bench.Peers;

/// <summary>Quartz.NET with its job store in memory or in PostgreSQL. It chooses by itself how many
/// triggers it acquires at a time and how many jobs run beside each other.</summary>
internal sealed class QuartzPeer : IAsyncDisposable
{
    private static int instances;
    private readonly IScheduler scheduler;

    private QuartzPeer(IScheduler scheduler) => this.scheduler = scheduler;

    public static Task<QuartzPeer> InMemoryAsync() => BuildAsync(builder => builder.UseInMemoryStore());

    public static Task<QuartzPeer> OnPostgresAsync(string connectionString) => BuildAsync(
        builder => builder.UsePersistentStore(store =>
        {
            store.UsePostgres(connectionString);
            store.UseSystemTextJsonSerializer();
            store.ProvisionSchema();
        }));

    /// <summary>Schedules jobs that do nothing.</summary>
    /// <param name="count">How many.</param>
    /// <param name="start">When each starts first.</param>
    /// <param name="schedule">When they start again.</param>
    public async Task ScheduleAsync(int count, Func<int, DateTimeOffset> start, Func<IScheduleBuilder> schedule)
    {
        for (var i = 0; i < count; i++)
        {
            var job = JobBuilder.Create<NoOpJob>().WithIdentity($"job-{i:0000000}").UsingJobData("command", $"echo {i}")
                .Build();
            var trigger = TriggerBuilder.Create().WithIdentity($"trigger-{i:0000000}").StartAt(start(i))
                .WithSchedule(schedule()).Build();
            await scheduler.ScheduleJob(job, trigger);
        }
    }

    public Task StartAsync() => scheduler.Start().AsTask();

    public async ValueTask DisposeAsync() => await scheduler.Shutdown(waitForJobsToComplete: false);

    private static async Task<QuartzPeer> BuildAsync(Action<IQuartzBuilder> configure)
    {
        var properties = new NameValueCollection
        {
            ["quartz.scheduler.instanceName"] = $"bench-{Interlocked.Increment(ref instances)}",
            ["quartz.jobStore.misfireThreshold"] = "600000", // a backlog is measured, and none of it dropped
        };
        return new(await QuartzSchedulerBuilder.Create(configure).UseProperties(properties).BuildScheduler());
    }

    /// <summary>Counts, and can note how late each start is.</summary>
    internal sealed class NoOpJob : IJob
    {
        private static Action<DateTimeOffset>? onStart;
        private static TaskCompletionSource reached = new();
        private static int wanted = int.MaxValue;
        private static int started;

        /// <summary>Ends when so many have started, counted from now.</summary>
        public static Task StartOf(int runs, Action<DateTimeOffset>? start = null)
        {
            onStart = start;
            reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref started, 0);
            Volatile.Write(ref wanted, runs);
            return reached.Task;
        }

        /// <inheritdoc/>
        public ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
        {
            if (context.ScheduledFireTimeUtc is { } due) onStart?.Invoke(due);
            if (Interlocked.Increment(ref started) == Volatile.Read(ref wanted)) reached.TrySetResult();
            return ValueTask.CompletedTask;
        }
    }
}
