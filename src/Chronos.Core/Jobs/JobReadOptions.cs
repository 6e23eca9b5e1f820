using NodaTime;

namespace Chronos.Core.Jobs;

/// <summary>Which form of job JSON is read.</summary>
public enum JobDialect
{
    /// <summary>Mesos Chronos 2.x and 3.x: numbers and booleans may be text, unknown fields are ignored.</summary>
    Chronos,

    /// <summary>The native API: strict, unknown fields are refused.</summary>
    Native,

    /// <summary>A document of the state store, written by <see cref="JobWriter.WriteStored"/>. Rules are not checked
    /// again, so that a rule which becomes stricter loses no job; whether the schedule still parses shows when the
    /// scheduler takes the job.</summary>
    Stored,
}

/// <summary>Which kind of job the reader's caller accepts.</summary>
public enum JobKindExpectation
{
    /// <summary>Any.</summary>
    Any,

    /// <summary>One with a schedule (<c>/scheduler/iso8601</c>).</summary>
    Scheduled,

    /// <summary>One with parents (<c>/scheduler/dependency</c>).</summary>
    Dependent,
}

/// <summary>What <see cref="JobReader"/> needs to know beside the JSON.</summary>
public sealed record JobReadOptions
{
    /// <summary>The form of the JSON.</summary>
    public required JobDialect Dialect { get; init; }

    /// <summary>The server's defaults for absent fields.</summary>
    public JobDefaults Defaults { get; init; } = JobDefaults.BuiltIn;

    /// <summary>The zone of schedules that name none.</summary>
    public DateTimeZone DefaultZone { get; init; } = DateTimeZone.Utc;

    /// <summary>When the JSON arrived; the start of a Chronos job that has neither schedule nor parents.</summary>
    public Instant Now { get; init; }

    /// <summary>The kind of job that is accepted.</summary>
    public JobKindExpectation Kind { get; init; } = JobKindExpectation.Any;

    /// <summary>The job that is being replaced: the source of secrets that the client saw only masked, and of settings
    /// that the read form cannot show. Null: a new job.</summary>
    public Job? Existing { get; init; }

    /// <summary>Bounds on sizes.</summary>
    public JobLimits Limits { get; init; } = JobLimits.Default;

    /// <summary>Shares equal parts of jobs; null: only the built-in defaults are shared.</summary>
    public JobInterner? Interner { get; init; }
}

/// <summary>Values for fields that a job leaves out (<c>--mesos_task_cpu</c> and the like).</summary>
public sealed record JobDefaults
{
    /// <summary>What an attempt reserves.</summary>
    public Resources Resources { get; init; } = Resources.Default;

    /// <summary>The server's <c>--user</c>. Jobs that name no user follow it when it changes.</summary>
    public string RunAsUser { get; init; } = "root";

    /// <summary>The server's <c>--task_epsilon</c>.</summary>
    public Duration Epsilon { get; init; } = JobSchedule.DefaultEpsilon;

    /// <summary>Extra attempts after the first.</summary>
    public int Retries { get; init; } = RunPolicy.Default.Retries;

    /// <summary>The defaults of Mesos Chronos.</summary>
    public static readonly JobDefaults BuiltIn = new();
}

/// <summary>Bounds on the sizes of a job, so that no client can fill the memory of a cluster in one go.</summary>
public sealed record JobLimits
{
    /// <summary>Characters of the command and of each argument; 65,536, less than Linux's limit of 131,072.</summary>
    public int CommandLengthMax { get; init; } = 65_536;

    /// <summary>Characters of any other text; 32,768.</summary>
    public int TextLengthMax { get; init; } = 32_768;

    /// <summary>Items of any list; 1,000.</summary>
    public int ListItemsMax { get; init; } = 1_000;

    /// <summary>Whatever was accepted once is read again.</summary>
    internal static readonly JobLimits None = new()
    {
        CommandLengthMax = int.MaxValue,
        TextLengthMax = int.MaxValue,
        ListItemsMax = int.MaxValue,
    };

    /// <summary>The bounds above.</summary>
    public static readonly JobLimits Default = new();
}
