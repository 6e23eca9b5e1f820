using System.Buffers;
using Chronos.Core.Jobs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Node;

namespace Chronos.Server.Endpoints.Native;

/// <summary>Which jobs are meant; what is null does not filter.</summary>
internal sealed record JobFilter
{
    private SearchValues<string>? namePart;
    private SearchValues<string>? textPart;

    public string? Name
    {
        get;
        init => namePart = (field = value) is null ? null : Search(value!);
    }

    public string? Owner { get; init; }

    public IReadOnlyList<string> Labels { get; init; } = [];

    public string? State { get; init; }

    public string? LastRun { get; init; }

    public bool? Disabled { get; init; }

    public string? Parent { get; init; }

    public string? Kind { get; init; }

    public string? Engine { get; init; }

    /// <summary>Whether <see cref="Engine"/> is that of jobs which name none.</summary>
    public bool IsDefaultEngine { get; init; }

    public string? Text
    {
        get;
        init => textPart = (field = value) is null ? null : Search(value!);
    }

    public bool IsEmpty => Name is null && IsEmptyButName;

    private bool IsEmptyButName => this is
    {
        Owner: null, Labels.Count: 0, State: null, LastRun: null, Disabled: null, Parent: null, Text: null,
        Kind: null, Engine: null,
    };

    /// <summary>Whether the job is meant. A name is told from the entry alone: what it does not touch need not be
    /// fetched into the processor.</summary>
    public bool Admits(JobEntry entry)
    {
        if (namePart is not null && !Contains(entry.Name, namePart)) return false;
        return entry.Snapshot is { } snapshot && (IsEmptyButName || AdmitsButName(snapshot));
    }

    private bool AdmitsButName(JobSnapshot snapshot)
    {
        var job = snapshot.Job;
        return (Disabled is not { } disabled || job.Disabled == disabled)
            && (State is null || Wire.StateOf(snapshot) == State)
            && (LastRun is null || LastOf(snapshot) == LastRun)
            && (Parent is null || job.Parents.AsSpan().Contains(Parent))
            && (Kind is null || KindOf(job) == Kind)
            && (Engine is null || job.Task.Engine == Engine || (job.Task.Engine.Length == 0 && IsDefaultEngine))
            && (Owner is null || HasOwner(job.Owner))
            && (Labels.Count == 0 || HasLabels(job))
            && (textPart is null || Contains(job.Name, textPart) || Contains(job.Command, textPart)
                || Contains(job.Description, textPart));
    }

    private bool HasLabels(Job job)
    {
        for (var i = 0; i < Labels.Count; i++) // an enumerator would be an object per job
            if (!HasLabel(job, Labels[i])) return false;
        return true;
    }

    private static bool Contains(string text, SearchValues<string> part) => text.AsSpan().ContainsAny(part);

    // Prepared once per request: for many short texts this is several times as fast as string.Contains.
    private static SearchValues<string> Search(string part) =>
        SearchValues.Create([part], StringComparison.OrdinalIgnoreCase);

    private static string KindOf(Job job) =>
        job.Schedule is not null ? "schedule" : job.Parents.IsEmpty ? "manual" : "parents";

    private static string LastOf(JobSnapshot snapshot) =>
        snapshot.State.LastRun is { } run ? Wire.Word(run.State) : "none";

    private bool HasOwner(JobOwner owner)
    {
        if (owner.OwnerName.Equals(Owner, StringComparison.OrdinalIgnoreCase)) return true;
        if (owner.Owner.Length < Owner!.Length) return false; // called only where an owner is asked for
        foreach (var part in owner.Owner.AsSpan().Split(','))
            if (owner.Owner.AsSpan(part).Trim().Equals(Owner, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }

    private static bool HasLabel(Job job, string wanted)
    {
        var equals = wanted.IndexOf('=', StringComparison.Ordinal);
        foreach (ref readonly var label in job.Labels.AsSpan())
        {
            if (equals < 0 && label.Key == wanted) return true;
            if (equals >= 0 && wanted.AsSpan(0, equals).SequenceEqual(label.Key)
                && wanted.AsSpan(equals + 1).SequenceEqual(label.Value)) return true;
        }

        return false;
    }
}
