using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using Chronos.Executor.Native;
using Chronos.Executor.Protocol;
using Chronos.Runtime.Leadership;
using Chronos.Runtime.Ports;

namespace Chronos.Engines.Local;

/// <summary>What happens to attempts, always under the lock.</summary>
public sealed partial class LocalEngine
{
    private void EnqueueNeedsLock(LaunchRequest request)
    {
        var attempt = new LocalAttempt(request.Id, request.Job.Name, request.Job.Resources)
        {
            IsHighPriority = request.Job.Policy.HighPriority,
            WaitingSince = time.GetTimestamp(),
            Order = ToOrder(request),
        };
        attempts.Add(request.Id, attempt);
        if (attempt.Order is null)
            EndHereNeedsLock(attempt, TaskPhase.Failed, "The user to run as does not exist on this machine.");
        else
            admission.Enqueue(attempt);
    }

    private LaunchOrder? ToOrder(LaunchRequest request)
    {
        var job = request.Job;
        var name = job.Task.RunAsUser.Length > 0 ? job.Task.RunAsUser : options.DefaultUser;
        var user = name.Length == 0 || name == self.Name ? self : UserAccounts.Find(name);
        if (user is null) return null;
        var sandbox = Sandbox(request.Id);
        var environment = LocalEnvironment.Build(request, sandbox, user, agent, out var path);
        var command = CommandLine.Build(request, path);
        return new()
        {
            Id = request.Id.ToString(),
            Job = job.Name,
            Sandbox = sandbox,
            Directory = job.Task.WorkingDirectory,
            Arguments = command.Arguments,
            Environment = environment,
            User = user == self ? null : user.ToTaskUser(),
            Fetch = FetchOrders(job.Task, command.Program),
            Cpus = job.Resources.Cpus,
            MemMebibytes = job.Resources.Mem,
        };
    }

    private static List<FetchOrder>? FetchOrders(TaskOptions task, FetchOrder? program)
    {
        if (program is null && task.Fetch.IsEmpty && task.Uris.IsEmpty) return null;
        var orders = new List<FetchOrder>();
        foreach (var file in task.Fetch)
        {
            var name = file.OutputFile.Length > 0 ? file.OutputFile : CommandAddress.FileName(file.Uri);
            orders.Add(new(file.Uri, name, file.Executable, file.Cache, file.Extract));
        }

        foreach (var uri in task.Uris) orders.Add(new(uri, CommandAddress.FileName(uri), false, false, Extract: true));
        if (program is not null) orders.Add(program);
        return orders;
    }

    private void AdmitNeedsLock()
    {
        if (!isConnected || term is not { IsTrusted: true } leading) return;
        foreach (var batch in admission.TakeFitting().Chunk(LaunchesPerFrame)) SendLaunchesNeedsLock(leading, batch);
    }

    // The executor looks at the time too, because this process may stand still before the frame is on its way.
    private void SendLaunchesNeedsLock(LeadershipTerm leading, IEnumerable<LocalAttempt> batch) => connection.Send(new()
    {
        Launch = [.. batch.Select(attempt => attempt.Order).OfType<LaunchOrder>()],
        LaunchBefore = leading.TrustedUntil.Ticks,
    });

    private void ReportWaitingNeedsLock(IReadOnlyList<LaunchRequest> requests)
    {
        foreach (var request in requests)
            if (attempts.TryGetValue(request.Id, out var attempt) && attempt.Place is not null)
                ReportNeedsLock(attempt);
    }

    private void KillNeedsLock(LocalAttempt attempt, KillOrder order)
    {
        if (attempt.IsOver)
        {
            ReportNeedsLock(attempt);
        }
        else if (attempt.Place is not null)
        {
            Admission.Remove(attempt);
            EndHereNeedsLock(attempt, TaskPhase.Killed, "Killed while it waited for room.");
        }
        else
        {
            attempt.Kill = order;
            if (isConnected) connection.Send(new() { Kill = [order] });
        }
    }

