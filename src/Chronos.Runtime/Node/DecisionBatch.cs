using Chronos.Core.Scheduling;
using Chronos.Runtime.Ports;

namespace Chronos.Runtime.Node;

/// <summary>Decisions that become durable together, and what is to follow then.</summary>
internal sealed class DecisionBatch
{
    private readonly List<CommitUnit> units = [];
    private readonly List<Change> changes = [];
    private readonly List<Effect> effects = [];
    private readonly List<PendingAnswer> answers = [];

    /// <summary>What to store, in order.</summary>
    public IReadOnlyList<CommitUnit> Units => units;

    /// <summary>What was decided, in order.</summary>
    public IReadOnlyList<Change> Changes => changes;

    /// <summary>What to do once it is durable.</summary>
    public IReadOnlyList<Effect> Effects => effects;

    /// <summary>Whom to answer after that.</summary>
    public IReadOnlyList<PendingAnswer> Answers => answers;

    public bool IsEmpty => units.Count == 0 && effects.Count == 0 && answers.Count == 0;

    /// <summary>Takes the output of the scheduler and leaves it empty.</summary>
    public void Take(Scheduler scheduler, DocumentCodec codec)
    {
        var start = 0;
        var ends = scheduler.UnitEnds;
        for (var i = 0; i < ends.Count; i++)
        {
            var end = ends[i];
            units.Add(codec.Encode(scheduler.Changes, start, end));
            start = end;
        }

        changes.AddRange(scheduler.Changes);
        effects.AddRange(scheduler.Effects);
        scheduler.ClearOutput();
    }

    public void AddAnswer(PendingAnswer answer) => answers.Add(answer);

    public void AddUnit(CommitUnit unit) => units.Add(unit);
}

/// <summary>An answer that waits for its decision to become durable.</summary>
internal readonly record struct PendingAnswer(TaskCompletionSource<Reply> Caller, Reply Reply);
