using System.Globalization;
using Chronos.Core.Jobs;
using Chronos.Core.Scheduling;
using Chronos.Server.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Chronos.Server.Endpoints.Native;

/// <summary>Entity tags: which job of this name, and its revision. A job that is deleted and created again starts with
/// revision 1 again, and what was read of the first must not change the second.</summary>
internal static class Revisions
{
    public static string TagOf(JobSnapshot snapshot) =>
        string.Create(CultureInfo.InvariantCulture, $"\"{snapshot.State.Incarnation}-{snapshot.State.Revision}\"");

    /// <summary>Whether a read may be answered with 304: the client has the job as it is.</summary>
    public static bool IsKnown(HttpRequest request, JobSnapshot now) =>
        request.GetTypedHeaders().IfNoneMatch is { Count: > 0 } known
        && known.Any(tag => tag.Tag == TagOf(now) || tag.Tag == "*");

    /// <summary>The version that the request's <c>If-Match</c> and <c>If-None-Match</c> demand; null: any.</summary>
    /// <exception cref="ProblemException">The job as it is now does not meet the condition.</exception>
    public static JobVersion? Demanded(HttpRequest request, JobSnapshot? now)
    {
        var headers = request.GetTypedHeaders();
        if (headers.IfNoneMatch is { Count: > 0 } none)
        {
            if (none is not [{ Tag: { Value: "*" } }])
                throw new ProblemException(ProblemFactory.BadRequest("If-None-Match is read only as '*'."));
            return now is null ? JobVersion.None : throw Mismatch($"The job '{now.Job.Name}' exists already.");
        }

        if (request.Headers.IfMatch.Count == 0) return null;
        if (headers.IfMatch.Count == 0)
            throw new ProblemException(ProblemFactory.BadRequest(
                $"If-Match '{request.Headers.IfMatch}' is no entity tag. Send the ETag of the job as it was answered, "
                    + "with its double quotes."));
        if (now is null) throw Mismatch("There is no such job, so no revision can match.");
        var wanted = headers.IfMatch;
        if (wanted is [{ Tag: { Value: "*" } }]) return null;

        // A proxy that compresses makes tags weak; the revision in them is the same.
        var tag = TagOf(now);
        if (wanted.Any(w => w.Tag == tag)) return now.State.Version;
        throw Mismatch($"The job '{now.Job.Name}' has the ETag {tag} now; read it again and repeat the change.");
    }

    private static ProblemException Mismatch(string detail) => new(ProblemFactory.RevisionMismatch(detail));
}
