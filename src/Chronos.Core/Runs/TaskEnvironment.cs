using System.Globalization;
using Chronos.Core.Jobs;
using NodaTime.Text;

namespace Chronos.Core.Runs;

/// <summary>The variables a task finds: those of Mesos Chronos, ours, then the job's and the run's. Built-in names
/// cannot be overridden; of two equal names the first counts, and those of a run come before those of its
/// job.</summary>
public static class TaskEnvironment
{
    /// <summary>Builds the variables of an attempt, all but <c>HOST</c>.</summary>
    public static ValueList<EnvironmentVariable> For(Job job, Run run, string taskId)
    {
        var nominalMilliseconds = run.Nominal.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        List<EnvironmentVariable> variables =
        [
            new("mesos_task_id", taskId),
            new("MESOS_TASK_ID", taskId),
            new("CHRONOS_JOB_OWNER", job.Owner.Owner),
            new("CHRONOS_JOB_NAME", job.Name),
            new("CHRONOS_RESOURCE_CPU", JavaDouble(job.Resources.Cpus)),
            new("CHRONOS_RESOURCE_MEM", JavaDouble(job.Resources.Mem)),
            new("CHRONOS_RESOURCE_DISK", JavaDouble(job.Resources.Disk)),
            new("CHRONOS_JOB_RUN_TIME", nominalMilliseconds),
            new("CHRONOS_JOB_RUN_ATTEMPT", (run.Attempt - 1).ToString(CultureInfo.InvariantCulture)),
            new("CHRONOS_RUN_ID", run.Id.ToString()),
            new("CHRONOS_ATTEMPT_ID", run.AttemptId.ToString()),
            new("CHRONOS_NOMINAL_TIME", InstantPattern.ExtendedIso.Format(run.Nominal)),
            new("CHRONOS_CAUSE", CauseWord(run.Cause.Kind)),
        ];
        if (run.Environment.IsEmpty && job.Task.Environment.IsEmpty && job.Task.Secrets.IsEmpty)
            return variables.ToValueList();
        var names = new HashSet<string>(variables.Select(v => v.Name), StringComparer.Ordinal) { "HOST" };
        AddNew(run.Environment, variables, names);
        AddNew(job.Task.Environment, variables, names);
        AddNew(job.Task.Secrets, variables, names);
        return variables.ToValueList();
    }

    /// <summary>A number as Java prints a double: <c>128.0</c>, <c>0.1</c>, as tasks written for Mesos Chronos
    /// expect.</summary>
    public static string JavaDouble(double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        return text.AsSpan().IndexOfAny('.', 'E') < 0 ? text + ".0" : text;
    }

    private static string CauseWord(RunCauseKind kind) => kind switch
    {
        RunCauseKind.Schedule => "schedule",
        RunCauseKind.Parents => "parents",
        RunCauseKind.Manual => "manual",
        RunCauseKind.Backfill => "backfill",
        RunCauseKind.Repeat => "repeat",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown cause."),
    };

    private static void AddNew(
        ValueList<EnvironmentVariable> from, List<EnvironmentVariable> variables, HashSet<string> names)
    {
        foreach (var variable in from.AsSpan())
            if (names.Add(variable.Name)) variables.Add(variable);
    }
}
