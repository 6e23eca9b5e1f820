using System.Collections.Concurrent;

namespace Chronos.Core.Jobs;

/// <summary>Gives equal parts of jobs one shared instance, which keeps many jobs small. Safe to use from any thread.
/// Holds a bounded number of instances; past it, values are returned unshared.</summary>
public sealed class JobInterner
{
    private readonly Pool<TaskOptions> tasks = new();
    private readonly Pool<RunPolicy> policies = new();
    private readonly Pool<Resources> resources = new();
    private readonly Pool<JobOwner> owners = new();
    private readonly Pool<JobSchedule> schedules = new();
    private readonly Pool<string> texts = new(4_096); // most commands are of one job only

    internal TaskOptions Share(TaskOptions value) => tasks.Share(value);

    internal RunPolicy Share(RunPolicy value) => policies.Share(value);

    internal Resources Share(Resources value) => resources.Share(value);

    internal JobOwner Share(JobOwner value) => owners.Share(value);

    internal JobSchedule Share(JobSchedule value) => schedules.Share(value);

    internal string Share(string value) => texts.Share(value);

    private sealed class Pool<T>(int countMax = 65_536)
        where T : class
    {
        private readonly ConcurrentDictionary<T, T> instances = new();
        private int count; // ConcurrentDictionary.Count takes every lock

        public T Share(T value)
        {
            if (instances.TryGetValue(value, out var shared)) return shared;
            if (Volatile.Read(ref count) >= countMax) return value;
            shared = instances.GetOrAdd(value, value);
            if (ReferenceEquals(shared, value)) Interlocked.Increment(ref count);
            return shared;
        }
    }
}
