using System.Diagnostics;
using Chronos.Mesos.Protocol;
using Google.Protobuf;
using Reason = Chronos.Mesos.Protocol.TaskStatus.Types.Reason;

namespace Chronos.MesosSimulator.Agents;

/// <summary>Really starts the commands of tasks, each in a sandbox.</summary>
internal sealed class ProcessRuntime(ClusterCore core) : ITaskRuntime
{
    private const int SignalExit = 128; // the exit code of a process that a signal ended, less the signal
    private static readonly TimeSpan GraceDefault = TimeSpan.FromSeconds(3);

    public bool EndsWithItsTasks => true;

    public bool MustReturn => false;

    public void Launch(TaskRecord task)
    {
        task.Executor.State = ExecutorState.Running;
        ThreadPool.QueueUserWorkItem(Start, task, preferLocal: false);
    }

    /// <summary>Starts the process of an executor that speaks for itself.</summary>
    internal void StartExecutor(ExecutorRecord executor)
    {
        var directory = SandboxPaths.Of(executor);
        executor.Sandbox = new() { Directory = directory };
        ThreadPool.QueueUserWorkItem(_ =>
        {
            try
            {
                Directory.CreateDirectory(directory);
                var command = executor.Definition?.Command ?? new();
                var environment = TaskEnvironment.Of(core, executor, command, directory);
                Fetch.All(command, directory);
                var process = ProcessGroup.Start(CommandOf(command), directory, environment);
                executor.ProcessId = process.Id;
                Watch(process, code => executor.Agent.OnExecutorExited(executor, code << 8));
            }
            catch (Exception e) when (IsStartFailure(e))
            {
                lock (core.Gate) executor.Agent.OnExecutorExited(executor, waitStatus: 1 << 8);
            }
        });
    }

    public void Kill(TaskRecord task, TimeSpan? grace)
    {
        if (task.Running is not Process process)
        {
            ReportKilled(task);
            return;
        }

        if (task.Latest != TaskState.TaskKilling && task.Agent.KnowsKilling(task.FrameworkId))
            task.Agent.Report(task, new() { State = TaskState.TaskKilling });
        ProcessGroup.Terminate(process.Id);
        core.Timers.Add(grace ?? GraceDefault, static late => Force(late), task);
    }

    public void Shutdown(ExecutorRecord executor)
    {
        foreach (var task in executor.Tasks.Values.Where(task => !task.HasEnded).ToList())
        {
            task.IsKilled = true;
            Kill(task, grace: null);
        }

        if (executor.Tasks.Values.All(task => task.HasEnded)) executor.Agent.OnExecutorExited(executor, waitStatus: 0);
    }

    public void Destroy(ExecutorRecord executor)
    {
        foreach (var task in executor.Tasks.Values)
            if (task.Running is Process process && !task.HasEnded) ProcessGroup.Kill(process.Id);
    }

    public void Tell(ExecutorRecord executor, ByteString message)
    {
        // Commands hear nothing.
    }

    private static bool IsStartFailure(Exception e) =>
        e is IOException or UnauthorizedAccessException or System.ComponentModel.Win32Exception
            or InvalidOperationException or HttpRequestException;

    private static string[] CommandOf(CommandInfo command) => command.Shell
        ? ["/bin/sh", "-c", command.Value]
        : [command.Value, .. command.Arguments.Skip(1)]; // the first argument is the name it is called by

    private void Start(TaskRecord task)
    {
        try
        {
            if (task.Task.Container?.Type == ContainerInfo.Types.Type.Docker)
                throw new InvalidOperationException("The simulator runs no containers.");
            var directory = PrepareSandbox(task);
            var command = task.Task.Command ?? new();
            var environment = TaskEnvironment.Of(core, task.Executor, command, directory);
            Fetch.All(command, directory);
            Run(task, ProcessGroup.Start(CommandOf(command), directory, environment));
        }
        catch (Exception e) when (IsStartFailure(e))
        {
            lock (core.Gate)
                task.Agent.Report(task, new()
                {
                    State = TaskState.TaskFailed,
                    Source = TaskStatus.Types.Source.Agent,
                    Reason = Reason.ContainerLaunchFailed,
                    Message = e.Message,
                });
        }
    }

    private string PrepareSandbox(TaskRecord task)
    {
        lock (core.Gate)
        {
            var executor = task.Executor;
            var directory = SandboxPaths.Of(executor);
            executor.Sandbox ??= new() { Directory = directory };
            if (!executor.IsForOneCommand) directory = Path.Join(directory, "containers", task.NestedContainerId);
            Directory.CreateDirectory(directory);
            return directory;
        }
    }

    private void Run(TaskRecord task, Process process)
    {
        lock (core.Gate)
        {
            if (task.HasEnded)
            {
                ProcessGroup.Kill(process.Id);
            }
            else
            {
                task.Running = process;
                task.Executor.ProcessId = process.Id;
                task.Agent.Report(task, new() { State = TaskState.TaskStarting });
                task.Agent.Report(task, new() { State = TaskState.TaskRunning });
            }
        }

        Watch(process, code => End(task, code));
    }

    private void Watch(Process process, Action<int> onExit)
    {
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) =>
        {
            lock (core.Gate) onExit(process.ExitCode);
            process.Dispose();
        };
    }

    private static void End(TaskRecord task, int code)
    {
        task.Running = null;
        if (task.IsKilled) ReportKilled(task, code == SignalExit + 9 ? "Killed" : "Terminated");
        else
            task.Agent.Report(task, new()
            {
                State = code == 0 ? TaskState.TaskFinished : TaskState.TaskFailed,
                Message = $"Command exited with status {code}",
            });
    }

    private static void ReportKilled(TaskRecord task, string signal = "Terminated") => task.Agent.Report(task, new()
    {
        State = TaskState.TaskKilled,
        Message = $"Command terminated with signal {signal}",
    });

    private static void Force(TaskRecord task)
    {
        if (task is { HasEnded: false, Running: Process process }) ProcessGroup.Kill(process.Id);
    }
}
