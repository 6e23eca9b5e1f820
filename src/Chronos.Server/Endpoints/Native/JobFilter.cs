using Chronos.Core.Jobs;
using Chronos.Core.Scheduling;

namespace Chronos.Server.Endpoints.Native;

/// <summary>Which jobs are meant; what is null does not filter.</summary>
internal sealed record JobFilter
{
    public string? Name { get; init; }

    public string? Owner { get; init; }

    public IReadOnlyList<string> Labels { get; init; } = [];

    public string? State { get; init; }

    public string? LastRun { get; init; }

    public bool? Disabled { get; init; }

    public string? Parent { get; init; }

    public string? Text { get; init; }

    public bool IsEmpty => this is
    {
        Name: null, Owner: null, Labels.Count: 0, State: null, LastRun: null, Disabled: null, Parent: null, Text: null,
    };

    public bool Admits(JobSnapshot snapshot)
    {
        var job = snapshot.Job;
        return (Name is null || Contains(job.Name, Name))
            && (Disabled is not { } disabled || job.Disabled == disabled)
            && (State is null || Wire.StateOf(snapshot) == State)
            && (LastRun is null || LastOf(snapshot) == LastRun)
            && (Parent is null || job.Parents.AsSpan().Contains(Parent))
            && (Owner is null || HasOwner(job.Owner))
            && Labels.All(label => HasLabel(job, label))
            && (Text is null || Contains(job.Name, Text) || Contains(job.Command, Text)
                || Contains(job.Description, Text));
    }

    private static bool Contains(string text, string part) => text.Contains(part, StringComparison.OrdinalIgnoreCase);

    private static string LastOf(JobSnapshot snapshot) =>
        snapshot.State.LastRun is { } run ? Wire.Word(run.State) : "none";

    private bool HasOwner(JobOwner owner)
    {
        if (owner.OwnerName.Equals(Owner, StringComparison.OrdinalIgnoreCase)) return true;
        foreach (var part in owner.Owner.AsSpan().Split(','))
            if (owner.Owner.AsSpan(part).Trim().Equals(Owner, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }

    private static bool HasLabel(Job job, string wanted)
    {
        var equals = wanted.IndexOf('=', StringComparison.Ordinal);
        foreach (var label in job.Labels)
        {
            if (equals < 0 && label.Key == wanted) return true;
            if (equals >= 0 && wanted.AsSpan(0, equals).SequenceEqual(label.Key)
                && wanted.AsSpan(equals + 1).SequenceEqual(label.Value)) return true;
        }

        return false;
    }
}
