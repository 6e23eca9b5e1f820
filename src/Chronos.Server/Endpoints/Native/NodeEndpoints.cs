using System.Reflection;
using Chronos.Api;
using Chronos.Runtime.Node;
using Chronos.Server.Auth;
using Chronos.Server.Hosting;
using Chronos.Server.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Chronos.Server.Endpoints.Native;

/// <summary>Says what the server is and how it does.</summary>
internal static class NodeEndpoints
{
    private static readonly string Version =
        typeof(NodeEndpoints).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion.Split('+')[0] ?? "unknown";

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet(Routes.Info, Info)
            .Describe("getInfo", "Show what the server is", "Version, time-zone data, engines, settings.", Role.Viewer)
            .Produces<NodeDescription>();
        app.MapGet(Routes.Health, (SchedulerNode node) => TypedResults.Ok(Report(node)))
            .Describe("getHealth", "Show how the server does", "Always 200; the body says what is wrong.", Role.Viewer)
            .Produces<HealthReport>();
        app.MapGet(Routes.HealthLive, (SchedulerNode node) => Probe(node.Health.IsLive, node))
            .Describe(
                "isLive", "Whether the process works", "503: restart it. Open to all; says nothing else.", Role.None)
            .Produces<string>(200, "text/plain")
            .Fails(503);
        app.MapGet(Routes.HealthReady, (SchedulerNode node) => Probe(node.Health.IsReady, node))
            .Describe(
                "isReady", "Whether the server decides now", "503: send requests elsewhere. Open to all.", Role.None)
            .Produces<string>(200, "text/plain")
            .Fails(503);
    }

    private static IResult Probe(bool isWell, SchedulerNode node) => isWell
        ? TypedResults.Text("ok")
        : new ProblemResult(ProblemFactory.Unavailable($"{node.Health.Problems.Count} problems; see /v1/health."));

    private static Ok<NodeDescription> Info(HttpContext http, SchedulerNode node, ServerOptions options)
    {
        var caller = http.GetCaller();
        return TypedResults.Ok(new NodeDescription
        {
            Version = Version,
            TzdbVersion = DateTimeZoneProviders.Tzdb.VersionId,
            NodeId = options.NodeId,
            Now = Wire.At(node.Now),
            StartedAt = Wire.At(node.Health.StartedAt),
            Jobs = node.Jobs.Count,
            ActiveRuns = node.Jobs.ActiveRunCount,
            Engines = node.Engines.All.Select(engine => Wire.Engine(engine.Describe())).ToList(),
            Options = Masked(options.Settings),
            Caller = new(caller.Name, caller.Role.ToName()),
        });
    }

    private static HealthReport Report(SchedulerNode node)
    {
        var health = node.Health;
        return new()
        {
            IsLive = health.IsLive,
            IsReady = health.IsReady,
            Problems = health.Problems,
            StartedAt = Wire.At(health.StartedAt),
            Term = health.Term,
            OverdueFor = health.OverdueFor.ToTimeSpan(),
            PendingInputs = health.PendingInputs,
            Engines = node.Engines.All.Select(engine => Wire.Engine(engine.Describe())).ToList(),
        };
    }

    /// <summary>The settings with the values of secret ones replaced; by their names, should whoever gave them have
    /// forgotten one.</summary>
    private static SortedDictionary<string, string> Masked(IReadOnlyDictionary<string, string> settings)
    {
        string[] secret = ["password", "secret", "token", "credential", "key"];
        var masked = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in settings)
        {
            var isSecret = value.Length > 0
                && secret.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase));
            masked[name] = isSecret ? "***" : value;
        }

        return masked;
    }
}
