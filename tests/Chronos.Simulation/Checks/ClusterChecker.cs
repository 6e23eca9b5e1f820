using System.Text.Json;
using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Ports;
using Chronos.Simulation.Cluster;
using NodaTime;

namespace Chronos.Simulation.Checks;

/// <summary>Checks between the parts of a cluster: acts follow what is durable, tasks start once and do not overlap,
/// what a leader knows is what the store has, and nothing is left over.</summary>
internal sealed class ClusterChecker(
    Findings findings, CommitChecker checker, ClusterEngine engine, ClusterStore store)
{
    private readonly Dictionary<(long Term, long Batch), DecisionTime> decided = [];
    private readonly Dictionary<long, (long Batch, Instant At, int SetCount)> opened = [];
    private (long Term, long Batch) newest;

    /// <summary>Whether no run is active and no attempt is known to the engine.</summary>
    public bool IsQuiet => engine.KnownCount == 0 && checker.Jobs.Values.All(j => j.State.ActiveRuns.IsEmpty);

    /// <summary>A node begins a commit, maybe again.</summary>
    public void Committing(ClusterNode node, CommitBatch batch)
    {
        var (last, from, setCount) = opened.GetValueOrDefault(batch.Term, (0, Instant.MinValue, -1));
        if (batch.Id <= last) return;
        var now = node.Clock.GetCurrentInstant();
        decided[(batch.Term, batch.Id)] = new(from, now, setCount == node.Clock.SetCount);
        opened[batch.Term] = (batch.Id, now, node.Clock.SetCount);
    }

    /// <summary>A batch had its effect.</summary>
    public void Committed(CommitBatch batch, NodeStore node)
    {
        findings.Require((batch.Term, batch.Id).CompareTo(newest) > 0,
            $"{node.Node} wrote batch {batch.Id} of term {batch.Term} after {newest}.");
        newest = (batch.Term, batch.Id);
        decided.Remove(newest, out var time);
        checker.Take(batch, time);
    }

    /// <summary>A node asks the engine to start an attempt.</summary>
    public void Launching(LaunchRequest request) => findings.Require(checker.Runs.IsIntended(request.Id),
        $"{request.Job.Name} {request.Id} is launched before the decision is durable.");

    /// <summary>A task begins.</summary>
    public void Began(TaskTruth task)
    {
        var name = task.Request.Job.Name;
        findings.Require(task.Starts == 1, $"{name} {task.Id} was started {task.Starts} times.");
        if (!checker.Jobs.TryGetValue(name, out var model) || model.HasMixedRules || model.Job.Policy.Async) return;
        var beside = engine.Running.Count(t => t.Request.Job.Name == name
            && model.State.ActiveRuns.Any(r => r.Id == t.Id.Run && r.Cause.Kind != RunCauseKind.Backfill));
        findings.Require(beside <= RunChecker.MaxOf(model.Job), $"{beside} tasks of {name} run at once.");
    }

    /// <summary>A node has loaded: what it now knows is what was stored.</summary>
    public void Loaded(ClusterNode node, IReadOnlyList<string> problems)
    {
        findings.Require(problems.Count == 0, $"{node.Name} cannot read: {string.Join(" ", problems)}");
        // Where a newer leader has taken the store meanwhile, this one knows the past, and the fence keeps it out.
        if (node.Term == store.Content.ReadTermAsync(CancellationToken.None).GetAwaiter().GetResult())
            CheckReaders(node);
    }

    /// <summary>What readers of a node see is what is durable.</summary>
    public void CheckReaders(ClusterNode? node)
    {
        findings.Require(node is not null, $"Nobody leads.");
        var documents = store.Content.Snapshot().Where(d => d.Key.Kind == DocumentKind.State).ToList();
        findings.Require(documents.Count == node!.Jobs.Count,
            $"{node.Name} knows {node.Jobs.Count} jobs, the store has {documents.Count}.");
        foreach (var document in documents)
        {
            var known = node.Jobs.Find(document.Key.Name);
            findings.Require(known is not null && Write(known.State).AsSpan().SequenceEqual(document.Json.Span),
                $"{node.Name} knows {document.Key.Name} otherwise than it is stored.");
            var job = checker.Jobs[document.Key.Name].Job;
            if (job.Parents.IsEmpty) job = job with { Trigger = known!.Job.Trigger }; // without parents it says nothing
            findings.Require(known!.Job == job,
                $"{node.Name} knows {job.Name} as {known.Job} {known.Job.Policy}; it is stored as {job} {job.Policy}.");
        }
    }

    /// <summary>What keeps a cluster from being quiet.</summary>
    public string DescribeLeftovers() => string.Join("; ", checker.Jobs.Values
        .SelectMany(j => j.State.ActiveRuns.Select(r => $"{j.Name} {r.Id} {r.State} attempt {r.Attempt} {r.Reason}"))
        .Concat(engine.Running.Select(t => $"the task of {t}")).Append($"{engine.KnownCount} at the engine"));

    private static byte[] Write(JobState state)
    {
        using var memory = new MemoryStream();
        using (var writer = new Utf8JsonWriter(memory)) JobStateJson.Write(writer, state);
        return memory.ToArray();
    }
}
