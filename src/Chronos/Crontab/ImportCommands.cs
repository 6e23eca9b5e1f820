using System.CommandLine;
using System.Text.Json.Nodes;
using Chronos.Client;
using Chronos.CommandLine;
using Chronos.Core.Schedules;
using Chronos.JobFiles;
using Chronos.Jobs;
using NodaTime;

namespace Chronos.Crontab;

/// <summary><c>chronos import crontab</c></summary>
public sealed class ImportCommands
{
    private readonly Argument<string> file = new("file") { Description = "The crontab; -: standard input." };
    private readonly Option<bool> system = new("--system")
    {
        Description = "A user stands before each command, as in /etc/crontab and /etc/cron.d.",
    };
    private readonly Option<string?> prefix = new("--prefix") { Description = "Goes before the name of each job." };
    private readonly Option<string?> runAs = new("--run-as") { Description = "User of jobs whose line names none." };
    private readonly Option<string?> zone = new("--time-zone")
    {
        Description = "Zone of entries without CRON_TZ; default: the zone of this machine, as for cron.",
    };
    private readonly Option<bool> dryRun = new("--dry-run")
    {
        Description = "Only checks, and says what would change.",
    };
    private readonly Option<bool> strict = new("--strict")
    {
        Description = "Changes nothing, and ends with 1, where a line cannot be taken over.",
    };
    private readonly Option<string?> output = new("--output", "-o")
    {
        Description = "Writes the jobs to this file (.yaml or .json; -: YAML to standard output), and asks no server.",
    };

    /// <summary>The command with everything below it.</summary>
    public static Command Create(ClientCommand client, CommandExamples examples)
    {
        var parts = new ImportCommands();
        var crontab = new Command("crontab", "Makes jobs of a crontab, and says what a job cannot express.")
        {
            parts.file, parts.system, parts.prefix, parts.runAs, parts.zone, parts.dryRun, parts.strict, parts.output,
        };
        client.SetAction(crontab, parts.RunAsync);
        examples.Add(
            crontab,
            "crontab -l | chronos import crontab - --dry-run",
            "chronos import crontab --system /etc/crontab --prefix web1-",
            "crontab -l | chronos import crontab - --output jobs.yaml");
        return new("import", "Takes over jobs from elsewhere.") { crontab };
    }

    private async Task<int> RunAsync(ClientCall call)
    {
        var path = call.Get(file);
        var crontab = CrontabImport.Read(await ReadAsync(call, path), new CrontabImportOptions
        {
            HasUserColumn = call.Get(system),
            Prefix = call.Get(prefix) ?? "",
            User = call.Get(runAs) ?? "",
            TimeZone = Zone(call),
        });
        foreach (var finding in crontab.Findings)
            call.Context.Error.WriteLine(
                $"{path}:{finding.Line}: {(finding.IsLost ? "left out" : "note")}: {finding.Reason}");
        var lost = crontab.Findings.Count(finding => finding.IsLost);
        call.Context.Error.WriteLine($"Jobs: {crontab.Jobs.Count}. Lines left out: {lost}.");
        if (lost > 0 && call.Get(strict)) return ExitCodes.Refused;
        if (call.Get(output) is { } target) return await WriteAsync(call, target, crontab.Jobs);
        var none = new Dictionary<string, int>();
        var definitions = crontab.Jobs.Select(job => new JobDefinition(path, job.Line, job.Json, none)).ToList();
        return await new JobApplication(call, definitions).RunAsync(call.Get(dryRun));
    }

    private static async Task<string> ReadAsync(ClientCall call, string path)
    {
        try
        {
            return path == JobFileReader.StandardInput
                ? await call.Context.Input.ReadToEndAsync(call.CancellationToken)
                : await File.ReadAllTextAsync(path, call.CancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"The crontab '{path}' cannot be read: {e.Message}");
        }
    }

    private string Zone(ClientCall call)
    {
        if (call.Get(zone) is { } given)
            return DateTimeZoneProviders.Tzdb.GetZoneOrNull(given) is not null
                ? given
                : throw new UsageException($"--time-zone '{given}' is no IANA time zone, such as Europe/Berlin."
                    + string.Concat(ZoneLookup.Nearest(given).Take(1).Select(near => $" Did you mean {near}?")));
        var local = TimeZoneInfo.Local.Id;
        var isPlain = local is "UTC" or "Etc/UTC" or "Local" || DateTimeZoneProviders.Tzdb.GetZoneOrNull(local) is null;
        return isPlain ? "" : local;
    }

    private static async Task<int> WriteAsync(ClientCall call, string target, IReadOnlyList<ImportedJob> jobs)
    {
        var list = new JsonArray([.. jobs.Select(job => job.Json.DeepClone())]);
        var isJson = call.WantsJson || target.EndsWith(".json", StringComparison.OrdinalIgnoreCase);
        using var text = new StringWriter();
        if (isJson) JsonOutput.WriteNode(text, list);
        else text.Write(YamlText.Of(list));
        if (target == JobFileReader.StandardInput)
        {
            call.Output.Write(text.ToString());
            return ExitCodes.Success;
        }
        try
        {
            await File.WriteAllTextAsync(target, text.ToString(), call.CancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"'{target}' cannot be written: {e.Message}");
        }
        call.Context.Error.WriteLine($"Written to {target}; apply it with: chronos job apply {target}");
        return ExitCodes.Success;
    }
}
