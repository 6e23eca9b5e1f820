using Chronos.Mesos.Protocol.Agent;
using Chronos.Mesos.Wire;
using Chronos.MesosSimulator.Http;
using Chronos.MesosSimulator.Masters;
using Chronos.MesosSimulator.Operators;
using Chronos.MesosSimulator.Wire;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using MesosTask = Chronos.Mesos.Protocol.Task;

namespace Chronos.MesosSimulator.Agents;

/// <summary>What operators may ask an agent.</summary>
internal sealed class AgentPages(ClusterCore core)
{
    private readonly FilesEndpoint files = new(core);

    internal async Task AnswerAsync(HttpContext context, string path, IReadOnlyList<SimulatedAgent> agents)
    {
        if (path == "/api/v1")
            await OperatorCalls.AnswerAsync<Call>(context, (call, codec) => Do(call, agents, codec));
        else if (path is "/state" or "/state.json") await Requests.AnswerAsync(context, State(agents[0]));
        else await Requests.AnswerAsync(context, path == "/health" ? new(200) : new Answer(404));
    }

    private Answer Do(Call call, IReadOnlyList<SimulatedAgent> agents, MessageCodec codec) => call.Type switch
    {
        Call.Types.Type.ReadFile when call.ReadFile is { } read => Read(read, agents, codec),
        Call.Types.Type.ListFiles when call.ListFiles is { } list => ListFiles(list, agents, codec),
        Call.Types.Type.GetContainers => Containers(agents, codec),
        Call.Types.Type.GetTasks => Tasks(agents, codec),
        Call.Types.Type.ReadLog when call.ReadLog is { } read => ReadLog(read, agents, codec),
        Call.Types.Type.GetHealth => new(200),
        _ => new(501),
    };

    private static Answer Of(MessageCodec codec, Response response) =>
        new(200, Encodings.Encode(codec, response)) { MediaType = codec.MediaType };

    private Answer Read(Call.Types.ReadFile read, IReadOnlyList<SimulatedAgent> agents, MessageCodec codec)
    {
        if (files.Find(read.Path, agents) is not var (sandbox, file)) return new(404);
        if (sandbox.IsDirectory(file)) return new(400, "Cannot read a directory.\n");
        var most = (int)Math.Min(read.HasLength ? read.Length : FilesEndpoint.ReadBytesMax, FilesEndpoint.ReadBytesMax);
        var offset = (long)Math.Min(read.Offset, long.MaxValue);
        if (sandbox.Read(file, offset, most) is not var (size, bytes)) return new(404);
        return Of(codec, new()
        {
            Type = Response.Types.Type.ReadFile,
            ReadFile = new() { Size = (ulong)size, Data = UnsafeByteOperations.UnsafeWrap(bytes) },
        });
    }

    private Answer ListFiles(Call.Types.ListFiles list, IReadOnlyList<SimulatedAgent> agents, MessageCodec codec)
    {
        if (files.Find(list.Path, agents) is not var (sandbox, file)) return new(404);
        if (sandbox.List(file) is not { } entries) return new(404);
        var response = new Response { Type = Response.Types.Type.ListFiles, ListFiles = new() };
        foreach (var entry in entries)
            response.ListFiles.FileInfos.Add(new Mesos.Protocol.Agent.FileInfo
            {
                Path = $"{list.Path.TrimEnd('/')}/{entry.Name}",
                Size = (ulong)entry.Size,
                Nlink = 1,
                Mode = entry.IsDirectory ? 0x41EDu : 0x81A4u,
                Mtime = Statuses.TimeOf(entry.ModifiedAt),
            });
        return Of(codec, response);
    }

    // Only while the executor lives, as in the real system.
    private Answer ReadLog(Call.Types.ReadLog read, IReadOnlyList<SimulatedAgent> agents, MessageCodec codec)
    {
        Sandbox? sandbox;
        lock (core.Gate)
            sandbox = agents.SelectMany(agent => agent.Executors.Values)
                .FirstOrDefault(executor => executor.ContainerId == read.ContainerId?.Value)?.Sandbox;
        if (sandbox is null) return new(404);
        var response = new Response { Type = Response.Types.Type.ReadLog, ReadLog = new() };
        response.ReadLog.Stdout = Part(sandbox, "stdout", read.StdoutOffset);
        response.ReadLog.Stderr = Part(sandbox, "stderr", read.StderrOffset);
        return Of(codec, response);
    }

