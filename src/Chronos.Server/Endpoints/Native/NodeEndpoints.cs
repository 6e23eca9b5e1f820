using System.Reflection;
using Chronos.Api;
using Chronos.Runtime.Leadership;
using Chronos.Runtime.Node;
using Chronos.Server.Auth;
using Chronos.Server.Cluster;
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
            .AnswersHere()
            .Describe("getInfo", "Show what the server is", "Version, time-zone data, engines, settings.", Role.Viewer)
            .Produces<NodeDescription>();
        app.MapGet(Routes.Health, (ElectedNode elected) => TypedResults.Ok(Report(elected)))
            .AnswersHere()
            .Describe("getHealth", "Show how the server does", "Always 200; the body says what is wrong.", Role.Viewer)
            .Produces<HealthReport>();
        app.MapGet(Routes.Cluster, ClusterAsync)
            .AnswersHere()
            .Describe("getCluster", "Show the nodes", "Who leads, in which term, and who could.", Role.Viewer)
            .Produces<ClusterDescription>()
            .Fails(503);
        app.MapGet(Routes.HealthLive, (SchedulerNode node) => Probe(node.Health.IsLive, node))
            .AnswersHere()
            .Describe(
                "isLive", "Whether the process works", "503: restart it. Open to all; says nothing else.", Role.None)
            .Produces<string>(200, "text/plain")
            .Fails(503);
        app.MapGet(Routes.HealthReady, (ElectedNode elected) => Probe(IsReady(elected), elected.Node))
            .AnswersHere()
            .Describe(
                "isReady", "Whether requests are carried out now",
                "By this node, or by the leader that it passes them to. 503: send them elsewhere. Open to all.",
                Role.None)
            .Produces<string>(200, "text/plain")
            .Fails(503);
    }

    private static bool IsReady(ElectedNode elected) =>
        elected.Leads ? elected.Node.Health.IsReady : elected.OtherLeader is not null;

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

    private static HealthReport Report(ElectedNode elected)
    {
        var node = elected.Node;
        var health = node.Health;
        return new()
        {
            IsLive = health.IsLive,
            IsReady = IsReady(elected),
            Problems = health.Problems,
            StartedAt = Wire.At(health.StartedAt),
            Term = health.Term,
            OverdueFor = health.OverdueFor.ToTimeSpan(),
            PendingInputs = health.PendingInputs,
            Engines = node.Engines.All.Select(engine => Wire.Engine(engine.Describe())).ToList(),
        };
    }

    private static async Task<Ok<ClusterDescription>> ClusterAsync(
        HttpContext http, ElectedNode elected, ServerOptions options)
    {
        var members = await elected.ListMembersAsync(http.RequestAborted);
        var leader = elected.Leader;
        return TypedResults.Ok(new ClusterDescription
        {
            NodeId = options.NodeId,
            State = elected.Leads ? "leading" : leader is null ? "waiting" : "following",
            Term = leader?.Term ?? 0,
            Leader = leader?.Member.Id,
            Members =
            [
                .. members.Select(member => new MemberDescription
                {
                    Id = member.Id,
                    Address = member.Address,
                    Version = member.Version,
                    IsLeader = member.Id == leader?.Member.Id,
                }),
            ],
            Copy = elected.Copy is { } copy
                ? new() { Term = copy.Term, Jobs = copy.Jobs, HeardAt = Wire.At(copy.HeardAt) }
                : null,
            Store = new() { Kind = Wire.Word(options.Store.Kind), Address = options.Store.Address },
        });
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
