using Chronos.Core.Scheduling;
using NodaTime;

namespace Chronos.Server.Endpoints.Native;

/// <summary>An order of jobs. Jobs that are equal in it go by name, so that pages neither repeat nor lose one.
/// </summary>
/// <param name="Field">What decides.</param>
/// <param name="IsDescending">Whether the greatest comes first.</param>
internal readonly record struct JobOrder(JobOrderField Field, bool IsDescending)
{
    /// <summary>The fields by name, as <see cref="JobOrderField"/> numbers them.</summary>
    public static readonly string[] Fields =
        ["name", "owner", "state", "next", "lastRun", "updated", "success", "errors"];

    public bool IsName => Field == JobOrderField.Name;

    /// <summary>The order that a query names, one of <see cref="Fields"/> or with <c>-</c> before it.</summary>
    public static JobOrder Parse(string text) =>
        new((JobOrderField)Array.IndexOf(Fields, text.TrimStart('-')), text[0] == '-');

    /// <summary>Where a job stands. Jobs without a time come last in either direction.</summary>
    public JobRank RankOf(JobSnapshot job) => Field switch
    {
        JobOrderField.Name => new(0, "", job.Job.Name),
        JobOrderField.Owner => new(0, job.Job.Owner.Owner, job.Job.Name),
        JobOrderField.State =>
            new(Wire.StateOf(job) switch { "running" => 0, "queued" => 1, _ => 2 }, "", job.Job.Name),
        JobOrderField.Next => new(Ticks(Wire.NextOf(job)), "", job.Job.Name),
        JobOrderField.LastRun => new(Ticks(job.State.LastRun?.EndedAt), "", job.Job.Name),
        JobOrderField.Updated => new(Ticks(job.State.UpdatedAt), "", job.Job.Name),
        JobOrderField.Success => new(job.State.Counters.SuccessCount, "", job.Job.Name),
        JobOrderField.Errors => new(job.State.Counters.ErrorCount, "", job.Job.Name),
        _ => throw new InvalidOperationException($"Jobs cannot be ordered by '{Field}'."),
    };

    public int Compare(JobRank left, JobRank right)
    {
        var byKey = left.Number.CompareTo(right.Number);
        if (byKey == 0) byKey = string.CompareOrdinal(left.Text, right.Text);
        var byName = string.CompareOrdinal(left.Name, right.Name);
        if (IsName) return IsDescending ? -byName : byName;
        return byKey == 0 ? byName : IsDescending ? -byKey : byKey;
    }

    private long Ticks(Instant? at) => at?.ToUnixTimeTicks() ?? (IsDescending ? long.MinValue : long.MaxValue);
}

/// <summary>Where a job stands in an order.</summary>
internal readonly record struct JobRank(long Number, string Text, string Name);

/// <summary>What an order of jobs goes by.</summary>
internal enum JobOrderField
{
    Name,
    Owner,
    State,
    Next,
    LastRun,
    Updated,
    Success,
    Errors,
}
