using Chronos.Core.Runs;
using Chronos.Runtime.Node;
using Chronos.Runtime.Ports;

namespace Chronos.Server.Endpoints.Native;

/// <summary>Reads output of attempts from whichever engine has it: the job may have moved to another since, or be
/// deleted.</summary>
internal sealed class RunLogs(SchedulerNode node)
{
    /// <exception cref="LogUnavailableException">The engine that has it cannot give it.</exception>
    public async Task<Runtime.Ports.LogPart?> ReadAsync(
        FoundRun run, AttemptId attempt, LogStream stream, LogRange range, CancellationToken cancellationToken)
    {
        LogUnavailableException? unavailable = null;
        foreach (var engine in Candidates(run))
        {
            try
            {
                var part = await engine.ReadLogAsync(
                    attempt, AgentOf(run.Run, attempt), stream, range.Offset, range.BytesMax, cancellationToken);
                if (part is not null) return part;
            }
            catch (LogUnavailableException e)
            {
                unavailable = e; // another engine may have it
            }
        }

        return unavailable is null ? null : throw unavailable;
    }

    private static string AgentOf(Run run, AttemptId attempt)
    {
        foreach (var ended in run.Attempts)
            if (ended.Number == attempt.Number) return ended.Agent;
        return attempt.Number == run.Attempt ? run.Agent : "";
    }

    private IEnumerable<IEngine> Candidates(FoundRun run)
    {
        var likely = run.Job is { } job ? node.Engines.Find(job.Task.Engine) : null;
        if (likely is not null) yield return likely;
        foreach (var engine in node.Engines.All)
            if (engine != likely) yield return engine;
    }
}

/// <summary>A part of an output to read.</summary>
/// <param name="Offset">First byte; negative: that many before the end.</param>
/// <param name="BytesMax">At most this many.</param>
internal readonly record struct LogRange(long Offset, int BytesMax);
