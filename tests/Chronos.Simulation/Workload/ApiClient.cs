using Chronos.Core.Jobs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Node;
using Chronos.Simulation.Checks;
using Chronos.Simulation.Cluster;
using NodaTime;

namespace Chronos.Simulation.Workload;

/// <summary>Clients of the API: they ask whichever node they take for the leader, ask again when no answer comes, and
/// sometimes when one came and got lost.</summary>
internal sealed class ApiClient(
    SimulatedTime time, FaultPlan faults, Trace trace, Lease lease, CommitChecker checker, Findings findings)
{
    private static readonly Actor By = new("client", "10.0.0.9");
    private long keyCount;

    /// <summary>Asks, and asks again until an answer comes or the tries are used up.</summary>
    public void Send(Func<Command> command, int tries = 5, Action<Reply>? answered = null) =>
        _ = SendAsync(command, tries, answered);

    /// <summary>Puts a job, sometimes only if it has not changed meanwhile.</summary>
    public void Put(Func<Job> job) => Send(() =>
    {
        var made = job();
        var version = checker.Jobs.TryGetValue(made.Name, out var model) ? model.State.Version : JobVersion.None;
        return new PutJobs([made], By, faults.Chance(0.3) ? version : null);
    });

    public void Delete(string name) => Send(() => new DeleteJob(name, faults.Pick(
        [ChildPolicy.Refuse, ChildPolicy.Inherit, ChildPolicy.Detach, ChildPolicy.Delete]), By));

    public void SetDisabled(string name, bool isDisabled, int tries = 5) =>
        Send(() => new SetDisabled(name, isDisabled, "", By), tries);

    /// <summary>Starts a run once, however often it has to ask; its arguments tell which start it was.</summary>
    public void Start(string name)
    {
        var key = $"key-{++keyCount}";
        Send(() => new StartRun(name, key, default, key, By));
    }

    public void Kill(string name) => Send(() => new KillRuns(name, null, By));

    public void MarkSuccess(string name) => Send(() => new MarkSuccess(name, By), tries: 1);

    public void Backfill(string name, Instant from, Instant until) =>
        Send(() => new StartBackfill(name, from, until, faults.Between(1, 3), By), tries: 1);

    /// <summary>The callback of an async task; it keeps calling until the run is known to be over.</summary>
    public void Complete(TaskTruth task, int code)
    {
        var isOver = false;
        void Call()
        {
            if (isOver) return;
            Send(() => new CompleteRun(task.Request.Job.Name, task.Id.Run, code, "", By), 1, reply =>
                isOver = reply is Done or Refused { Kind: RefusalKind.NotFound });
            time.After(Duration.FromSeconds(15), Call);
        }

        // Some work goes on long after its command has ended; meanwhile anything may happen to the job.
        var isSlow = faults.IsActive && faults.Chance(0.3);
        time.After(isSlow ? faults.Between(Duration.Zero, Duration.FromMinutes(10)) : faults.Delay() * 20, Call);
    }

    private async Task SendAsync(Func<Command> command, int tries, Action<Reply>? answered)
    {
        for (var i = 0; i < tries; i++)
        {
            if (lease.Believers.Where(b => b.Loop is not null).ToList() is { Count: > 0 } nodes)
            {
                var node = faults.Chance(0.9) ? nodes[^1] : faults.Pick(nodes);
                var asked = command();
                trace.Say("client", $"asks {node.Name}: {Describe(asked)}");
                if (await AskAsync(node, asked) is { } reply)
                {
                    trace.Say("client", $"is answered {Describe(reply)}");
                    answered?.Invoke(reply);
                    if (!faults.Strikes(0.1)) return;
                }
            }

            await PauseAsync(faults.Between(Duration.FromSeconds(0.5), Duration.FromSeconds(6)));
        }
    }

    private async Task<Reply?> AskAsync(ClusterNode node, Command command)
    {
        try
        {
            var reply = await node.SubmitAsync(command);
            CheckIsDurable(reply);
            return reply;
        }
        catch (NodeUnavailableException)
        {
            return null;
        }
    }

    // What was answered must outlive any crash, so it must be in the store by now.
    private void CheckIsDurable(Reply reply)
    {
        if (reply is RunStarted { IsNew: true, Run: { Attempt: > 0 } run })
            findings.Require(checker.Runs.IsIntended(run.AttemptId), $"{run.Id} was answered before it was durable.");
        if (reply is not JobsPut put) return;
        foreach (var job in put.Jobs)
            if (checker.Jobs.TryGetValue(job.Job.Name, out var model)
                && model.State.Incarnation == job.State.Incarnation)
                findings.Require(model.State.Revision >= job.State.Revision,
                    $"{model.Name} revision {job.State.Revision} was answered before it was durable.");
    }

    private Task PauseAsync(Duration length)
    {
        var done = new TaskCompletionSource();
        time.After(length, done.SetResult);
        return done.Task;
    }

    private static string Describe(Command command) => command switch
    {
        PutJobs { Jobs: [var job, ..] } put => $"put {job.Name} {job.Schedule?.Text} parents "
            + $"{string.Join('+', job.Parents)} {job.Policy.Concurrency} retries {job.Policy.Retries} "
            + $"if {put.IfVersion}",
        _ => command.ToString(),
    };

    private static string Describe(Reply reply) => reply switch
    {
        JobsPut => "put",
        Refused refused => $"{refused.Kind}: {refused.Violations[0].Rule}",
        RunStarted started => $"run {started.Run.Id}",
        _ => reply.GetType().Name,
    };
}
