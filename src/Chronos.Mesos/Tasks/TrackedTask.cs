using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using Chronos.Mesos.Detection;
using NodaTime;

namespace Chronos.Mesos.Tasks;

/// <summary>What the engine knows of an attempt.</summary>
internal sealed class TrackedTask(AttemptId id, string jobName)
{
    internal AttemptId Id { get; } = id;

    internal string JobName { get; } = jobName;

    internal TaskStage Stage { get; set; }

    /// <summary>How to launch it; kept until an agent has it.</summary>
    internal LaunchRequest? Request { get; set; }

    /// <summary>What it reserves on its agent.</summary>
    internal Resources Resources { get; set; } = new(0, 0, 0);

    /// <summary>Its agent; null: none, or not known.</summary>
    internal string? AgentId { get; set; }

    internal string HostName { get; set; } = "";

    /// <summary>Where the agent listens; null: not known.</summary>
    internal MasterAddress? AgentAddress { get; set; }

    /// <summary>Whether it may have run: a master or an agent has said that it has it.</summary>
    internal bool WasSeen { get; set; }

    internal Instant? StartedAt { get; set; }

    /// <summary>What was told of it last; null: nothing yet.</summary>
    internal AttemptStatus? Latest { get; set; }

    /// <summary>The end as the agent told it, to acknowledge when it is durable; null: the master told it.</summary>
    internal TaskStatus? End { get; set; }

    /// <summary>Since when only its agent can say what became of it, as a timestamp: it is out of reach, or has come
    /// back and not told yet; null: nothing is missing.</summary>
    internal long? SilentSince { get; set; }

    /// <summary>When it was last launched, or refused and left for later, as a timestamp.</summary>
    internal long WatchedSince { get; set; }

    /// <summary>How often its launch was refused because Mesos still knew an earlier one under its id.</summary>
    internal int Refusals { get; set; }

    /// <summary>A kill to repeat; null: none was asked for.</summary>
    internal KillWish? Kill { get; set; }

    internal ReconciliationAnswers Answers { get; } = new();

    internal bool IsRunning => Stage == TaskStage.Launched && Latest is { Phase: AttemptPhase.Running };
}

/// <summary>A kill that was asked for.</summary>
/// <param name="Grace">How long it is polite; null: as the task says.</param>
/// <param name="SentAt">When it was sent last, as a timestamp; null: not yet.</param>
internal sealed record KillWish(Duration? Grace, long? SentAt);
