using Chronos.Api;
using Chronos.Client;
using Chronos.CommandLine;

namespace Chronos.Runs;

/// <summary>Runs as people and scripts see them.</summary>
public static class RunText
{
    private const int SignalBase = 128;

    /// <summary>Whether a run has ended.</summary>
    public static bool HasEnded(RunDocument run) => run.State is not ("queued" or "starting" or "running");

    /// <summary>0 for a run that succeeded; else the exit code of its last attempt, 128 and the signal that ended it,
    /// or 1.</summary>
    public static int ExitCodeOf(RunDocument run)
    {
        if (run.State == "succeeded") return ExitCodes.Success;
        var last = run.Attempts.Count > 0 ? run.Attempts[^1] : null;
        if (last?.ExitCode is > 0 and <= byte.MaxValue and var code) return code;
        return last?.Signal is > 0 and < SignalBase and var signal ? SignalBase + signal : ExitCodes.Refused;
    }

    /// <summary>Writes one run.</summary>
    public static void Write(ClientCall call, RunDocument run)
    {
        if (call.WantsJson)
        {
            JsonOutput.Write(call.Output, run);
            return;
        }
        call.Output.WriteLine($"run:      {run.Id}");
        call.Output.WriteLine($"job:      {run.Job}");
        call.Output.WriteLine($"state:    {run.State}{(run.Reason is { } reason ? ": " + reason : "")}");
        call.Output.WriteLine($"cause:    {run.Cause.Kind}{(run.Cause.Detail is { } detail ? ": " + detail : "")}");
        call.Output.WriteLine($"due:      {TextTable.Time(run.Nominal)}");
        if (run.StartedAt is { } started) call.Output.WriteLine($"started:  {TextTable.Time(started)}");
        if (run.EndedAt is { } ended)
            call.Output.WriteLine($"ended:    {TextTable.Time(ended)}, took {TextTable.Length(run.StartedAt, ended)}");
        if (run.RetryAt is { } retry) call.Output.WriteLine($"retry at: {TextTable.Time(retry)}");
        if (run.Attempts.Count > 0) WriteAttempts(call.Output, run);
    }

    /// <summary>How a run stands, as a sentence.</summary>
    public static string Sentence(RunDocument run) =>
        $"Run {run.Id} {run.State}{(run.Reason is { } reason ? ": " + reason : ".")}";

    private static void WriteAttempts(TextWriter output, RunDocument run)
    {
        var table = new TextTable("ATTEMPT", "OUTCOME", "EXIT", "TOOK", "AGENT", "MESSAGE");
        foreach (var attempt in run.Attempts)
            table.Add(
                attempt.Number.ToString(),
                attempt.Outcome,
                attempt.ExitCode?.ToString() ?? (attempt.Signal is { } signal ? $"signal {signal}" : "-"),
                TextTable.Length(attempt.StartedAt, attempt.EndedAt),
                attempt.Agent,
                attempt.Message);
        table.Write(output);
    }
}
