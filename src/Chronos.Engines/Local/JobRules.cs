using System.Globalization;
using System.Text.RegularExpressions;
using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Executor.Native;

namespace Chronos.Engines.Local;

/// <summary>What the local engine cannot do for a job.</summary>
internal sealed class JobRules(
    Resources total, IReadOnlyDictionary<string, string> attributes, UserAccount self, string defaultUser)
{
    private const double LeastMebibytes = 1;
    private static readonly TimeSpan MatchTime = TimeSpan.FromMilliseconds(100);

    /// <summary>All of it; empty: it can run the job.</summary>
    internal IReadOnlyList<Violation> Check(Job job)
    {
        var violations = new List<Violation>();
        CheckKind(job, violations);
        CheckCommand(job, violations);
        CheckResources(job.Resources, violations);
        CheckUser(job.Task.RunAsUser, violations);
        CheckFetch(job.Task, violations);
        for (var i = 0; i < job.Task.Constraints.Count; i++)
            CheckConstraint(job.Task.Constraints[i], $"constraints[{i}]", violations);
        return violations;
    }

    private static void CheckKind(Job job, List<Violation> violations)
    {
        if (job.Task.Container is { } container)
            violations.Add(new(
                "container", container.Image, "Engine local runs processes, not containers.",
                "Remove the container, or choose an engine that runs containers, such as docker or mesos."));
        if (job.Task.Executor.Length > 0)
            violations.Add(new(
                "executor", Cut(job.Task.Executor), "Engine local has no custom executors.",
                "Put the command into 'command', or choose engine mesos."));
        if (job.Task.WorkingDirectory is { Length: > 0 } folder && !Path.IsPathRooted(folder))
            violations.Add(new(
                "workingDirectory", Cut(folder), "The working directory must be absolute.",
                "Begin it with '/', or leave it out to run in the sandbox of the attempt."));
    }

    private static void CheckCommand(Job job, List<Violation> violations)
    {
        if (string.IsNullOrWhiteSpace(job.Command))
            violations.Add(new(
                "command", job.Command, "Engine local needs a command.", "Write the shell line or program to run."));
        else if (CommandAddress.TryRead(job.Command, out var address))
        {
            if (address.Scheme == "ftp")
                violations.Add(new(
                    "command", Cut(job.Command), "Programs are fetched through http and https.",
                    "Offer the program there."));
            else if (CommandAddress.ProgramName(address).Length == 0)
                violations.Add(new(
                    "command", Cut(job.Command), "The address must end in the name of the program.",
                    "Use the address of a file."));
        }
    }

    private void CheckResources(Resources wanted, List<Violation> violations)
    {
        if (wanted.Cpus > total.Cpus)
            violations.Add(new(
                "cpus", wanted.Cpus.ToString(), $"The whole machine has {total.Cpus:0.###} processors to reserve.",
                "Reserve fewer, or raise the engine's processors or overcommit."));
        if (wanted.Mem is > 0 and < LeastMebibytes)
            violations.Add(new(
                "mem", wanted.Mem.ToString(CultureInfo.InvariantCulture),
                $"No program runs in less than {LeastMebibytes} MiB, the unit of 'mem'.",
                "Write megabytes: 128 for 128 MiB; or leave it out for the server's default."));
        if (wanted.Gpus > 0)
            violations.Add(new(
                "gpus", wanted.Gpus.ToString(CultureInfo.InvariantCulture),
                "Engine local reserves no GPUs.", "Leave it out; tasks see the GPUs of the machine."));
        if (wanted.Mem > total.Mem)
            violations.Add(new(
                "mem", wanted.Mem.ToString(), $"The whole machine has {total.Mem:0} MiB of memory to reserve.",
                "Reserve less, or raise the engine's memory."));
    }

    private void CheckUser(string jobUser, List<Violation> violations)
    {
        var name = jobUser.Length > 0 ? jobUser : defaultUser;
        if (name.Length == 0 || name == self.Name) return;
        if (UserAccounts.Find(name) is null)
            violations.Add(new(
                "runAsUser", name, "The user does not exist on this machine.", "Name one that does, or add it."));
        else if (self.UserId != 0)
            violations.Add(new(
                "runAsUser", name, $"The server runs as '{self.Name}', and only root may run tasks as somebody else.",
                "Leave it out, or run the server as root."));
    }

    private static void CheckFetch(TaskOptions task, List<Violation> violations)
    {
        for (var i = 0; i < task.Fetch.Count; i++)
            CheckAddress(task.Fetch[i].Uri, task.Fetch[i].OutputFile, $"fetch[{i}].uri", violations);
        for (var i = 0; i < task.Uris.Count; i++) CheckAddress(task.Uris[i], "", $"uris[{i}]", violations);
    }

    private static void CheckAddress(string uri, string name, string field, List<Violation> violations)
    {
        var isKnown = uri.StartsWith('/')
            || (Uri.TryCreate(uri, UriKind.Absolute, out var parsed) && parsed.Scheme is "file" or "http" or "https");
        if (!isKnown)
            violations.Add(new(
                field, Cut(uri), "Files come from absolute paths, 'file:', 'http:' and 'https:' addresses.",
                "Offer the file at one of these."));
        else if (name.Length == 0 && CommandAddress.FileName(uri).Length == 0)
            violations.Add(new(
                field, Cut(uri), "The address must end in the name of a file.", "Set 'output_file', or complete it."));
    }

    private void CheckConstraint(Constraint constraint, string field, List<Violation> violations)
    {
        var has = attributes.TryGetValue(constraint.Attribute, out var value);
        var text = $"{constraint.Attribute} {constraint.Operator} {constraint.Value}";
        try
        {
            if (has && Holds(constraint, value ?? "")) return;
            violations.Add(new(
                field, Cut(text),
                has ? $"This machine has {constraint.Attribute} '{value}'." : "This machine has no such attribute.",
                "Change the constraint, or configure the engine's attributes."));
        }
        catch (RegexMatchTimeoutException)
        {
            violations.Add(new(
                field, Cut(text), $"The expression must decide within {MatchTime.TotalMilliseconds:0} ms.",
                "Write it without nested repetitions."));
        }
        catch (ArgumentException e)
        {
            violations.Add(new(field, Cut(text), $"It must be a regular expression: {e.Message}", "Correct it."));
        }
    }

    private static bool Holds(Constraint constraint, string value) => constraint.Operator switch
    {
        ConstraintOperator.Equals => value == constraint.Value,
        ConstraintOperator.Like => Matches(constraint.Value, value),
        ConstraintOperator.Unlike => !Matches(constraint.Value, value),
        _ => throw new InvalidOperationException($"Unknown operator {constraint.Operator}."),
    };

    private static bool Matches(string expression, string value) =>
        Regex.IsMatch(value, $@"\A(?:{expression})\z", RegexOptions.CultureInvariant, MatchTime);

    private static string Cut(string text) => text.Length <= 200 ? text : text[..200];
}
