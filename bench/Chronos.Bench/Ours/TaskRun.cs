using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Ports;
using Chronos.Testing.Engines;

namespace Chronos.Bench.Ours;

/// <summary>Launches attempts of a job in batches, as the node loop does, and acknowledges their ends.</summary>
internal sealed class TaskRun(IEngine engine, Job job)
{
    private const int BatchSize = 250;
    private const int AcknowledgedAtOnce = 32;

    private readonly List<AttemptId> ended = [];
    private TaskCompletionSource done = new();
    private int left;

    public async Task RunAsync(int count)
    {
        done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        left = count;
        for (var first = 0; first < count; first += BatchSize)
        {
            var batch = Enumerable.Range(0, Math.Min(BatchSize, count - first)).Select(_ => LaunchRequests.For(job));
            await engine.LaunchAsync([.. batch], CancellationToken.None);
        }

        await done.Task;
    }

    public void Take(AttemptStatus status)
    {
        if (status.Phase < AttemptPhase.Finished) return;
        if (status.Phase != AttemptPhase.Finished)
            done.TrySetException(new InvalidOperationException($"A task ended badly: {status.Message}"));
        lock (ended)
        {
            ended.Add(status.Id);
            left--;
            if (ended.Count < AcknowledgedAtOnce && left > 0) return;
            _ = engine.AcknowledgeAsync([.. ended], CancellationToken.None);
            ended.Clear();
            if (left == 0) done.TrySetResult();
        }
    }
}
