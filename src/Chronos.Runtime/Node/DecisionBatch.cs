using Chronos.Core.Scheduling;
using Chronos.Runtime.Ports;

namespace Chronos.Runtime.Node;

/// <summary>Decisions that become durable together, and what is to follow then.</summary>
internal sealed class DecisionBatch
{
    private const int ItemsKept = 65_536;
    private readonly List<CommitUnit> ready = [];
    private readonly List<Change> changes = [];
    private readonly List<int> ends = [];
    private readonly List<Effect> effects = [];
    private readonly List<PendingAnswer> answers = [];

    /// <summary>The number of units to store.</summary>
    public int UnitCount => ready.Count + ends.Count;

    /// <summary>Units that no decision made; they come first.</summary>
    public IReadOnlyList<CommitUnit> Ready => ready;

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
        for (var i = 0; i < scheduler.UnitEnds.Count; i++) ends.Add(changes.Count + scheduler.UnitEnds[i]);
        changes.AddRange(scheduler.Changes);
        effects.AddRange(scheduler.Effects);
        scheduler.ClearOutput();
    }

    /// <summary>Makes it ready to collect anew. A list that was unusually long is not kept.</summary>
    public void Clear()
    {
        Clear(ready);
        Clear(changes);
        Clear(ends);
        Clear(effects);
        Clear(answers);
    }

    private static void Clear<T>(List<T> list)
    {
        list.Clear();
        if (list.Capacity > ItemsKept) list.Capacity = 0;
    }

    public void AddAnswer(PendingAnswer answer) => answers.Add(answer);

    public void AddUnit(CommitUnit unit) => ready.Add(unit);

    /// <summary>What to store, in order.</summary>
    public IReadOnlyList<CommitUnit> Units(DocumentCodec codec) => new EncodedUnits(ready, changes, ends, codec);
}

/// <summary>An answer that waits for its decision to become durable.</summary>
internal readonly record struct PendingAnswer(TaskCompletionSource<Reply> Caller, Reply Reply);
