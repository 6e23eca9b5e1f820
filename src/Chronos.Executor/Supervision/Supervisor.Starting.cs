using Chronos.Executor.Journal;
using Chronos.Executor.Native;
using Chronos.Executor.Output;
using Chronos.Executor.Protocol;

namespace Chronos.Executor.Supervision;

/// <summary>Accepting and starting.</summary>
internal sealed partial class Supervisor
{
    private void Accept(IReadOnlyList<LaunchOrder> orders)
    {
        var accepted = new List<TaskEntry>(orders.Count);
        foreach (var order in orders)
        {
            if (tasks.TryGetValue(order.Id, out var known)) Change(known);
            else accepted.Add(Remember(order));
        }

        if (accepted.Count == 0) return;
        var error = WriteAccepted(accepted);
        if (error == 0)
            preparation.Request(accepted);
        else
            foreach (var task in accepted) EndUnstarted(task, JournalProblem(error));
    }

    private void BeginPrepared(Prepared prepared)
    {
        foreach (var (task, problem) in prepared.Tasks)
        {
            if (task.IsOver) continue; // killed meanwhile
            if (prepared.JournalError != 0) EndUnstarted(task, JournalProblem(prepared.JournalError));
            else if (problem is not null) EndUnstarted(task, problem);
            else if (task.Order?.Fetch is { Count: > 0 }) BeginFetch(task);
            else toSpawn.Enqueue(task);
        }
    }

    private static string JournalProblem(int error) =>
        $"The executor's journal cannot be written: {Libc.Describe(error)}.";

    private TaskEntry Remember(LaunchOrder order)
    {
        var task = new TaskEntry
        {
            Id = order.Id,
            Job = order.Job,
            Sandbox = order.Sandbox,
            Cpus = order.Cpus,
            MemMebibytes = order.MemMebibytes,
            Order = order,
        };
        tasks.Add(order.Id, task);
        activeCount++;
        return task;
    }

    private int WriteAccepted(List<TaskEntry> accepted)
    {
        var error = FlushJournal();
        if (error == 0) error = journal.Reserve();
        if (error != 0) return error;
        foreach (var task in accepted) Append(task.Line(JournalKind.Accepted));
        error = FlushJournal();
        if (error != 0) journal.DropPending();
        return error;
    }

    private void BeginFetch(TaskEntry task)
    {
        Change(task);
        task.Fetching = new();
        fetcher.Begin(OrderOf(task), why => Post(new Fetched(task.Id, why)), task.Fetching.Token);
    }

    private void EndFetch(Fetched fetched)
    {
        if (!tasks.TryGetValue(fetched.Id, out var task) || task.Fetching is null) return;
        task.Fetching.Dispose();
        task.Fetching = null;
        if (task.IsOver) return; // killed meanwhile
        if (fetched.Problem is null) toSpawn.Enqueue(task);
        else EndUnstarted(task, fetched.Problem);
    }

    private void SpawnSome()
    {
        var turn = new List<TaskEntry>(SpawnsPerTurn);
        while (turn.Count < SpawnsPerTurn && toSpawn.TryDequeue(out var task))
            if (!task.IsOver) turn.Add(task);
        if (turn.Count == 0) return;
        foreach (var task in turn)
        {
            task.Group = Limits.Choose(OrderOf(task), settings);
            Append(task.Line(JournalKind.Spawning));
        }

        var error = FlushJournal();
        if (error != 0) journal.DropPending();
        foreach (var task in turn)
        {
            if (error != 0) EndUnstarted(task, JournalProblem(error));
            else if (Spawn(task) is { } reason) EndUnstarted(task, reason);
        }

        Limits.Leave();
    }

    /// <returns>Why it could not be started; null: it was.</returns>
    private string? Spawn(TaskEntry task)
    {
        var order = OrderOf(task);
        if (order.User is { } user && SandboxOwner.Give(task.Sandbox, user.UserId, user.GroupId) is { } problem)
            return $"The sandbox cannot be made: {problem}";
        try
        {
            var prelude = Limits.Enter(order, task.Group, settings);
            var request = ToRequest(order, prelude);
            var earliest = ProcessTable.NowTicks;
            var error = spawner.Spawn(request, out var pid);
            if (error != 0) return SpawnProblem(order, error);
            Begin(task, pid, ProcessTable.ReadStartTicks(pid, earliest));
            return null;
        }
        catch (IOException e)
        {
            return e.Message;
        }
    }

    private void Begin(TaskEntry task, int pid, long startTicks)
    {
        (task.Pid, task.StartTicks, task.Order) = (pid, startTicks, null);
        task.StartedAt = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        task.Phase = TaskPhase.Running;
        byPid.Add(pid, task);
        trimmer.Watch(task.Sandbox);
        Append(task.StartedLine());
        Change(task);
        LogStarted(task.Id, pid);
    }

    private static LaunchOrder OrderOf(TaskEntry task) =>
        task.Order ?? throw new InvalidOperationException($"{task.Id} has no order.");

    private static SpawnRequest ToRequest(LaunchOrder order, IReadOnlyList<string> prelude)
    {
        IReadOnlyList<string> user = order.User is { } other
            ? ["/usr/bin/setpriv", $"--reuid={other.UserId}", $"--regid={other.GroupId}", "--init-groups", "--"]
            : [];

        // The prelude writes control files as ourselves, so that it comes before the change of user; a limit on
        // processes counts for the user, and is inherited.
        return new(
            prelude.Count + user.Count == 0 ? order.Arguments : [.. prelude, .. user, .. order.Arguments],
            order.Environment,
            order.Directory.Length > 0 ? order.Directory : order.Sandbox,
            Path.Join(order.Sandbox, OutputNames.Stdout),
            Path.Join(order.Sandbox, OutputNames.Stderr));
    }

    private static string SpawnProblem(LaunchOrder order, int error)
    {
        if (order.Directory.Length > 0 && !Directory.Exists(order.Directory))
            return $"The working directory '{order.Directory}' does not exist.";
        return error switch
        {
            Libc.NoEntry => $"There is no program '{order.Arguments[0]}'.",
            Libc.AccessDenied => $"'{order.Arguments[0]}' may not be executed.",
            Libc.TooBig => "Command line and environment together are too long.",
            _ => $"'{order.Arguments[0]}' cannot be started: {Libc.Describe(error)}.",
        };
    }
}
