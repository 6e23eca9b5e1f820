using Chronos.Api;
using Chronos.Core.Jobs;
using Chronos.Runtime.Node;
using Chronos.Runtime.Ports;
using Chronos.Server.Auth;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Chronos.Server.Endpoints.Native;

/// <summary>Looks closely at the engines: machines, offers, and why attempts wait.</summary>
internal static class EngineEndpoints
{
    private const int MachinesMax = 1000;
    private const int GroupsMax = 100;

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet(Routes.Engines, ListAsync)
            .Describe(
                "listEngines", "Look at the engines",
                "Their machines with what these have, offered and run, and why attempts wait. Those of the leader, "
                + "which alone starts attempts.",
                Role.Viewer)
            .Produces<EngineInspectionList>();

    private static async Task<Ok<EngineInspectionList>> ListAsync(HttpContext http, SchedulerNode node)
    {
        var items = new List<EngineInspectionDocument>();
        foreach (var engine in node.Engines.All)
            items.Add(ToDocument(engine.Describe(), await engine.InspectAsync(http.RequestAborted)));
        return TypedResults.Ok(new EngineInspectionList(items));
    }

    private static EngineInspectionDocument ToDocument(EngineOverview overview, EngineInspection seen) => new()
    {
        Engine = Wire.Engine(overview),
        MachineCount = seen.Machines.Count,
        Machines =
        [
            .. seen.Machines.OrderBy(machine => machine.Name, StringComparer.Ordinal)
                .ThenBy(machine => machine.Id, StringComparer.Ordinal).Take(MachinesMax).Select(ToDocument),
        ],
        Waiting = [.. seen.Waiting.OrderByDescending(group => group.Count).Take(GroupsMax).Select(ToDocument)],
        OpenOffers = seen.OpenOffers,
    };

    private static MachineDocument ToDocument(EngineMachine machine) => new()
    {
        Id = machine.Id,
        Name = machine.Name,
        Total = OrNull(machine.Total),
        Used = Wire.Resources(machine.Used),
        Offered = OrNull(machine.Offered),
        Running = machine.RunningCount,
    };

    private static WaitingDocument ToDocument(WaitingGroup group) => new()
    {
        Reason = Wire.OrNull(group.Reason),
        Needs = Wire.Resources(group.Needs),
        Job = group.JobName,
        Count = group.Count,
        Longest = group.Longest,
    };

    private static ResourcesDocument? OrNull(Resources? resources) =>
        resources is null ? null : Wire.Resources(resources);
}