    private static Response.Types.ReadLog.Types.Data Part(Sandbox sandbox, string file, ulong offset)
    {
        var from = (long)Math.Min(offset, long.MaxValue);
        var (size, bytes) = sandbox.Read(file, from, FilesEndpoint.ReadBytesMax) ?? (0, []);
        return new() { Size = (ulong)size, Data_ = UnsafeByteOperations.UnsafeWrap(bytes) };
    }

    private Answer Containers(IReadOnlyList<SimulatedAgent> agents, MessageCodec codec)
    {
        var response = new Response { Type = Response.Types.Type.GetContainers, GetContainers = new() };
        lock (core.Gate)
            foreach (var executor in agents.SelectMany(agent => agent.Executors.Values))
                response.GetContainers.Containers.Add(new Response.Types.GetContainers.Types.Container
                {
                    FrameworkId = new() { Value = executor.FrameworkId },
                    ExecutorId = new() { Value = executor.Id },
                    ContainerId = executor.Container.ContainerId,
                    ContainerStatus = executor.Container,
                });
        return Of(codec, response);
    }

    private Answer Tasks(IReadOnlyList<SimulatedAgent> agents, MessageCodec codec)
    {
        var response = new Response { Type = Response.Types.Type.GetTasks, GetTasks = new() };
        lock (core.Gate)
            foreach (var task in agents.SelectMany(agent => agent.Tasks.Values))
            {
                var tasks = response.GetTasks;
                (task.HasEnded ? tasks.TerminatedTasks : tasks.LaunchedTasks).Add(Describe(task));
            }

        return Of(codec, response);
    }

    /// <summary>A task as operators see it.</summary>
    internal static MesosTask Describe(TaskRecord task)
    {
        var message = new MesosTask
        {
            Name = task.Task.Name,
            TaskId = task.Task.TaskId,
            FrameworkId = new() { Value = task.FrameworkId },
            AgentId = new() { Value = task.AgentId },
            State = task.Latest,
            StatusUpdateState = task.Forwarded,
            Labels = task.Task.Labels,
            Discovery = task.Task.Discovery,
        };
        if (!task.Executor.IsForOneCommand) message.ExecutorId = new() { Value = task.Executor.Id };
        message.Resources.AddRange(task.Task.Resources);
        return message;
    }

    private Answer State(SimulatedAgent agent)
    {
        lock (core.Gate)
        {
            var ids = agent.Executors.Values.Select(executor => executor.FrameworkId)
                .Concat(agent.Completed.All.Select(run => run.FrameworkId)).Distinct();
            return FilesEndpoint.Of(new
            {
                id = agent.Id,
                hostname = agent.Options.Hostname,
                pid = $"{agent.Path[1..]}@{LoopbackServer.Host}:{agent.Port}",
                version = "1.11.0",
                flags = new { work_dir = SandboxPaths.WorkDirectoryOf(agent) },
                frameworks = ids.Select(id => DescribeFramework(agent, id)),
                completed_frameworks = Array.Empty<object>(),
            });
        }
    }

    private static object DescribeFramework(SimulatedAgent agent, string id) => new
    {
        id,
        name = agent.Frameworks.GetValueOrDefault(id)?.Name ?? "",
        executors = agent.Executors.Values.Where(executor => executor.FrameworkId == id).Select(DescribeExecutor),
        completed_executors = agent.Completed.All.Where(run => run.FrameworkId == id).Select(run => new
        {
            id = run.ExecutorId,
            container = run.ContainerId,
            directory = SandboxPaths.Of(agent, run.FrameworkId, run.ExecutorId, run.ContainerId),
        }),
    };

    private static object DescribeExecutor(ExecutorRecord executor) => new
    {
        id = executor.Id,
        container = executor.ContainerId,
        directory = SandboxPaths.Of(executor),
        tasks = executor.Tasks.Values.Select(task => new { id = task.Id, name = task.Task.Name }),
    };
}
