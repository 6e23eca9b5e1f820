using System.Globalization;
using Chronos.Core.Jobs;
using Chronos.Mesos.Detection;
using Chronos.Mesos.Http;
using Chronos.Mesos.Protocol;
using Chronos.Mesos.Wire;
using Microsoft.Extensions.Logging;
using Call = Chronos.Mesos.Protocol.Master.Call;
using MasterResponse = Chronos.Mesos.Protocol.Master.Response;

namespace Chronos.Mesos.Agents;

/// <summary>The agents of the cluster, as the leading master lists them now and then: where they listen, and what they
/// have together. Masters may refuse the list; then nothing is known, and nothing depends on it but the total and the
/// output of old tasks. Safe for concurrent use.</summary>
internal sealed partial class AgentDirectory(
    MasterHttp http, TimeSpan interval, TimeProvider time, ILogger<AgentDirectory> logger)
{
    private volatile MasterAddress? master;
    private volatile IReadOnlyDictionary<string, AgentEntry> agents = new Dictionary<string, AgentEntry>();
    private volatile Resources total = new(0, 0, 0);
    private TaskCompletionSource changed = NewSignal();

    /// <summary>The leading master; null: none is known.</summary>
    internal MasterAddress? Master
    {
        get => master;
        set
        {
            master = value;
            Interlocked.Exchange(ref changed, NewSignal()).TrySetResult();
        }
    }

    /// <summary>What all agents have together; zero: not known.</summary>
    internal Resources Total { get => total; private set => total = value; }

    /// <summary>The agents, as far as they are known.</summary>
    internal IEnumerable<AgentEntry> All => agents.Values;

    /// <summary>An agent; null: it is not among them.</summary>
    internal AgentEntry? Find(string id) => agents.GetValueOrDefault(id);

    /// <summary>Agents of this id or host name.</summary>
    internal IReadOnlyList<AgentEntry> FindAll(string name) =>
        [.. agents.Values.Where(agent => agent.Id == name || agent.HostName == name)];

    /// <summary>Looks at the list now and then, and when the master changes, until cancelled.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var change = Volatile.Read(ref changed).Task;
            try
            {
                if (master is not null) await LookAsync(cancellationToken);
            }
            catch (Exception e) when (e is HttpRequestException or TimeoutException or MessageFormatException
                or IOException)
            {
                LogNotListed(e.Message);
            }

            await Task.WhenAny(change, Task.Delay(interval, time, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Looks at the list.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        if (master is not { } asked) return;
        var question = new Call { Type = Call.Types.Type.GetAgents };
        var answer = await http.AskAsync<MasterResponse>(asked, question, cancellationToken);
        if (answer?.GetAgents is not { } list) return;
        var found = list.Agents.Where(agent => agent.Active).Select(agent => ToEntry(agent, asked))
            .ToDictionary(agent => agent.Id, StringComparer.Ordinal);
        Total = found.Values.Aggregate(new Resources(0, 0, 0), (sum, agent) => new(
            sum.Cpus + agent.Total.Cpus, sum.Mem + agent.Total.Mem, sum.Disk + agent.Total.Disk));
        agents = found;
    }

    private static AgentEntry ToEntry(MasterResponse.Types.GetAgents.Types.Agent agent, MasterAddress master) => new(
        agent.AgentInfo.Id.Value,
        agent.AgentInfo.Hostname,
        AddressOf(agent, master.UsesTls),
        new(Sum(agent, "cpus"), Sum(agent, "mem"), Sum(agent, "disk")));

    // The pid is slave(1)@IP:PORT: no name to resolve.
    private static MasterAddress AddressOf(MasterResponse.Types.GetAgents.Types.Agent agent, bool usesTls)
    {
        var place = agent.Pid[(agent.Pid.LastIndexOf('@') + 1)..];
        var colon = place.LastIndexOf(':');
        return colon > 0 && int.TryParse(place[(colon + 1)..], CultureInfo.InvariantCulture, out var port)
            ? new(place[..colon].Trim('[', ']'), port, usesTls)
            : new(agent.AgentInfo.Hostname, agent.AgentInfo.Port, usesTls);
    }

    private static double Sum(MasterResponse.Types.GetAgents.Types.Agent agent, string name) => agent.TotalResources
        .Where(resource => resource.Name == name && resource.Type == Value.Types.Type.Scalar)
        .Sum(resource => resource.Scalar.Value);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The master does not list its agents: {Reason}")]
    private partial void LogNotListed(string reason);
}
