using System.Collections.Concurrent;
using System.Globalization;
using Chronos.Core.Jobs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Node;

namespace Chronos.Server.Endpoints.Compatibility.ChronosGo;

/// <summary>The jobs that clients of chronos-go know by number. The number is a label of the job, so it is as durable
/// as the job itself; chronos-go counted anew after each restart and overwrote jobs.</summary>
internal sealed class GoJobIndex(Func<SchedulerNode> node)
{
    /// <summary>The label that holds the number.</summary>
    public const string IdLabel = "chronos-go.id";

    /// <summary>The label that holds the name as the client gave it, where the job could not have it.</summary>
    public const string NameLabel = "chronos-go.name";

    /// <summary>The label of jobs that were made to run once; they have no number.</summary>
    public const string ForcedLabel = "chronos-go.forcerun";

    private readonly ConcurrentDictionary<int, string> names = new();
    private int greatest;

    /// <summary>Held while a number is taken or a job behind a number is replaced.</summary>
    public SemaphoreSlim Writing { get; } = new(1, 1);

    /// <summary>The job of this number; null: there is none.</summary>
    public JobSnapshot? Find(int id)
    {
        if (names.TryGetValue(id, out var name) && node().Jobs.Find(name) is { } known && IdOf(known.Job) == id)
            return known;
        return All().GetValueOrDefault(id);
    }

    /// <summary>All jobs that have a number. Should two claim the same, the first by name has it.</summary>
    public IReadOnlyDictionary<int, JobSnapshot> All()
    {
        var all = new Dictionary<int, JobSnapshot>();
        foreach (var snapshot in node().Jobs.InOrder())
            if (IdOf(snapshot.Job) is { } id && all.TryAdd(id, snapshot))
                names[id] = snapshot.Job.Name;
        foreach (var id in names.Keys)
            if (!all.ContainsKey(id))
                names.TryRemove(id, out _);
        return all;
    }

    /// <summary>A number that no job has and that this process has not given before.</summary>
    public int TakeId()
    {
        foreach (var id in All().Keys) greatest = Math.Max(greatest, id);
        return ++greatest;
    }

    /// <summary>The number of a job; null: it has none.</summary>
    public static int? IdOf(Job job) =>
        Label(job, IdLabel) is { } text
        && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;

    /// <summary>The name as the client gave it.</summary>
    public static string NameOf(Job job) => Label(job, NameLabel) ?? job.Name;

    private static string? Label(Job job, string key)
    {
        foreach (var label in job.Labels)
            if (label.Key == key) return label.Value;
        return null;
    }
}
