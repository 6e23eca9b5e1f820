using System.Net;
using System.Net.Http.Headers;
using Chronos.Mesos.Protocol;
using Chronos.Mesos.Protocol.Executor;
using Chronos.Mesos.Wire;
using Chronos.MesosSimulator.Agents;
using Google.Protobuf;
using Xunit;

namespace Mesos.Tests.Simulator;

/// <summary>An executor that does one thing at a time, over the wire.</summary>
internal sealed class TestExecutor : IAsyncDisposable
{
    internal const string Id = "cx";
    private static readonly HttpClient Http = new() { Timeout = Timeout.InfiniteTimeSpan };
    private readonly SimulatedAgent agent;
    private readonly string frameworkId;
    private readonly string? token;
    private readonly EventQueue<Event> events;

    private TestExecutor(SimulatedAgent agent, string frameworkId, string? token, HttpResponseMessage response)
    {
        (this.agent, this.frameworkId, this.token) = (agent, frameworkId, token);
        events = new(response, MessageCodec.Protobuf);
    }

    internal Task Ended => events.Ended;

    internal static ExecutorInfo Definition(string frameworkId) => new()
    {
        ExecutorId = new() { Value = Id },
        FrameworkId = new() { Value = frameworkId },
        Type = ExecutorInfo.Types.Type.Custom,
        Command = new() { Value = "./executor" },
        Resources = { TestScheduler.Scalar("cpus", 0.1), TestScheduler.Scalar("mem", 32) },
    };

    /// <summary>A task for the executor.</summary>
    internal static TaskInfo NewTask(string id, Offer offer, ExecutorInfo? executor = null)
    {
        var task = TestScheduler.NewTask(id, offer);
        task.Command = null;
        task.Executor = executor ?? Definition(offer.FrameworkId.Value);
        return task;
    }

    /// <summary>Subscribes as soon as the agent knows the executor.</summary>
    internal static async Task<TestExecutor> SubscribeAsync(
        SimulatedAgent agent, string frameworkId, Call.Types.Subscribe? subscribe = null, string? token = null)
    {
        var call = new Call { Type = Call.Types.Type.Subscribe, Subscribe = subscribe ?? new() };
        using var late = new CancellationTokenSource(TestScheduler.Patience);
        while (true)
        {
            var response = await SendAsync(agent, frameworkId, call, token: token);
            if (response.StatusCode == HttpStatusCode.OK) return new(agent, frameworkId, token, response);
            Assert.False(late.IsCancellationRequested, $"Not subscribed: {response.StatusCode}.");
            response.Dispose();
            await Task.Delay(10);
        }
    }

    /// <summary>Sends a call in the name of an executor.</summary>
    internal static async Task<HttpResponseMessage> SendAsync(
        SimulatedAgent agent, string frameworkId, Call call, string executorId = Id, string? token = null)
    {
        call.FrameworkId = new() { Value = frameworkId };
        call.ExecutorId = new() { Value = executorId };
        var uri = new Uri($"http://127.0.0.1:{agent.Port}{agent.Path}/api/v1/executor");
        using var request = new HttpRequestMessage(HttpMethod.Post, uri);
        request.Content = new ByteArrayContent(call.ToByteArray());
        request.Content.Headers.ContentType = new(MessageCodec.Protobuf.MediaType);
        request.Headers.Accept.Add(new(MessageCodec.Protobuf.MediaType));
        if (token is not null) request.Headers.Authorization = new("Bearer", token);
        return await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    internal static TaskStatus Status(string taskId, TaskState state) => new()
    {
        TaskId = new() { Value = taskId },
        State = state,
        Source = TaskStatus.Types.Source.Executor,
        Uuid = ByteString.CopyFrom(Guid.NewGuid().ToByteArray(bigEndian: true)),
        Timestamp = 1,
    };

    internal Task<Event> NextAsync(Event.Types.Type type) => events.NextAsync(message => message.Type == type);

    internal int Count(Event.Types.Type type) => events.Count(message => message.Type == type);

    internal async Task<HttpStatusCode> TryCallAsync(Call call)
    {
        using var response = await SendAsync(agent, frameworkId, call, token: token);
        return response.StatusCode;
    }

    /// <summary>Tells a state of a task.</summary>
    internal async Task<TaskStatus> UpdateAsync(string taskId, TaskState state)
    {
        var status = Status(taskId, state);
        await UpdateAsync(status);
        return status;
    }

    internal async Task UpdateAsync(TaskStatus status) => Assert.Equal(
        HttpStatusCode.Accepted,
        await TryCallAsync(new() { Type = Call.Types.Type.Update, Update = new() { Status = status } }));

    public ValueTask DisposeAsync() => events.DisposeAsync();
}
