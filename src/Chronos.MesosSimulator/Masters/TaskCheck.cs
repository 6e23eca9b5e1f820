using Chronos.Mesos.Protocol;
using Chronos.MesosSimulator.Resources;
using Google.Protobuf.Collections;

namespace Chronos.MesosSimulator.Masters;

/// <summary>What a master finds wrong with a task; the texts begin as the real ones.</summary>
internal static class TaskCheck
{
    private const int IdLengthMax = 255;

    /// <summary>Of the task alone; null: nothing.</summary>
    internal static string? Problem(TaskInfo task, LaunchSite site)
    {
        var id = task.TaskId.Value;
        if (IdProblem(id) is { } problem) return $"Invalid TaskID '{id}': {problem}";
        if (site.Framework.Tasks.ContainsKey(id)) return $"Task has duplicate ID: {id}";
        if (site.Framework.UnreachableTasks.ContainsKey(id)) return $"Task reuses the ID of an unreachable task: {id}";
        if (task.AgentId.Value != site.Agent.Id)
            return $"Task uses invalid agent {task.AgentId.Value} while agent {site.Agent.Id} is expected";
        if (task.KillPolicy?.GracePeriod is { Nanoseconds: < 0 })
            return "Task's 'kill_policy.grace_period' must be non-negative";
        if (task.MaxCompletionTime is { Nanoseconds: < 0 }) return "Task's 'max_completion_time' must be non-negative";
        if ((task.Command is null) == (task.Executor is null))
            return "Task should have at least one (but not both) of CommandInfo or ExecutorInfo present";
        return ResourceProblem(task.Resources, site, "Task uses no resources");
    }

    /// <summary>Of an executor; null: nothing, or there is none.</summary>
    internal static string? ExecutorProblem(ExecutorInfo? executor, LaunchSite site)
    {
        if (executor is null) return null;
        if (IdProblem(executor.ExecutorId.Value) is { } problem) return $"Invalid ExecutorID: {problem}";
        if (executor.Type == ExecutorInfo.Types.Type.Default && executor.Command is not null)
            return "'ExecutorInfo.command' must not be set for 'DEFAULT' executor";
        if (executor.Type != ExecutorInfo.Types.Type.Default && executor.Command is null)
            return "'ExecutorInfo.command' must be set for 'CUSTOM' executor";
        if (executor.FrameworkId.Value != site.Framework.Id) return "ExecutorInfo has an invalid FrameworkID";
        if (site.LiveExecutor(executor) is { Definition: { } live } && !live.Equals(executor))
            return "ExecutorInfo is not compatible with existing ExecutorInfo with same ExecutorID";
        return executor.Resources.Count == 0 ? null : ResourceProblem(executor.Resources, site, "");
    }

    /// <summary>Of the sum of what tasks and a new executor need; null: it is there.</summary>
    internal static string? AmountProblem(IEnumerable<TaskInfo> tasks, ExecutorInfo? executor, LaunchSite site)
    {
        var total = ResourceBag.Of(tasks.SelectMany(task => task.Resources));
        if (executor is not null && site.LiveExecutor(executor) is null) total.Add(ResourceBag.Of(executor.Resources));
        return site.Left.Contains(total)
            ? null
            : $"Total resources {total.Describe(site.Role)} required by task and its executor is more than available "
                + site.Left.Describe(site.Role);
    }

    /// <summary>Of a group; null: nothing.</summary>
    internal static string? GroupProblem(ExecutorInfo executor, IReadOnlyList<TaskInfo> tasks, LaunchSite site)
    {
        if (executor.Type is not (ExecutorInfo.Types.Type.Default or ExecutorInfo.Types.Type.Custom))
            return "'LaunchGroup.executor.type' must be set to 'DEFAULT' or 'CUSTOM'";
        var resources = ResourceBag.Of(executor.Resources);
        if (resources.Sum("cpus") < 10) return "Executor uses less CPUs than the minimum required (0.01)";
        if (resources.Sum("mem") < 32_000) return "Executor uses less memory than the minimum required (32MB)";
        if (resources.Sum("disk") <= 0) return "Executor must use 'disk' resources";
        if (executor.Container?.Type == ContainerInfo.Types.Type.Docker)
            return "Docker ContainerInfo is not supported on the executor";
        if (ExecutorProblem(executor, site) is { } problem) return problem;
        foreach (var task in tasks)
        {
            if (task.Executor is not null && !task.Executor.Equals(executor))
                return "The `ExecutorInfo` of task and group differ";
            if (task.Command is null) return $"Task '{task.TaskId.Value}' of the group has no command";
            if (task.Container?.Type == ContainerInfo.Types.Type.Docker)
                return "Docker ContainerInfo is not supported on the task";
            var alone = task.Clone();
            alone.Executor = null;
            if (Problem(alone, site) is { } wrong) return $"Task '{task.TaskId.Value}' is invalid: {wrong}";
        }

        if (tasks.Select(task => task.TaskId.Value).Distinct().Count() < tasks.Count)
            return "Task group has duplicate IDs";
        return AmountProblem(tasks, executor, site);
    }

    private static string? IdProblem(string id) =>
        id.Length == 0 ? "ID must not be empty"
        : id.Length > IdLengthMax ? $"ID must not be greater than {IdLengthMax} characters"
        : id is "." or ".." ? $"'{id}' is disallowed"
        : id.Any(letter => char.IsControl(letter) || letter is '/' or '\\') ? $"'{id}' contains invalid characters"
        : null;

    private static string? ResourceProblem(RepeatedField<Resource> resources, LaunchSite site, string none)
    {
        if (resources.Count == 0) return none;
        foreach (var resource in resources)
        {
            if (resource.Type == Value.Types.Type.Scalar && !(resource.Scalar?.Value >= 0))
                return $"Task uses invalid resources: Invalid scalar resource '{resource.Name}'";
#pragma warning disable CS0612 // the older form of a reservation is a deprecated field
            if (resource.HasRole && resource.Reservations.Count > 0)
                return "Task uses invalid resources: 'Resource.role' must not be set with 'Resource.reservations'";
#pragma warning restore CS0612
            if (resource.AllocationInfo is { HasRole: true } allocation && allocation.Role != site.Role)
                return $"Task uses resources allocated to role '{allocation.Role}' in an offer for '{site.Role}'";
            if (resource.Disk is not null || resource.Revocable is not null || resource.Shared is not null)
                return "Task uses invalid resources: volumes and revocable resources do not exist here";
        }

        return ResourceBag.Of(resources).IsEmpty && none.Length > 0 ? none : null;
    }
}
