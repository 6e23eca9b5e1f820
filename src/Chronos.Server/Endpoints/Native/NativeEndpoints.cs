using Chronos.Server.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Chronos.Server.Endpoints.Native;

/// <summary>All of the native API.</summary>
internal static class NativeEndpoints
{
    public static void Map(IEndpointRouteBuilder app, ServerOptions options)
    {
        var native = app.MapGroup("").AddEndpointFilter<UnknownParameterFilter>();
        Tagged(native, "Jobs", JobEndpoints.Map, JobChangeEndpoints.Map, JobCheckEndpoints.Map);
        Tagged(native, "Jobs", BulkActionEndpoints.Map, tagged => BulkEndpoints.Map(tagged, options));
        Tagged(native, "Runs", RunEndpoints.Map, RunActionEndpoints.Map, LogEndpoints.Map);
        Tagged(native, "Schedules", ScheduleEndpoints.Map, UpcomingEndpoints.Map, BackfillEndpoints.Map);
        Tagged(native, "Insight", GraphEndpoints.Map, DecisionEndpoints.Map, EventEndpoints.Map);
        Tagged(native, "Insight", StatisticsEndpoints.Map);
        Tagged(native, "Server", NodeEndpoints.Map, EngineEndpoints.Map);
    }

    private static void Tagged(RouteGroupBuilder native, string tag, params Action<IEndpointRouteBuilder>[] maps)
    {
        var group = native.MapGroup("").WithTags(tag);
        foreach (var map in maps) map(group);
    }
}
