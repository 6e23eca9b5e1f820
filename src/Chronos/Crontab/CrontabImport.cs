using System.Buffers;
using System.Globalization;
using System.Text.Json.Nodes;
using Chronos.Core.Schedules;

namespace Chronos.Crontab;

/// <summary>Makes jobs of a crontab's entries. A job behaves as cron would: no retry, no catching up, and it may
/// overlap itself.</summary>
public sealed class CrontabImport
{
    private const string DefaultShell = "/bin/sh";
    private static readonly SearchValues<char> PlainCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-");

    private readonly CrontabImportOptions options;
    private readonly EntryNames names;
    private readonly List<ImportedJob> jobs = [];
    private readonly List<CrontabFinding> findings;

    private CrontabImport(CrontabImportOptions options, CrontabContent content)
    {
        this.options = options;
        names = new(options.Prefix);
        findings = [.. content.Findings];
    }

    /// <summary>Reads a crontab and makes its jobs.</summary>
    public static CrontabJobs Read(string text, CrontabImportOptions options)
    {
        var content = CrontabReader.Read(text, options.HasUserColumn);
        var import = new CrontabImport(options, content);
        foreach (var entry in content.Entries) import.Add(entry);
        return new(import.jobs, [.. import.findings.OrderBy(finding => finding.Line)]);
    }

    private void Add(CrontabEntry entry)
    {
        var environment = entry.Environment.ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);
        var schedule = entry.Schedule == "@every_minute" ? "* * * * *" : entry.Schedule;
        var zone = environment.GetValueOrDefault("CRON_TZ", options.TimeZone);
        if (Problem(schedule, zone) is { } problem)
        {
            findings.Add(new(entry.Line, IsLost: true, problem));
            return;
        }
        var name = names.Take(entry);
        var job = new JsonObject { ["name"] = name };
        if (entry.Comment.Length > 0) job["description"] = entry.Comment;
        AddOwner(job, environment);
        job["schedule"] = schedule;
        if (zone.Length > 0) job["scheduleTimeZone"] = zone;
        AddJitter(job, entry.Line, environment);
        AddCommand(job, entry.Command, environment.GetValueOrDefault("SHELL", DefaultShell));
        AddPlace(job, entry, environment);
        AddVariables(job, entry);
        job["retries"] = 0;
        job["concurrency"] = "allow";
        job["missed"] = "none";
        jobs.Add(new(entry.Line, name, job));
    }

    private static string? Problem(string schedule, string zone)
    {
        if (schedule.Contains('~', StringComparison.Ordinal))
            return "A random time ('~') is not supported. Write H instead: a time that is spread by the job's name, "
                + "and stays the same.";
        var errors = ScheduleParser.Parse(schedule, new ScheduleOptions { TimeZone = zone }).Errors;
        return errors.Count == 0 ? null : string.Join(' ', errors.Select(error => error.Message));
    }

    private static void AddOwner(JsonObject job, Dictionary<string, string> environment)
    {
        if (environment.TryGetValue("MAILTO", out var owner) && owner.Length > 0) job["owner"] = owner;
    }

    private void AddJitter(JsonObject job, int line, Dictionary<string, string> environment)
    {
        if (!environment.TryGetValue("RANDOM_DELAY", out var text)) return;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var minutes) && minutes > 0)
            job["jitter"] = $"PT{minutes}M";
        else if (text != "0")
            findings.Add(new(line, IsLost: false, $"RANDOM_DELAY '{text}' is no number of minutes; it was dropped."));
    }

    /// <summary>A job's shell is /bin/sh, which gives its place to any other; so lists show what the job does, and not
    /// only the name of a shell.</summary>
    private static void AddCommand(JsonObject job, string command, string shell)
    {
        if (shell is DefaultShell or "/usr/bin/sh" or "sh" or "")
        {
            job["command"] = command;
            return;
        }
        job["command"] = $"exec {Quoted(shell)} -c {Quoted(command)}";
    }

    private static string Quoted(string text) => text.AsSpan().ContainsAnyExcept(PlainCharacters)
        ? $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'"
        : text;

    private void AddPlace(JsonObject job, CrontabEntry entry, Dictionary<string, string> environment)
    {
        if (environment.TryGetValue("HOME", out var home) && home.StartsWith('/')) job["workingDirectory"] = home;
        var user = entry.User.Length > 0 ? entry.User : options.User;
        var colon = user.IndexOfAny([':', '/']);
        if (colon >= 0)
        {
            findings.Add(new(entry.Line, IsLost: false,
                $"Of the user '{user}' only '{user[..colon]}' was taken; a job sets no group or login class."));
            user = user[..colon];
        }
        if (user.Length > 0) job["runAsUser"] = user;
    }

    private void AddVariables(JsonObject job, CrontabEntry entry)
    {
        var variables = new JsonArray();
        foreach (var (name, value) in entry.Environment)
        {
            if (name is "MAILTO" or "CRON_TZ" or "RANDOM_DELAY") continue;
            if (name is "MAILFROM" or "CONTENT_TYPE" or "CONTENT_TRANSFER_ENCODING" or "START_HOURS_RANGE" or "LOGNAME")
                NoteOnce(entry.Line, $"{name} has no meaning for a job; it was dropped.");
            else
                variables.Add(new JsonObject { ["name"] = name, ["value"] = value });
        }
        if (variables.Count > 0) job["environmentVariables"] = variables;
    }

    private void NoteOnce(int line, string reason)
    {
        if (!findings.Exists(finding => finding.Reason == reason)) findings.Add(new(line, IsLost: false, reason));
    }
}

/// <summary>How a crontab is read.</summary>
public sealed record CrontabImportOptions
{
    /// <summary>Whether a user stands before the command.</summary>
    public bool HasUserColumn { get; init; }

    /// <summary>Goes before each name.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>The zone of entries without CRON_TZ; empty: the server's default.</summary>
    public string TimeZone { get; init; } = "";

    /// <summary>The user of entries without one; empty: the server's default.</summary>
    public string User { get; init; } = "";
}

/// <summary>A job made of a line.</summary>
/// <param name="Line">Number of the line, from 1.</param>
/// <param name="Name">Name of the job.</param>
/// <param name="Json">Its definition.</param>
public sealed record ImportedJob(int Line, string Name, JsonObject Json);

/// <summary>The jobs of a crontab, and what could not be taken over, by line.</summary>
public sealed record CrontabJobs(IReadOnlyList<ImportedJob> Jobs, IReadOnlyList<CrontabFinding> Findings);
