using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Chronos.Api;
using Chronos.Client;
using Chronos.CommandLine;
using Chronos.JobFiles;

namespace Chronos.Jobs;

/// <summary>Puts jobs to the server in one piece, and tells what that changed.</summary>
public sealed partial class JobApplication(ClientCall call, IReadOnlyList<JobDefinition> jobs)
{
    // Looking at each job costs two calls; for more jobs than this the totals must do.
    private const int ToldOneByOneMax = 2000;
    private const int ParallelCalls = 8;

    /// <summary>Puts the jobs.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(bool dryRun)
    {
        if (jobs.Count == 0)
        {
            call.Context.Error.WriteLine("There are no jobs to apply.");
            return ExitCodes.Success;
        }
        var before = await DefinitionsAsync();
        if (await PutAsync(dryRun) is not { } result) return ExitCodes.Refused;
        var after = dryRun ? null : await DefinitionsAsync();
        var outcomes = Outcomes(before, after);
        if (call.WantsJson) WriteJson(result, outcomes);
        else WriteText(result, outcomes);
        return ExitCodes.Success;
    }

    private async Task<BulkPutResult?> PutAsync(bool dryRun)
    {
        var array = new JsonArray([.. jobs.Select(job => job.Json.DeepClone())]);
        try
        {
            var result = await call.Client.PutJobsAsync(
                Encoding.UTF8.GetBytes(array.ToJsonString()), dryRun, call.CancellationToken);
            foreach (var warning in result.Warnings) call.Context.Error.WriteLine("warning: " + Locate(warning));
            return result;
        }
        catch (ChronosApiException e) when (e.Violations.Count > 0)
        {
            call.Context.Error.WriteLine("chronos: Nothing was changed, because the server refuses:");
            foreach (var violation in e.Violations) call.Context.Error.WriteLine(Locate(violation));
            return null;
        }
    }

    /// <summary>The server names a job by its place in the list or by its name; people look for it in a file.</summary>
    private string Locate(RuleViolation violation)
    {
        if (FindJob(violation.Field) is not var (job, field)) return ClientCommand.Describe(violation);
        var top = field.Split('.', '[')[0];
        var told = violation with { Field = field.Length == 0 ? job.Name : $"{job.Name}: {field}" };
        return $"{job.LocationOf(top)}: {ClientCommand.Describe(told)}";
    }

    private (JobDefinition Job, string Field)? FindJob(string field)
    {
        if (PlaceInList().Match(field) is { Success: true } match)
            return int.TryParse(match.Groups[1].Value, out var index) && index < jobs.Count
                ? (jobs[index], match.Groups[2].Value)
                : null;
        foreach (var job in jobs)
            if (job.Name.Length > 0 && field.StartsWith(job.Name + ".", StringComparison.Ordinal))
                return (job, field[(job.Name.Length + 1)..]);
        return null;
    }

    private async Task<Dictionary<string, JsonObject>?> DefinitionsAsync()
    {
        if (jobs.Count > ToldOneByOneMax) return null;
        var found = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var part in jobs.Select(job => job.Name).Where(name => name.Length > 0).Chunk(ParallelCalls))
        {
            var documents = await Task.WhenAll(
                part.Select(name => call.Client.FindJobAsync(name, call.CancellationToken)));
            for (var i = 0; i < part.Length; i++)
                if (documents[i] is { } document)
                    found[part[i]] = document.Definition;
        }
        return found;
    }

    /// <summary>Before a dry run there is nothing to compare with but the file, which may leave out defaults.</summary>
    private List<(string Name, string Outcome)>? Outcomes(
        Dictionary<string, JsonObject>? before, Dictionary<string, JsonObject>? after) => before is null ? null :
    [
        .. jobs.Select(job => (job.Name,
            !before.TryGetValue(job.Name, out var old) ? "created"
            : (after is null ? Holds(old, job.Json) : JsonNode.DeepEquals(old, after.GetValueOrDefault(job.Name)))
                ? "unchanged"
            : "updated")),
    ];

    private static bool Holds(JsonObject old, JsonObject wanted) =>
        wanted.All(pair => JsonNode.DeepEquals(old[pair.Key], pair.Value));

    private void WriteText(BulkPutResult result, List<(string Name, string Outcome)>? outcomes)
    {
        var would = result.DryRun ? " (dry run)" : "";
        foreach (var (name, outcome) in outcomes ?? []) call.Output.WriteLine($"{outcome,-9}  {name}{would}");
        if (outcomes is null)
        {
            call.Output.WriteLine(
                $"{result.Created} created, {result.Replaced} replaced, {result.Unchanged} unchanged{would}");
            return;
        }
        var totals = outcomes.GroupBy(item => item.Outcome).Select(group => $"{group.Count()} {group.Key}");
        call.Output.WriteLine(string.Join(", ", totals) + would);
    }

    private void WriteJson(BulkPutResult result, List<(string Name, string Outcome)>? outcomes) =>
        JsonOutput.WriteNode(call.Output, new JsonObject
        {
            ["dryRun"] = result.DryRun,
            ["created"] = result.Created,
            ["replaced"] = result.Replaced,
            ["unchanged"] = result.Unchanged,
            ["jobs"] = outcomes is null ? null : new JsonArray([.. outcomes.Select(item =>
                new JsonObject { ["name"] = item.Name, ["outcome"] = item.Outcome })]),
        });

    [GeneratedRegex(@"^\[(\d+)\]\.?(.*)$", RegexOptions.Singleline)]
    private static partial Regex PlaceInList();
}
