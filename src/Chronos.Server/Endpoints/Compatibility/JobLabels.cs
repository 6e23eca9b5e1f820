using System.Globalization;
using Chronos.Core.Jobs;
using Chronos.Core.Runs;

namespace Chronos.Server.Endpoints.Compatibility;

/// <summary>The two words by which Mesos Chronos tells how a job does.</summary>
internal static class JobLabels
{
    /// <summary>The last result: <c>fresh</c>, <c>success</c> or <c>failure</c>. Equal instants count as
    /// failure.</summary>
    public static string Status(JobCounters counters) => counters switch
    {
        { LastSuccess: null, LastError: null } => "fresh",
        { LastSuccess: { } success, LastError: var error } when error is null || success > error => "success",
        _ => "failure",
    };

    /// <summary>The present state: <c>N running</c>, else <c>queued</c>, else <c>idle</c>.</summary>
    public static string State(JobState state)
    {
        var running = 0;
        foreach (var run in state.ActiveRuns)
            if (run.State is RunState.Starting or RunState.Running)
                running++;
        if (running > 0) return string.Create(CultureInfo.InvariantCulture, $"{running} running");
        return state.ActiveRuns.IsEmpty ? "idle" : "queued";
    }
}
