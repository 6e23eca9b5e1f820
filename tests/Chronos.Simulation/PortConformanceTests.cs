using System.Runtime.CompilerServices;
using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Ports;
using Chronos.Simulation.Checks;
using Chronos.Simulation.Cluster;
using Chronos.Testing.Engines;
using Chronos.Testing.Storage;
using NodaTime;

namespace Chronos.Simulation;

/// <summary>The simulated ports keep the contracts of the real ones, network and all, as long as nothing goes wrong.
/// </summary>
public sealed class SimulatedStoreTests : StateStoreConformance, IAsyncDisposable
{
    private readonly MemoryRunHistory history = new();
    private readonly SimulatedTime time = new();
    private readonly ClusterStore cluster;

    public SimulatedStoreTests()
    {
        var trace = new Trace(time, null);
        cluster = new(time, new(0) { IsActive = false }, trace) { Content = new(history) };
    }

    public ValueTask DisposeAsync() => history.DisposeAsync();

    protected override Task<OpenedStore> OpenAsync() => Task.FromResult(new OpenedStore(
        new PumpedStore(new NodeStore(cluster, "node-1", new(time, null)), time), history,
        () => ValueTask.CompletedTask));

    private sealed class PumpedStore(NodeStore store, SimulatedTime time) : IStateStore
    {
        public int BatchUnits => store.BatchUnits;

        public Task<long> ReadTermAsync(CancellationToken cancellationToken) =>
            Pump.UntilDone(time, () => store.ReadTermAsync(cancellationToken));

        public Task<StorePosition?> TakeAsync(long term, CancellationToken cancellationToken) =>
            Pump.UntilDone(time, () => store.TakeAsync(term, cancellationToken));

        public async IAsyncEnumerable<StoredDocument> LoadAsync(
            long term, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await using var documents = store.LoadAsync(term, cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (await Pump.UntilDone(time, () => documents.MoveNextAsync().AsTask()))
                yield return documents.Current;
        }

        public Task CommitAsync(CommitBatch batch, CancellationToken cancellationToken) =>
            Pump.UntilDone(time, () => store.CommitAsync(batch, cancellationToken));

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

/// <inheritdoc cref="SimulatedStoreTests"/>
public sealed class SimulatedEngineTests : EngineConformance
{
    protected override async Task<EngineHarness> CreateAsync()
    {
        var harness = new Harness();
        await harness.ReconnectAsync();
        return harness;
    }

    private sealed class Harness : EngineHarness
    {
        private readonly SimulatedTime time = new();
        private readonly FaultPlan faults = new(0) { IsActive = false };
        private readonly Trace trace;
        private readonly ClusterEngine engine;

        public Harness()
        {
            trace = new(time, null);
            engine = new(time, faults, trace, new Findings(), 1)
            {
                Clock = new(time),
                Script = static _ => new(Duration.FromDays(3650), 0), // held until the test lets it exit
            };
        }

        public override async Task ReconnectAsync()
        {
            var connection = new EngineConnection(engine, "node-1", time, faults, trace);
            Engine = new PumpedEngine(connection, time);
            await Engine.ConnectAsync(null, Link, CancellationToken.None);
        }

        public override Job HeldJob(string name) => new() { Name = name, Command = "held" };

        public override Task ExitAsync(AttemptId id, int exitCode) => Settle(() => engine.Exit(id, exitCode));

        public override Task WriteAsync(AttemptId id, string text) => Settle(() => engine.Write(id, text));

        public override ValueTask DisposeAsync() => engine.DisposeAsync();

        private Task Settle(Action action) => Pump.AndSettle(time, () =>
        {
            action();
            return Task.CompletedTask;
        });
    }

    private sealed class PumpedEngine(EngineConnection connection, SimulatedTime time) : IEngine
    {
        public string Name => connection.Name;

        public Task ConnectAsync(string? identity, EngineLink link, CancellationToken cancellationToken) =>
            Pump.AndSettle(time, () => connection.ConnectAsync(identity, link, cancellationToken));

        public IReadOnlyList<Chronos.Core.Jobs.Violation> Check(Job job) => connection.Check(job);

        public Task LaunchAsync(IReadOnlyList<LaunchRequest> requests, CancellationToken cancellationToken) =>
            Pump.AndSettle(time, () => connection.LaunchAsync(requests, cancellationToken));

        public Task KillAsync(
            AttemptId attempt, string jobName, Duration? grace, CancellationToken cancellationToken) =>
            Pump.AndSettle(time, () => connection.KillAsync(attempt, jobName, grace, cancellationToken));

        public Task ReconcileAsync(IReadOnlyList<KnownAttempt> attempts, CancellationToken cancellationToken) =>
            Pump.AndSettle(time, () => connection.ReconcileAsync(attempts, cancellationToken));

        public Task AcknowledgeAsync(IReadOnlyList<AttemptId> attempts, CancellationToken cancellationToken) =>
            Pump.AndSettle(time, () => connection.AcknowledgeAsync(attempts, cancellationToken));

        public Task<LogPart?> ReadLogAsync(AttemptId attempt, LogStream stream, long offset, int maxBytes,
            CancellationToken cancellationToken) =>
            connection.ReadLogAsync(attempt, stream, offset, maxBytes, cancellationToken);

        public Task RemoveLogsAsync(IReadOnlyList<AttemptId> attempts, CancellationToken cancellationToken) =>
            connection.RemoveLogsAsync(attempts, cancellationToken);

        public EngineOverview Describe() => connection.Describe();

        public ValueTask DisposeAsync() => connection.DisposeAsync();
    }
}

/// <summary>Lets simulated time go on while a test that knows nothing of it waits.</summary>
internal static class Pump
{
    /// <summary>Until a call has ended.</summary>
    public static T UntilDone<T>(SimulatedTime time, Func<T> call)
        where T : Task
    {
        var outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(time);
        try
        {
            var task = call();
            time.RunUntil(() => task.IsCompleted, time.Now + Duration.FromMinutes(1));
            return task;
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }
    }

    /// <summary>Until what it caused has arrived, too.</summary>
    public static T AndSettle<T>(SimulatedTime time, Func<T> call)
        where T : Task
    {
        var task = UntilDone(time, call);
        UntilDone(time, () =>
        {
            time.RunUntil(time.Now + Duration.FromSeconds(12)); // a kill takes its grace period
            return Task.CompletedTask;
        });
        return task;
    }
}
