using System.Globalization;
using Chronos.Core.Jobs;
using Chronos.Core.Scheduling;

namespace Chronos.Server.Endpoints.Compatibility;

/// <summary>Which jobs a search shows. A job must contain <see cref="Name"/> in its name and <see cref="Command"/> in
/// its command; one that does not is shown all the same where <see cref="Any"/> is in either. Given alone,
/// <see cref="Any"/> is a filter; in Mesos Chronos it then filtered nothing.</summary>
internal sealed record JobSearch(string Name, string Command, string Any, int Limit, int Offset)
{
    /// <summary>Reads a limit or offset; what is below zero counts as zero.</summary>
    public static bool TryReadCount(string? text, int otherwise, out int count)
    {
        count = otherwise;
        if (string.IsNullOrEmpty(text)) return true;
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out count)) return false;
        count = Math.Max(count, 0);
        return true;
    }

    /// <summary>The page that was asked for, in the order given.</summary>
    public IEnumerable<JobSnapshot> Of(IEnumerable<JobSnapshot> jobs) =>
        jobs.Where(snapshot => Matches(snapshot.Job)).Skip(Offset).Take(Limit);

    /// <summary>Whether the job is shown.</summary>
    public bool Matches(Job job)
    {
        if (Name.Length == 0 && Command.Length == 0) return Any.Length == 0 || MatchesAny(job);
        return (Contains(job.Name, Name) && Contains(job.Command, Command)) || (Any.Length > 0 && MatchesAny(job));
    }

    private bool MatchesAny(Job job) => Contains(job.Name, Any) || Contains(job.Command, Any);

    private static bool Contains(string text, string part) => text.Contains(part, StringComparison.OrdinalIgnoreCase);
}
