namespace Chronos.Mesos.Tasks;

/// <summary>What tasks have in common.</summary>
public sealed record MesosTaskOptions
{
    /// <summary>Prefix of task names, which the Mesos UI shows. Default <c>ChronosTask:</c>, as Mesos Chronos had
    /// it.</summary>
    public string NamePrefix { get; init; } = "ChronosTask:";

    /// <summary>Time between the polite signal and the kill where the job does not say. Default 10 s.</summary>
    public TimeSpan KillGrace { get; init; } = TimeSpan.FromSeconds(10);
}
