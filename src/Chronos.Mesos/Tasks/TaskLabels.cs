using Chronos.Core.Jobs;
using Chronos.Core.Scheduling;
using Chronos.Mesos.Protocol;
using Label = Chronos.Core.Jobs.Label;

namespace Chronos.Mesos.Tasks;

/// <summary>Labels of tasks: those of the job, and what finds the run again.</summary>
internal static class TaskLabels
{
    /// <summary>The labels of an attempt; ours come last and have names of their own.</summary>
    internal static Labels Of(LaunchRequest request) => ToMessage(
    [
        .. request.Job.Labels,
        new("chronos_job", request.Job.Name),
        new("chronos_run", request.Run.Id.ToString()),
        new("chronos_task_id", request.TaskId),
    ]);

    internal static Labels ToMessage(ValueList<Label> labels) => new()
    {
        Labels_ = { labels.Select(label => new Protocol.Label { Key = label.Key, Value = label.Value }) },
    };
}
