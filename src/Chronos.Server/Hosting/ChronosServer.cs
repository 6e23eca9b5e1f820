using System.Text.Json.Serialization;
using Chronos.Api;
using Chronos.Runtime.Leadership;
using Chronos.Runtime.Node;
using Chronos.Server.Auth;
using Chronos.Server.Cluster;
using Chronos.Server.Endpoints.Compatibility;
using Chronos.Server.Endpoints.Native;
using Chronos.Server.OpenApi;
using Chronos.Server.Problems;
using Chronos.Server.Ui;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Chronos.Server.Hosting;

/// <summary>The HTTP server of a node, put together.</summary>
public static class ChronosServer
{
    /// <summary>Adds what the endpoints need.</summary>
    /// <exception cref="ArgumentException">The options break rules, see
    /// <see cref="ServerOptionsValidation.Validate"/>; above all, strangers could run commands.</exception>
    public static IServiceCollection AddChronosServer(
        this IServiceCollection services, ElectedNode node, ServerOptions options)
    {
        if (options.Validate() is { Count: > 0 } problems)
            throw new ArgumentException(string.Join(" ", problems), nameof(options));
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(node);
        services.AddTransient(_ => node.Node); // another with each leadership
        services.AddSingleton<Func<SchedulerNode>>(() => node.Node);
        services.AddSingleton(options);
        services.AddSingleton<Authenticator>();
        services.AddSingleton<ServerCertificate>();
        services.AddTransient<JobIntake>();
        services.AddSingleton<LogFollower>();
        services.AddSingleton<EventStream>();
        services.AddSingleton<LoadForecasts>();
        services.AddSingleton<IConfigureOptions<KestrelServerOptions>, KestrelSetup>();
        services.ConfigureHttpJsonOptions(json =>
        {
            // A resolver brings the shapes of types only; how values are written is said by the options.
            var options = json.SerializerOptions;
            options.Encoder = ReadableJson.Context.Options.Encoder;
            options.TypeInfoResolverChain.Insert(0, ApiJson.Default);
            options.NumberHandling = JsonNumberHandling.Strict;
            options.DefaultIgnoreCondition = ApiJson.Default.Options.DefaultIgnoreCondition;
            foreach (var converter in ApiJson.Default.Options.Converters) options.Converters.Add(converter);
        });
        services.AddRouting();
        services.AddSingleton<OpenRequests>();
        services.AddSingleton<LeaderForwarder>();
        services.AddCompatibility();
        services.AddApiDocument();
        return services;
    }

    /// <summary>Puts checks before the endpoints, and maps them all.</summary>
    public static WebApplication MapChronos(this WebApplication app)
    {
        app.UseMiddleware<OpenRequests>();
        app.UseMiddleware<SecurityHeaders>();
        app.UseMiddleware<ProblemMiddleware>();
        app.UseMiddleware<SiteGuard>();
        app.UseRouting();
        app.UseMiddleware<AccessControl>();
        app.UseMiddleware<LeaderOnly>();
        NativeEndpoints.Map(app, app.Services.GetRequiredService<ServerOptions>());
        ReplicationEndpoint.Map(app);
        app.MapCompatibility();
        app.MapUi();
        app.MapApiDocument();
        return app;
    }
}
