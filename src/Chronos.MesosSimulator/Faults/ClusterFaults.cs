using System.Collections.Concurrent;
using Chronos.Mesos.Detection;
using Chronos.Mesos.Protocol.Scheduler;
using Chronos.MesosSimulator.Agents;
using Chronos.MesosSimulator.Http;

namespace Chronos.MesosSimulator.Faults;

/// <summary>Switches that make masters and the way to them fail. May be set at any time from any thread.</summary>
public sealed class ClusterFaults
{
    private readonly ConcurrentDictionary<RecordStream, bool> streams = new();

    /// <summary>Decides about each event to a scheduler; default: all arrive. Called under the cluster's lock, so it
    /// must be quick.</summary>
    public Func<Event, EventFault> OnEvent { get; set; } = static _ => default;

    /// <summary>Decides about each call that a master would take, subscriptions too; default: all are done.</summary>
    public Func<Call, CallFault> OnCall { get; set; } = static _ => CallFault.None;

    /// <summary>Decides what happens to an agent between the check of its offers and the launch of tasks on it;
    /// default: nothing. Called under the cluster's lock.</summary>
    public Func<SimulatedAgent, AcceptFault> OnAccept { get; set; } = static _ => AcceptFault.None;

    /// <summary>Decides about each request to an agent, by its path: of executors, and of those who read files;
    /// default: all are answered.</summary>
    public Func<string, RequestFault> OnAgentRequest { get; set; } = static _ => RequestFault.None;

    /// <summary>Masters take so long to look at a request of a scheduler; default none.</summary>
    public TimeSpan Latency { get; set; }

    /// <summary>Masters send every scheduler here, the one that leads too; default null: to the leader.</summary>
    public MasterAddress? RedirectTo { get; set; }

    /// <summary>Streams are written in pieces of so many bytes; default 0: as it comes.</summary>
    public int SplitBytes { get; set; }

    /// <summary>Event streams stay open and say nothing, heartbeats neither; what was to be said is lost.</summary>
    public bool AreStreamsSilent { get; set; }

    /// <summary>Masters answer 503 to everything, as after their start.</summary>
    public bool IsUnavailable { get; set; }

    /// <summary>The number of open event streams of schedulers.</summary>
    public int OpenStreams => streams.Count;

    /// <summary>Breaks the connections of all event streams between two records.</summary>
    public void CutStreams()
    {
        foreach (var stream in streams.Keys) stream.Abort();
    }

    /// <summary>Breaks the connections of all event streams in the middle of a record.</summary>
    public void CutStreamsInsideRecord()
    {
        foreach (var stream in streams.Keys) stream.AbortInsideRecord();
    }

    /// <summary>Ends all faults; agents and masters that are away stay away.</summary>
    public void Clear()
    {
        OnEvent = static _ => default;
        OnCall = static _ => CallFault.None;
        OnAccept = static _ => AcceptFault.None;
        OnAgentRequest = static _ => RequestFault.None;
        (Latency, RedirectTo, SplitBytes) = (TimeSpan.Zero, null, 0);
        (AreStreamsSilent, IsUnavailable) = (false, false);
    }

    internal void Opened(RecordStream stream) => streams[stream] = true;

    internal void Closed(RecordStream stream) => streams.TryRemove(stream, out _);
}
