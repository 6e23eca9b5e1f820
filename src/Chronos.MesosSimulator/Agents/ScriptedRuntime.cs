using Chronos.Mesos.Protocol;
using Chronos.MesosSimulator.Timing;
using Google.Protobuf;
using Reason = Chronos.Mesos.Protocol.TaskStatus.Types.Reason;

namespace Chronos.MesosSimulator.Agents;

/// <summary>Plays scripts in place of running anything.</summary>
internal sealed class ScriptedRuntime(TimerQueue timers, Func<TaskInfo, TaskScript> script) : ITaskRuntime
{
    private enum Step
    {
        Staging,
        Starting,
        Running,
    }

    public bool EndsWithItsTasks => true;

    public bool MustReturn => false;

    public void Launch(TaskRecord task)
    {
        var play = new Play(task, script(task.Task));
        task.Running = play;
        task.Executor.State = ExecutorState.Running;
        timers.Add(play.Script.Staging, Advance, play);
    }

    public void Kill(TaskRecord task, TimeSpan? grace)
    {
        if (task.Running is not Play play) return;
        if (play.Step == Step.Staging)
        {
            task.Agent.ReportKilledEarly(task);
            return;
        }

        if (task.Latest != TaskState.TaskKilling && task.Agent.KnowsKilling(task.FrameworkId))
            task.Agent.Report(task, new() { State = TaskState.TaskKilling });
        timers.Add(play.Script.KillTime, EndKilled, play);
    }

    public void Shutdown(ExecutorRecord executor)
    {
        foreach (var task in executor.Tasks.Values.ToList())
            if (!task.HasEnded) EndByShutdown(task);
        executor.Agent.OnExecutorExited(executor, waitStatus: 0);
    }

    public void Destroy(ExecutorRecord executor)
    {
        foreach (var task in executor.Tasks.Values) task.Running = null;
    }

    public void Tell(ExecutorRecord executor, ByteString message)
    {
        // Scripts hear nothing.
    }

    private static void EndByShutdown(TaskRecord task)
    {
        if (task.Latest != TaskState.TaskKilling && task.Agent.KnowsKilling(task.FrameworkId))
            task.Agent.Report(task, new() { State = TaskState.TaskKilling });
        task.Agent.Report(task, Killed(task));
    }

    private static TaskStatus Killed(TaskRecord task) => new()
    {
        State = TaskState.TaskKilled,
        Message = task.IsInDocker
            ? "Container exited with status 137"
            : "Command terminated with signal Terminated",
    };

    private void Advance(Play play)
    {
        var task = play.Task;
        if (task.HasEnded || task.Running != play) return;
        var (script, agent) = (play.Script, task.Agent);
        switch (play.Step)
        {
            case Step.Staging:
                play.Step = Step.Starting;
                if (script.IsTalkative) agent.Report(task, new() { State = TaskState.TaskStarting });
                timers.Add(script.Starting, Advance, play);
                break;
            case Step.Starting:
                play.Step = Step.Running;
                WriteOutput(task, script);
                if (script.IsTalkative) ReportRunning(task, script);
                AddEnd(play);
                break;
            case Step.Running:
                if (!task.IsKilled) agent.Report(task, End(play));
                break;
            default:
                throw new InvalidOperationException($"Unknown step {play.Step}.");
        }
    }

    private static void ReportRunning(TaskRecord task, TaskScript script)
    {
        task.Agent.Report(task, new() { State = TaskState.TaskRunning });
        if (task.Task.Check is { } check)
            task.Agent.Report(task, new()
            {
                State = TaskState.TaskRunning,
                Reason = Reason.TaskCheckStatusUpdated,
                CheckStatus = CheckStatusOf(check, script.CheckExitCode),
            });
        if (task.Task.HealthCheck is not null)
            task.Agent.Report(task, new()
            {
                State = TaskState.TaskRunning,
                Reason = Reason.TaskHealthCheckStatusUpdated,
                Healthy = script.IsHealthy,
                CheckStatus = task.Task.Check is { } other ? CheckStatusOf(other, script.CheckExitCode) : null,
            });
    }

    private static CheckStatusInfo CheckStatusOf(CheckInfo check, int exitCode)
    {
        var status = SimulatedAgent.UnknownCheckOf(check);
        if (status.Command is { } command) command.ExitCode = exitCode;
        return status;
    }

    private void AddEnd(Play play)
    {
        var limit = play.Task.Task.MaxCompletionTime is { } max
            ? TimeSpan.FromMicroseconds(max.Nanoseconds / 1000.0)
            : (TimeSpan?)null;
        play.IsTooLong = limit is { } most && (play.Script.Duration is not { } duration || duration > most);
        if ((play.IsTooLong ? limit : play.Script.Duration) is { } time) timers.Add(time, Advance, play);
    }

    private static void WriteOutput(TaskRecord task, TaskScript script)
    {
        if (script.Output.Length + script.ErrorOutput.Length == 0) return;
        var sandbox = task.Executor.Sandbox ??= new();
        sandbox.Append("stdout", script.Output);
        sandbox.Append("stderr", script.ErrorOutput);
    }

    private static TaskStatus End(Play play)
    {
        if (play.IsTooLong)
            return new() { State = TaskState.TaskFailed, Reason = Reason.MaxCompletionTimeReached };
        var script = play.Script;
        var status = new TaskStatus
        {
            State = script.EndsAs ?? (script.ExitCode == 0 ? TaskState.TaskFinished : TaskState.TaskFailed),
            Message = $"Command exited with status {script.ExitCode}",
        };
        if (script.Reason is { } reason) status.Reason = reason;
        return status;
    }

    private static void EndKilled(Play play)
    {
        if (!play.Task.HasEnded && play.Task.Running == play) play.Task.Agent.Report(play.Task, Killed(play.Task));
    }

    private sealed class Play(TaskRecord task, TaskScript script)
    {
        internal TaskRecord Task { get; } = task;

        internal TaskScript Script { get; } = script;

        internal Step Step { get; set; }

        internal bool IsTooLong { get; set; }
    }
}
