using NodaTime;

namespace Chronos.Core.Jobs;

/// <summary>A named definition: what to run, when, and with which policies. Immutable; made only by
/// <see cref="JobReader"/>, so that every instance satisfies the rules of <see cref="JobValidator"/>. Options that few
/// jobs set live in groups that jobs share, which keeps a million jobs small.</summary>
public sealed record Job
{
    /// <summary>1 to 255 characters of <c>[\w\s.#-]</c>, unique in a cluster, without blanks at either end.</summary>
    public required string Name { get; init; }

    /// <summary>Free text for people.</summary>
    public string Description { get; init; } = "";

    /// <summary>Who is told and who is responsible.</summary>
    public JobOwner Owner { get; init; } = JobOwner.None;

    /// <summary>Free <c>key=value</c> pairs to filter by, sorted by key.</summary>
    public ValueList<Label> Labels { get; init; }

    /// <summary>A disabled job is started neither by its schedule nor by its parents nor by hand.</summary>
    public bool Disabled { get; init; }

    /// <summary>When the job is due; null where it has parents or is only started by hand.</summary>
    public JobSchedule? Schedule { get; init; }

    /// <summary>Names of the jobs that start this one when they finish; sorted, without duplicates. Empty for a
    /// scheduled job.</summary>
    public ValueList<string> Parents { get; init; }

    /// <summary>Which outcome of the parents counts.</summary>
    public ParentTrigger Trigger { get; init; } = ParentTrigger.Success;

    /// <summary>The shell line, or the program where <see cref="TaskOptions.Shell"/> is false.</summary>
    public string Command { get; init; } = "";

    /// <summary>How the command is run.</summary>
    public TaskOptions Task { get; init; } = TaskOptions.Default;

    /// <summary>What an attempt reserves on the machine that runs it.</summary>
    public Resources Resources { get; init; } = Resources.Default;

    /// <summary>Retries, overlap, timeouts and what happens on failure.</summary>
    public RunPolicy Policy { get; init; } = RunPolicy.Default;
}

/// <summary>Which outcome of a parent's run counts for its children. Runs that were skipped or missed never count;
/// a failed run of a job with <see cref="RunPolicy.SoftError"/> counts as a success.</summary>
public enum ParentTrigger
{
    /// <summary>The parent succeeded.</summary>
    Success,

    /// <summary>The parent failed after its last retry, or was lost.</summary>
    Failure,

    /// <summary>The parent ended in any way, killed ones included.</summary>
    Completion,
}

/// <summary>A free <c>key=value</c> pair on a job.</summary>
public sealed record Label(string Key, string Value);

/// <summary>Who owns a job. <see cref="Owner"/> holds notification targets separated by commas.</summary>
public sealed record JobOwner(string Owner, string OwnerName)
{
    /// <summary>Nobody.</summary>
    public static readonly JobOwner None = new("", "");
}

/// <summary>What an attempt reserves: processors (cores, fractions allowed), memory and disk (mebibytes), and GPUs.
/// </summary>
public sealed record Resources(double Cpus, double Mem, double Disk)
{
    /// <summary>The defaults of Mesos Chronos: 0.1 cpus, 128 MiB memory, 256 MiB disk.</summary>
    public static readonly Resources Default = new(0.1, 128, 256);

    /// <summary>Whole graphics processors; default none.</summary>
    public int Gpus { get; init; }
}
