using Chronos.Core.Jobs;
using Chronos.Core.Runs;

namespace Chronos.Core.Scheduling;

/// <summary>Makes refusals.</summary>
internal static class Refusal
{
    public static Refused NoJob(string name) =>
        Of(RefusalKind.NotFound, "name", name, $"Job '{name}' not found.", "Check the name; names are case-sensitive.");

    public static Refused NoRun(RunId id) =>
        Of(RefusalKind.NotFound, "id", id.ToString(), "The job has no such active run.",
            "It may have ended; look into the history.");

    public static Refused Invalid(string field, string? value, string rule, string remedy) =>
        Of(RefusalKind.Invalid, field, value, rule, remedy);

    public static Refused Conflict(string field, string? value, string rule, string remedy) =>
        Of(RefusalKind.Conflict, field, value, rule, remedy);

    public static Refused Of(RefusalKind kind, string field, string? value, string rule, string remedy) =>
        new(kind, [new Violation(field, value, rule, remedy)]);
}
