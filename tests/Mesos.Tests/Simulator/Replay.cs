using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Chronos.Mesos.Protocol;
using Chronos.MesosSimulator;
using Chronos.Testing;
using Google.Protobuf;
using Mesos.Tests.Recorded;
using ExecutorCall = Chronos.Mesos.Protocol.Executor.Call;
using ExecutorEvent = Chronos.Mesos.Protocol.Executor.Event.Types.Type;

namespace Mesos.Tests.Simulator;

/// <summary>Goes through a recording: sends its requests, with the ids of this run in place of the recorded ones, and
/// compares what comes back. Offers are told apart by their agents, because when they come depends on the clock.
/// </summary>
internal sealed class Replay(SimulatedCluster cluster, RecordedTrace trace) : IAsyncDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private readonly ConcurrentDictionary<string, string> ids = new();
    private readonly Dictionary<string, string> agentOfOffer = [];
    private readonly ConcurrentDictionary<string, JsonObject> offers = new();
    private readonly Dictionary<int, ReplayStream> streams = [];
    private readonly Dictionary<int, HttpResponseMessage> answers = [];
    private readonly List<string> differences = [];
    private JsonNode? offerTemplate;
    private TestExecutor? executor;

    /// <summary>How many requests were sent.</summary>
    internal int Requests { get; private set; }

    /// <summary>Where the answers are not the recorded ones.</summary>
    internal IReadOnlyList<string> Differences => differences;

    /// <summary>What came on the streams and was not recorded.</summary>
    internal IEnumerable<string> Unexpected => streams.Values.SelectMany(stream => stream.Untaken)
        .Where(message => TypeOf(message) is not ("OFFERS" or "HEARTBEAT" or "RESCIND"))
        .Select(message => message.ToJsonString());

    internal async Task RunAsync()
    {
        foreach (var step in ReplayStep.Of(trace))
            switch (step)
            {
                case ReplayStep.Request request: await SendAsync(request); break;
                case ReplayStep.Answer answer: await CompareAsync(answer); break;
                case ReplayStep.Event recorded: await CompareAsync(recorded); break;
                case ReplayStep.End end: await streams[end.Connection].Ended; break;
                default: throw new InvalidOperationException($"Unknown step {step}.");
            }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var stream in streams.Values) await stream.DisposeAsync();
        if (executor is { } played) await played.DisposeAsync();
        http.Dispose();
    }

    private static string TypeOf(JsonNode message) => message["type"]!.ToString();

    private async Task SendAsync(ReplayStep.Request recorded)
    {
        var call = JsonNode.Parse(recorded.Body)!;
        foreach (var id in OfferIdsOf(call)) await MapOfferAsync(id, isLarge: TypeOf(call) == "ACCEPT");
        var request = new HttpRequestMessage(HttpMethod.Post, RawHttp.At(cluster, recorded.Path))
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Map(recorded.Body))),
        };
        foreach (var (name, value) in recorded.Headers)
            if (name == "Content-Type") request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(value);
            else if (name is "Accept" or "Mesos-Stream-Id") request.Headers.Add(name, Map(value));
        answers[recorded.Connection] = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Requests++;
        if (recorded.Body.Contains("\"x1\"") && TypeOf(call) == "ACCEPT") await PlayExecutorAsync();
    }

    private static IEnumerable<string> OfferIdsOf(JsonNode call) =>
        ((call["accept"] ?? call["decline"])?["offer_ids"]?.AsArray() ?? [])
            .Select(id => id!["value"]!.ToString());

    // An offer that was made up stays as it is.
    private async Task MapOfferAsync(string recorded, bool isLarge)
    {
        if (!agentOfOffer.TryGetValue(recorded, out var agent)) return;
        await Wait.UntilAsync(() => offers.Values.Any(IsOfAgent));
        var own = offers.Values.Where(IsOfAgent).OrderBy(SizeOf).ToList();
        var id = (isLarge ? own[^1] : own[0])["id"]!["value"]!.ToString();
        offers.TryRemove(id, out _);
        ids[recorded] = id;

        bool IsOfAgent(JsonObject offer) => offer["agent_id"]!["value"]!.ToString() == Map(agent);

        static double SizeOf(JsonObject offer) => offer["resources"]!.AsArray()
            .Where(resource => resource!["name"]!.ToString() == "cpus")
            .Sum(resource => resource!["scalar"]!["value"]!.GetValue<double>());
    }

    private async Task CompareAsync(ReplayStep.Answer recorded)
    {
        var answer = answers[recorded.Connection];
        var place = $"answer on connection {recorded.Connection}";
        Check(place, recorded.Status, $"{(int)answer.StatusCode} {answer.ReasonPhrase}");
        var headers = answer.Headers.Concat(answer.Content.Headers)
            .ToDictionary(header => header.Key, header => string.Join(",", header.Value));
        Check(place, string.Join(",", recorded.Headers.Keys.Order()), string.Join(",", headers.Keys.Order()));
        if (recorded.Headers.TryGetValue("Content-Type", out var type)) Check(place, type, headers["Content-Type"]);
        if (recorded.Headers.TryGetValue("Mesos-Stream-Id", out var id))
        {
            ids[id] = headers["Mesos-Stream-Id"];
            streams[recorded.Connection] = new(answer) { OnEvent = NoteOffers };
            return;
        }

        Check(place, Map(recorded.Body), await answer.Content.ReadAsStringAsync());
        answer.Dispose();
    }

    private void NoteOffers(JsonObject message)
    {
        foreach (var offer in message["offers"]?["offers"]?.AsArray() ?? [])
            offers[offer!["id"]!["value"]!.ToString()] = offer.AsObject();
        if (message["rescind"]?["offer_id"]?["value"]?.ToString() is { } gone) offers.TryRemove(gone, out _);
    }

    private async Task CompareAsync(ReplayStep.Event recorded)
    {
        var stream = streams[recorded.Connection];
        var type = TypeOf(recorded.Message);
        if (type == "OFFERS")
        {
            await CompareOffersAsync(recorded.Message, stream);
            return;
        }

        var key = KeyOf(recorded.Message);
        var live = await stream.TakeAsync(message => KeyOf(message) == key, recorded.Message.ToJsonString());
        Learn(recorded.Message, live);
        Compare(recorded.Message, live);
    }

    // What tells events apart that may come in another order.
    private static string KeyOf(JsonNode message)
    {
        var status = message["update"]?["status"];
        return string.Join('|', TypeOf(message), status?["task_id"]?["value"], status?["state"], status?["reason"],
            message["failure"]?["executor_id"]?["value"]);
    }

    private void Learn(JsonNode recorded, JsonNode live)
    {
        foreach (var (old, own) in new[]
        {
            (recorded["subscribed"]?["framework_id"]?["value"], live["subscribed"]?["framework_id"]?["value"]),
            (recorded["subscribed"]?["master_info"]?["id"], live["subscribed"]?["master_info"]?["id"]),
            (recorded["update"]?["status"]?["uuid"], live["update"]?["status"]?["uuid"]),
        })
            if (old is not null && own is not null) ids[old.ToString()] = own.ToString();
    }

    // The first offers are the same, with all that the agents have; later ones have the same fields.
    private async Task CompareOffersAsync(JsonNode recorded, ReplayStream stream)
    {
        foreach (var offer in recorded["offers"]!["offers"]!.AsArray())
            agentOfOffer[offer!["id"]!["value"]!.ToString()] = offer["agent_id"]!["value"]!.ToString();
        if (offerTemplate is not null) return;
        var live = await stream.TakeAsync(message => TypeOf(message) == "OFFERS", "the first offers");
        offerTemplate = live["offers"]!["offers"]![0];
        Compare(recorded, live);
    }

    private void Compare(JsonNode recorded, JsonNode live) =>
        differences.AddRange(JsonComparison.Between(JsonNode.Parse(Map(recorded.ToJsonString()))!, live));

    private void Check(string place, string recorded, string live)
    {
        if (recorded != live) differences.Add($"{place}: '{live}' instead of '{recorded}'");
    }

    // Framework ids begin with the master's, so the longest goes first.
    private string Map(string text)
    {
        foreach (var (old, own) in ids.OrderByDescending(pair => pair.Key.Length)) text = text.Replace(old, own);
        return text;
    }

    // The executor of the recording: it says at once that its task runs, answers "ping", and ends with its task.
    private async Task PlayExecutorAsync()
    {
        var agent = cluster.Agents[0];
        var framework = ids.First(pair => pair.Key.EndsWith("-0000")).Value;
        executor = await TestExecutor.SubscribeAsync(agent, framework);
        await executor.NextAsync(ExecutorEvent.Launch);
        var status = TestExecutor.Status("x1", TaskState.TaskRunning);
        status.ExecutorId = new() { Value = TestExecutor.Id };
        await executor.UpdateAsync(status);
        _ = PlayOnAsync(executor, agent, framework);
    }

    private static async Task PlayOnAsync(
        TestExecutor executor, Chronos.MesosSimulator.Agents.SimulatedAgent agent, string framework)
    {
        var ping = await executor.NextAsync(ExecutorEvent.Message);
        await executor.TryCallAsync(new()
        {
            Type = ExecutorCall.Types.Type.Message,
            Message = new() { Data = ByteString.CopyFromUtf8("pong:" + ping.Message.Data.ToStringUtf8()) },
        });
        await executor.NextAsync(ExecutorEvent.Kill);
        await executor.UpdateAsync("x1", TaskState.TaskKilled);
        agent.EndExecutor(framework, TestExecutor.Id, waitStatus: 0);
    }
}
