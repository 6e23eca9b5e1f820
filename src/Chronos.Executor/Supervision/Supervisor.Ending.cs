using Chronos.Executor.Journal;
using Chronos.Executor.Native;
using Chronos.Executor.Protocol;

namespace Chronos.Executor.Supervision;

/// <summary>Reaping and killing.</summary>
internal sealed partial class Supervisor
{
    private const int KillCheckMilliseconds = 25;

    // What may stay is looked for again only to remove its control group some day.
    private int CleanPause => settings.KillLeftovers ? KillCheckMilliseconds : 1000;

    private void ReapAll()
    {
        while (ChildWatch.Reap(KillProcessGroup, out var pid, out var end))
            if (byPid.Remove(pid, out var task)) EndMain(task, end);
    }

    // While the main process is a zombie its number, and so that of its group, cannot be anybody else's.
    private void KillProcessGroup(int pid)
    {
        if (settings.KillLeftovers && byPid.TryGetValue(pid, out var task) && !task.IsKillAsked)
            _ = Libc.Kill(-pid, Libc.SigKill);
    }

    private void EndMain(TaskEntry task, ProcessEnd? end)
    {
        if (task.HasMainEnded || task.IsOver) return;
        task.HasMainEnded = true;
        task.End = end;
        task.EndedAt = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        if (task.IsKillAsked) nextKillCheck = 0; // others of the task may be left, with the rest of the grace
        else Complete(task);
    }

    private void Complete(TaskEntry task)
    {
        var (phase, message) = Judge(task);
        if (task.Group is { } group) CleanLimits(group);
        End(task, phase, message);
    }

    private (TaskPhase Phase, string Message) Judge(TaskEntry task)
    {
        if (task.End is { ExitCode: 0 } && !task.IsKillAsked) return (TaskPhase.Finished, "");
        var message = task.Group is { } group && Limits.WasOutOfMemory(group) ? MemoryMessage(task) : "";
        if (task.IsKillAsked) return (TaskPhase.Killed, message);
        return task.End is null
            ? (TaskPhase.Doubtful, "The exit code is unknown, because the executor was killed while the task ran.")
            : (TaskPhase.Failed, message);
    }

    private static string MemoryMessage(TaskEntry task) => task.End is { Signal: Libc.SigKill }
        ? $"Killed by the memory limit of {task.MemMebibytes:0.###} MiB."
        : $"A process of the task was killed by the memory limit of {task.MemMebibytes:0.###} MiB.";

    // It was accepted, but certainly never ran.
    private void EndUnstarted(TaskEntry task, string reason)
    {
        LogNotStarted(task.Id, reason);
        task.EndedAt = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        WriteToStderr(task, reason);
        if (task.Group is not null) toClean.Add(task.Group);
        nextKillCheck = 0;
        End(task, TaskPhase.Failed, reason);
    }

    private void End(TaskEntry task, TaskPhase phase, string message)
    {
        (task.Phase, task.Message, task.Order) = (phase, message, null);
        killing.Remove(task);
        if (task.Sandbox.Length > 0) trimmer.Finish(task.Sandbox);
        activeCount--;
        Append(task.Line(JournalKind.Ended) with { Report = task.ToReport() });
        Change(task);
        LogOver(task.Id, phase);
    }

    private void WriteToStderr(TaskEntry task, string reason)
    {
        try
        {
            if (Directory.Exists(task.Sandbox))
                File.AppendAllText(Path.Join(task.Sandbox, Output.OutputNames.Stderr), reason + "\n");
        }
        catch (IOException e)
        {
            LogNotStarted(task.Id, $"and its stderr cannot say so: {e.Message}");
        }
    }

    private void AskToEnd(KillOrder order)
    {
        if (!tasks.TryGetValue(order.Id, out var task)) return; // the engine knows from the listing that we do not
        if (task.IsOver)
        {
            Change(task);
            return;
        }

        if (task.Pid == 0)
        {
            task.Fetching?.Cancel();
            task.IsKillAsked = true;
            task.EndedAt = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
            End(task, TaskPhase.Killed, "Killed before it was started.");
            return;
        }

        var deadline = Environment.TickCount64 + order.GraceMilliseconds;
        task.KillDeadline = task.IsKillAsked ? Math.Min(task.KillDeadline, deadline) : deadline;
        if (!task.IsKillAsked) Append(task.Line(JournalKind.Killing));
        task.IsKillAsked = true;
        killing.Add(task);
        nextKillCheck = 0;
    }

    // One look at the processes of the machine serves all that are to end.
    private void CheckKills()
    {
        var now = Environment.TickCount64;
        foreach (var group in toClean.ToArray()) CleanLimits(group);
        if (killing.Count > 0)
        {
            var snapshot = new ProcessSnapshot();
            foreach (var task in killing.ToArray()) CheckKill(task, snapshot, now);
        }

        nextKillCheck = NextKillCheck(now);
    }

    private void CheckKill(TaskEntry task, ProcessSnapshot snapshot, long now)
    {
        var isDue = now >= task.KillDeadline;
        if (task.IsAskedPolitely && !isDue && !task.HasMainEnded) return;
        var processes = snapshot.Find(task, task.Group is { } group ? Limits.Processes(group) : []);
        if (task.HasMainEnded && processes.Count == 0)
        {
            Complete(task);
            return;
        }

        if (isDue)
        {
            LogForce(processes.Count, task.Id);
            foreach (var pid in processes) _ = Libc.Kill(pid, Libc.SigKill);
        }
        else if (!task.IsAskedPolitely)
        {
            // A stopped process would not see the polite signal before it goes on.
            foreach (var pid in processes) _ = Libc.Kill(pid, Libc.SigTerm);
            foreach (var pid in processes) _ = Libc.Kill(pid, Libc.SigCont);
            task.IsAskedPolitely = true;
        }
    }

    private long NextKillCheck(long now)
    {
        var next = toClean.Count > 0 ? now + CleanPause : long.MaxValue;
        foreach (var task in killing)
            next = Math.Min(next, task.HasMainEnded ? now + KillCheckMilliseconds : task.KillDeadline);
        return next == long.MaxValue ? next : Math.Max(next, now + KillCheckMilliseconds);
    }

    // What a task leaves behind in its control group goes with it.
    private void CleanLimits(string group)
    {
        if (Limits.TryRelease(group))
        {
            toClean.Remove(group);
            return;
        }

        if (settings.KillLeftovers)
            foreach (var pid in Limits.Processes(group)) _ = Libc.Kill(pid, Libc.SigKill);
        toClean.Add(group);
        nextKillCheck = Math.Min(nextKillCheck, Environment.TickCount64 + CleanPause);
    }
}
