using Chronos.CommandLine;
using Chronos.Configuration;
using Chronos.Runtime.Node;
using Chronos.Server.Hosting;
using Chronos.Serving.Demo;

namespace Chronos.Serving;

/// <summary>One server from its start to its end: storage, engine, node and HTTP come up in this order and go down in
/// the other.</summary>
public sealed partial class ServerProcess(
    CommandContext context, ServerConfiguration configuration, ServerSettings settings)
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RequestsGrace = TimeSpan.FromSeconds(3);

    /// <summary>Runs until a signal comes, or the node cannot go on.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(StopSignals signals)
    {
        using var logging = ServerLogging.Create(configuration);
        var logger = logging.Loggers.CreateLogger<ServerProcess>();
        try
        {
            foreach (var warning in configuration.Warnings) LogWarning(logger, warning);
            var summary = configuration.Summarize();
            LogConfiguration(logger, summary);
            DataFolder.Create(settings.DataFolder);
            await using var parts = await ServerParts.OpenAsync(settings, logging, signals.Token);
            await RunAsync(parts, logger, signals);
            return ExitCodes.Success;
        }
        catch (OperationCanceledException) when (signals.Token.IsCancellationRequested)
        {
            return ExitCodes.Success;
        }
        catch (Exception e)
        {
            context.Error.WriteLine("chronos: " + StartupFailure.Explain(e));
            if (configuration.Get(Settings.Verbose)) context.Error.WriteLine(e);
            return ExitCodes.Refused;
        }
    }

    private async Task RunAsync(ServerParts parts, ILogger logger, StopSignals signals)
    {
        using var nodeStop = new CancellationTokenSource();
        // The node reads its jobs meanwhile, but a server that cannot listen must not start tasks. Until the node is
        // ready it answers 503.
        var listening = Task.Run(() => parts.ListenAsync(signals.Token));
        var node = parts.Node.RunAsync(listening, nodeStop.Token);
        await Task.WhenAny(listening);
        if (!listening.IsCompletedSuccessfully)
        {
            await nodeStop.CancelAsync();
            await Task.WhenAny(node); // it ends for the same reason
            await listening;
        }

        try
        {
            var first = await Task.WhenAny(parts.Node.Settled, node).WaitAsync(signals.Token);
            await first;
            Announce(parts, logger);
            await AddDemoAsync(parts.Node.Node, logger, signals.Token);
            await Task.WhenAny(node, Task.Delay(Timeout.Infinite, signals.Token));
            if (signals.Token.IsCancellationRequested && configuration.Get(Settings.Drain))
                await DrainAsync(parts.Node.Node, node);
        }
        finally
        {
            using var grace = new CancellationTokenSource(RequestsGrace);
            var stopping = parts.App.StopAsync(grace.Token);
            try
            {
                await parts.App.Services.GetRequiredService<OpenRequests>().EndAsync(grace.Token);
                await nodeStop.CancelAsync();
                await node;
            }
            finally
            {
                await stopping; // waits for what the copies of other nodes are told, which the node has now ended
            }
        }
        Tell(RunningCount(parts.Node.Node) switch
        {
            0 => "Ended.",
            1 => "Ended. 1 task goes on running; the next start finds it again.",
            var left => $"Ended. {left} tasks go on running; the next start finds them again.",
        });
    }

    private void Announce(ServerParts parts, ILogger logger)
    {
        var addresses = string.Join(" and ", parts.App.Urls);
        var (version, folder) = (ProductVersion.Text, settings.DataFolder);
        if (ServerLogging.IsJson(configuration)) LogListening(logger, version, addresses, folder);
        else Tell($"Chronos {version} listens on {addresses} (data in {folder})");
    }

    private async Task AddDemoAsync(SchedulerNode node, ILogger logger, CancellationToken cancellationToken)
    {
        if (!configuration.Get(Settings.Demo)) return;
        var added = await DemoJobs.AddAsync(node, settings.Http().JobDefaults, cancellationToken);
        LogDemo(logger, added);
    }

    private async Task DrainAsync(SchedulerNode scheduler, Task node)
    {
        var drained = scheduler.DrainAsync(CancellationToken.None);
        while (!drained.IsCompleted && !node.IsCompleted)
        {
            var left = RunningCount(scheduler);
            Tell($"Draining: {(left == 1 ? "1 task still runs" : $"{left} tasks still run")}. Ctrl-C ends at once.");
            await Task.WhenAny(drained, node, Task.Delay(ProgressInterval));
        }
        if (drained.IsCompleted) await drained;
    }

    private static int RunningCount(SchedulerNode node) =>
        node.Jobs.WithActiveRuns()
            .Sum(job => job.State.ActiveRuns.Count(run => run is { Attempt: > 0, RetryAt: null }));

    private void Tell(string text)
    {
        if (!ServerLogging.IsJson(configuration)) context.Output.WriteLine(text);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Warning}")]
    private static partial void LogWarning(ILogger logger, string warning);

    [LoggerMessage(Level = LogLevel.Information, Message = "Configuration: {Summary}")]
    private static partial void LogConfiguration(ILogger logger, string summary);

    [LoggerMessage(
        Level = LogLevel.Information, Message = "Chronos {Version} listens on {Addresses} (data in {Folder})")]
    private static partial void LogListening(ILogger logger, string version, string addresses, string folder);

    [LoggerMessage(Level = LogLevel.Information, Message = "Added {Count} example jobs")]
    private static partial void LogDemo(ILogger logger, int count);
}
