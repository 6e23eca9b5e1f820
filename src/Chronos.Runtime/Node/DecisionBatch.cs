using Chronos.Core.Scheduling;
using Chronos.Runtime.Ports;

namespace Chronos.Runtime.Node;

/// <summary>Decisions that become durable together, and what is to follow then.</summary>
internal sealed class DecisionBatch
{
    private readonly List<CommitUnit> ready = [];
    private readonly List<Change> changes = [];
    private readonly List<int> ends = [];
    private readonly List<Effect> effects = [];
    private readonly List<PendingAnswer> answers = [];

    /// <summary>The number of units to store.</summary>
    public int UnitCount => ready.Count + ends.Count;

    /// <summary>What was decided, in order.</summary>
    public IReadOnlyList<Change> Changes => changes;

    /// <summary>What to do once it is durable.</summary>
    public IReadOnlyList<Effect> Effects => effects;

    /// <summary>Whom to answer after that.</summary>
    public IReadOnlyList<PendingAnswer> Answers => answers;

    public bool IsEmpty => UnitCount == 0 && effects.Count == 0 && answers.Count == 0;

    /// <summary>Takes the output of the scheduler and leaves it empty.</summary>
    public void Take(Scheduler scheduler)
    {
        foreach (var end in scheduler.UnitEnds) ends.Add(changes.Count + end);
        changes.AddRange(scheduler.Changes);
        effects.AddRange(scheduler.Effects);
        scheduler.ClearOutput();
    }

    public void AddAnswer(PendingAnswer answer) => answers.Add(answer);

    public void AddUnit(CommitUnit unit) => ready.Add(unit);

    /// <summary>What to store, in order.</summary>
    public IReadOnlyList<CommitUnit> Units(DocumentCodec codec) => new EncodedUnits(ready, changes, ends, codec);
}

/// <summary>An answer that waits for its decision to become durable.</summary>
internal readonly record struct PendingAnswer(TaskCompletionSource<Reply> Caller, Reply Reply);
