using Chronos.CommandLine;
using Chronos.Runtime.Leadership;
using Chronos.Runtime.Node;
using Chronos.Server.Hosting;
using Chronos.Server.Tests.Compatibility;
using Chronos.Testing.Elections;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;
using Xunit;

namespace Chronos.Server.Tests.Cli;

/// <summary>A server on a free port, with a store in memory, for the client commands.</summary>
public sealed class CliServer : IAsyncLifetime
{
    private readonly CancellationTokenSource stopping = new();
    private readonly ElectedNode node;
    private readonly WebApplication app;
    private Task running = Task.CompletedTask;

    public CliServer()
    {
        var history = new KeptRuns();
        node = LoneNode.Elect(history, () => new SchedulerNode(
            new(), history, history, new([new ShellEngine(SystemClock.Instance)]),
            new(NullLogger<NotificationQueue>.Instance), SystemClock.Instance, NullLogger<SchedulerNode>.Instance));
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrel();
        builder.Services.AddLogging();
        builder.Services.AddChronosServer(node, new ServerOptions { HttpPort = 0, HttpCredentials = "ada:secret" });
        app = builder.Build();
        app.MapChronos();
    }

    public async ValueTask InitializeAsync()
    {
        running = node.RunAsync(Task.CompletedTask, stopping.Token);
        await node.Settled;
        await app.StartAsync();
    }

    /// <summary>Runs a command against the server.</summary>
    public Task<CliResult> RunAsync(string arguments, string input = "") =>
        RunAsync(arguments.Split(' '), input, app.Urls.First().Replace("://", "://ada:secret@"));

    /// <summary>Runs a command against the server as nobody.</summary>
    public Task<CliResult> RunAnonymouslyAsync(string arguments) =>
        RunAsync(arguments.Split(' '), "", app.Urls.First());

    /// <summary>Runs a command.</summary>
    public static async Task<CliResult> RunAsync(string[] arguments, string input, string? url)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var environment = new Dictionary<string, string>();
        if (url is not null) environment["CHRONOS_URL"] = url;
        var context = new CommandContext(output, error, new StringReader(input), environment);
        var code = await new ChronosProgram(context).RunAsync(arguments);
        return new(code, output.ToString(), error.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await stopping.CancelAsync();
        await running;
        await app.DisposeAsync();
        await node.DisposeAsync();
        stopping.Dispose();
    }
}

/// <summary>What a command did.</summary>
public sealed record CliResult(int Code, string Output, string Error);
