using System.Buffers.Binary;
using System.Net;
using Chronos.Mesos.Detection;
using Chronos.Mesos.Protocol;
using Chronos.MesosSimulator.Http;
using Chronos.MesosSimulator.Operators;
using Chronos.MesosSimulator.Wire;
using Chronos.ZooKeeper;
using Microsoft.AspNetCore.Http;

namespace Chronos.MesosSimulator.Masters;

/// <summary>A master: it leads, or sends everybody to the one that does.</summary>
public sealed class SimulatedMaster : IAsyncDisposable
{
    private const string Version = "1.11.0";
    private readonly ClusterCore core;
    private readonly SchedulerEndpoint scheduler;
    private readonly OperatorEndpoint operators;
    private LoopbackServer? server;
    private Contender? contender;
    private int port;

    internal SimulatedMaster(ClusterCore core, int port)
    {
        (this.core, this.port) = (core, port);
        scheduler = new(core, this);
        operators = new(core, this);
    }

    /// <summary>Where it listens.</summary>
    public MasterAddress Address => new(LoopbackServer.Host, port, UsesTls: false);

    /// <summary>Whether it leads.</summary>
    public bool IsLeading => Term is { IsCurrent: true };

    /// <summary>Whether it accepts connections.</summary>
    public bool IsRunning => server is not null;

    /// <summary>What it knows; null: it does not lead.</summary>
    internal LeadingTerm? Term { get; private set; }

    /// <summary>How it introduces itself, with a new id each time it starts and whenever it has led: real masters end
    /// then. Ids of agents, frameworks and offers begin with it, so none is ever given twice.</summary>
    internal MasterInfo Description { get; private set; } = new();

    /// <summary>Accepts connections again after <see cref="StopAsync"/>, on the same port; does not lead.</summary>
    public async Task StartAsync()
    {
        if (server is not null) return;
        server = await LoopbackServer.StartAsync([port], AnswerAsync);
        port = server.Ports[0];
        Description = new()
        {
            Id = NewId(),
            Ip = BinaryPrimitives.ReadUInt32LittleEndian(IPAddress.Loopback.GetAddressBytes()),
            Port = (uint)port,
            Pid = $"master@{LoopbackServer.Host}:{port}",
            Hostname = LoopbackServer.Host,
            Version = Version,
            Address = new() { Hostname = LoopbackServer.Host, Ip = LoopbackServer.Host, Port = port },
        };
        foreach (var type in new[]
        {
            MasterInfo.Types.Capability.Types.Type.AgentUpdate,
            MasterInfo.Types.Capability.Types.Type.AgentDraining,
            MasterInfo.Types.Capability.Types.Type.QuotaV2,
        })
            Description.Capabilities.Add(new MasterInfo.Types.Capability { Type = type });
        Contend();
    }

    /// <summary>Ends its process: connections break and new ones are refused. Nobody leads in its place before the
    /// cluster is told so.</summary>
    public async Task StopAsync()
    {
        if (contender is { } candidate) await candidate.DisposeAsync();
        contender = null;
        Lose();
        if (server is { } running) await running.DisposeAsync();
        server = null;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync();

    /// <summary>Begins to lead; the gate is held.</summary>
    internal LeadingTerm Lead()
    {
        Term = new(core, Description);
        return Term;
    }

    /// <summary>Leads no more; the gate is held.</summary>
    internal void Resign()
    {
        if (Term is not { } term) return;
        term.End();
        Term = null;
        Description = new(Description) { Id = NewId() };
    }

    /// <summary>Gives its place in ZooKeeper's queue up and takes the last one.</summary>
    internal void QueueAgain() => contender?.QueueAgain();

    /// <summary>Where the leader is, or that there is none.</summary>
    internal Answer RedirectOr503(string path) => core.Leader?.Info is { } leader
        ? new(307) { Location = $"//{leader.Hostname}:{leader.Port}{path}" }
        : new(503, "No leader elected");

    private static string NewId() => Guid.NewGuid().ToString();

    private void Contend()
    {
        if (core.Options.ZooKeeper is not { } address) return;
        var options = new ZooKeeperOptions
        {
            Address = ZooKeeperAddress.Parse(address),
            SessionTimeout = core.Options.ZooKeeperSessionTimeout,
        };
        contender = new(options, () => WireJson.Write(Description), () => core.Elect(this), Lose);
        contender.Start();
    }

    private void Lose()
    {
        lock (core.Gate)
        {
            if (IsLeading) core.Leader = null;
            Resign();
        }
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var path = (context.Request.Path.Value ?? "").TrimEnd('/');
        if (path.StartsWith("/master/", StringComparison.Ordinal)) path = path["/master".Length..];
        if (path == "/api/v1/scheduler") await scheduler.AnswerAsync(context);
        else if (path == "/redirect") await Requests.AnswerAsync(context, RedirectOr503(""));
        else await operators.AnswerAsync(context, path);
    }
}