    // It never got to the executor, so that nobody else will say how it ended.
    private void EndHereNeedsLock(LocalAttempt attempt, TaskPhase phase, string message)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        TakeReportNeedsLock(attempt, new()
        {
            Id = attempt.Id.ToString(), Job = attempt.JobName, Phase = phase, EndedAt = now, Message = message,
        });
    }

    private void TakeReportNeedsLock(LocalAttempt attempt, TaskReport latest)
    {
        if (attempt.IsOver && !latest.IsOver) return; // an end is final
        attempt.Report = latest;
        if (latest.Phase != TaskPhase.Starting) attempt.Order = null;
        if (latest.IsOver) admission.Release(attempt);
        ReportNeedsLock(attempt);
    }

    private void ReportNeedsLock(LocalAttempt attempt) => report(attempt.ToStatus(agent));

    private void AnswerNeedsLock(KnownAttempt known)
    {
        if (attempts.TryGetValue(known.Id, out var attempt)) ReportNeedsLock(attempt);
        else ReportUnknownNeedsLock(known);
    }

    private void ReportUnknownNeedsLock(KnownAttempt known) => report(new()
    {
        Id = known.Id,
        JobName = known.JobName,
        Phase = isForeign ? AttemptPhase.Doubtful : AttemptPhase.NeverStarted,
        Message = isForeign ? "It was started by a server with another data folder, which cannot be asked." : "",
        Agent = agent,
    });

    private void SetConnectedNeedsLock(Welcome welcome)
    {
        LogConnected(welcome.Pid, welcome.Tasks.Count);
        (isConnected, connectionProblem, limits) = (true, "", welcome.Limits);
        var listed = new HashSet<AttemptId>();
        var wasKnowing = isKnowing;
        isKnowing = true;
        foreach (var task in welcome.Tasks)
            if (AttemptId.TryParse(task.Id, out var id) && listed.Add(id) && !toForget.Contains(id))
                TakeListedNeedsLock(id, task);
        if (toForget.Count > 0) connection.Send(new() { Forget = [.. toForget.Select(id => id.ToString())] });
        toForget.Clear();
        if (wasKnowing) RepeatNeedsLock(listed);
        AnswerKeptNeedsLock();
        AdmitNeedsLock();
    }

    private void TakeListedNeedsLock(AttemptId id, TaskReport task)
    {
        if (!attempts.TryGetValue(id, out var attempt))
        {
            attempt = new(id, task.Job, new(task.Cpus, task.MemMebibytes, 0));
            attempts.Add(id, attempt);
        }

        Admission.Remove(attempt); // a repeated launch of what the executor has already
        if (!task.IsOver) admission.Reserve(attempt);
        TakeReportNeedsLock(attempt, task);
    }

    // What was sent to an executor that then went away, and that its successor does not know.
    private void RepeatNeedsLock(HashSet<AttemptId> listed)
    {
        foreach (var attempt in attempts.Values.ToList())
        {
            if (attempt.Place is not null || attempt.IsOver) continue;
            if (!listed.Contains(attempt.Id))
            {
                if (attempt.Order is null)
                {
                    EndHereNeedsLock(
                        attempt, TaskPhase.Doubtful, "It ran, and the executor has lost its memory of it.");
                    continue;
                }

                if (term is { IsTrusted: true } leading) SendLaunchesNeedsLock(leading, [attempt]);
            }

            if (attempt.Kill is { } kill) connection.Send(new() { Kill = [kill] });
        }
    }

    private void AnswerKeptNeedsLock()
    {
        foreach (var (known, order) in toKill)
        {
            if (attempts.TryGetValue(known.Id, out var attempt)) KillNeedsLock(attempt, order);
            else ReportUnknownNeedsLock(known);
        }

        foreach (var known in toReconcile.Values) AnswerNeedsLock(known);
        toKill.Clear();
        toReconcile.Clear();
    }

    private void TakeFrameNeedsLock(Frame frame)
    {
        if (frame.Problem is { } problem) executorProblem = problem;
        if (frame.Reports is not { } reports) return;
        foreach (var task in reports)
            if (AttemptId.TryParse(task.Id, out var id) && attempts.TryGetValue(id, out var attempt))
                TakeReportNeedsLock(attempt, task);
        AdmitNeedsLock();
    }

    private sealed class Listener(LocalEngine engine) : IExecutorListener
    {
        public void OnConnected(Welcome welcome)
        {
            lock (engine.gate) engine.SetConnectedNeedsLock(welcome);
            engine.firstWelcome.TrySetResult();
        }

        public void OnFrame(Frame frame)
        {
            lock (engine.gate) engine.TakeFrameNeedsLock(frame);
        }

        public void OnDisconnected(string reason)
        {
            engine.LogDisconnected(reason);
            lock (engine.gate) (engine.isConnected, engine.connectionProblem) = (false, reason);
        }
    }
}
