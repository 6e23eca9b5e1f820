using System.Globalization;
using Chronos.Core.Jobs;

namespace Chronos.Mesos.Tasks;

/// <summary>What a Mesos cluster cannot do for a job. Pure.</summary>
internal static class MesosJobRules
{
    /// <summary>All of it; empty: it can run the job.</summary>
    /// <param name="job">The job.</param>
    /// <param name="total">What the agents have together; zero: not known, so nothing is too large.</param>
    /// <param name="hasGpus">Whether the server asks for agents with GPUs.</param>
    internal static IReadOnlyList<Violation> Check(Job job, Resources total, bool hasGpus)
    {
        var violations = new List<Violation>();
        CheckAmount("cpus", job.Resources.Cpus, total.Cpus, violations);
        CheckAmount("mem", job.Resources.Mem, total.Mem, violations);
        CheckAmount("disk", job.Resources.Disk, total.Disk, violations);
        CheckGpus(job, hasGpus, violations);
        if (string.IsNullOrWhiteSpace(job.Command) && job.Task.Container is null && job.Task.Executor.Length == 0)
            violations.Add(new(
                "command", job.Command, "Engine mesos needs a command, a container or an executor.",
                "Write the shell line or program to run."));
        if (job.Task.WorkingDirectory.Length > 0)
            violations.Add(new(
                "workingDirectory", job.Task.WorkingDirectory, "Engine mesos runs commands in their sandboxes.",
                "Leave it out, and begin the command with 'cd'."));
        return violations;
    }

    private static void CheckGpus(Job job, bool hasGpus, List<Violation> violations)
    {
        if (job.Resources.Gpus == 0) return;
        var wanted = job.Resources.Gpus.ToString(CultureInfo.InvariantCulture);
        if (!hasGpus)
            violations.Add(new(
                "gpus", wanted, "This server takes no offers of agents with GPUs.",
                "Start it with --mesos-gpus, or leave the field out."));
        if (job.Task.Container is { Type: ContainerType.Docker })
            violations.Add(new(
                "gpus", wanted, "Agents give no GPUs to Docker containers.",
                "Use a container of type MESOS, which runs the same images, or none."));
    }

    private static void CheckAmount(string field, double wanted, double total, List<Violation> violations)
    {
        if (total <= 0 || wanted <= total) return;
        violations.Add(new(
            field, wanted.ToString(CultureInfo.InvariantCulture),
            $"All agents together have {total.ToString("0.###", CultureInfo.InvariantCulture)}.",
            "Reserve less, or add agents."));
    }
}
