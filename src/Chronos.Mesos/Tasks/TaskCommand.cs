using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using Chronos.Mesos.Protocol;
using Environment = Chronos.Mesos.Protocol.Environment;

namespace Chronos.Mesos.Tasks;

/// <summary>The command of an attempt: its line or arguments, environment, files and user.</summary>
internal static class TaskCommand
{
    /// <summary>Builds it as Mesos Chronos meant it: arguments follow the command once, in a shell line as text, else
    /// as they are; a command that is an address is fetched and run.</summary>
    internal static CommandInfo Build(LaunchRequest request, string hostName)
    {
        var command = WithContext(request, hostName);
        var job = request.Job;
        if (CommandAddress.TryRead(job.Command, out var address))
        {
            var name = CommandAddress.ProgramName(address);
            command.Uris.Add(new CommandInfo.Types.URI
            {
                Value = job.Command, Executable = true, Extract = false, OutputFile = name,
            });
            command.Value = string.Join(' ', [ShellText.Quote("./" + name), .. Words(request).Select(ShellText.Quote)]);
            command.Shell = true;
        }
        else if (job.Task.Shell && job.Command.Length > 0)
        {
            var text = ShellArguments(request);
            command.Value = text.Length == 0 ? job.Command : $"{job.Command} {text}";
            command.Shell = true;
        }
        else
        {
            SetProgram(command, request);
        }

        return command;
    }

    /// <summary>Environment, files and user, without what is run.</summary>
    internal static CommandInfo WithContext(LaunchRequest request, string hostName)
    {
        var task = request.Job.Task;
        var command = new CommandInfo { Environment = new() };
        command.Environment.Variables.Add(Variable("HOST", hostName));
        foreach (var variable in request.Environment)
            command.Environment.Variables.Add(Variable(variable.Name, variable.Value));
        foreach (var file in task.Fetch) command.Uris.Add(ToUri(file));
        foreach (var uri in task.Uris) command.Uris.Add(new CommandInfo.Types.URI { Value = uri, Extract = true });
        if (task.RunAsUser.Length > 0) command.User = task.RunAsUser;
        return command;
    }

    // Docker puts the arguments behind the program; the Mesos containerizer passes them as they are, so that the first
    // one is the name that the program sees as its own.
    private static void SetProgram(CommandInfo command, LaunchRequest request)
    {
        var program = request.Job.Command;
        command.Shell = false;
        if (program.Length > 0)
        {
            command.Value = program;
            if (request.Job.Task.Container is not { Type: ContainerType.Docker }) command.Arguments.Add(program);
        }

        command.Arguments.AddRange(Words(request));
    }

    // Those of the definition are part of the line; those that came with a run are words and nothing else, because who
    // may start a job may not write its command.
    private static string ShellArguments(LaunchRequest request) => request.ArgumentsOverridden
        ? string.Join(' ', ShellWords.Split(request.Arguments).Select(ShellText.Quote))
        : request.Arguments;

    private static IEnumerable<string> Words(LaunchRequest request) =>
        request.ArgumentsOverridden ? ShellWords.Split(request.Arguments) : request.Job.Task.Arguments;

    private static Environment.Types.Variable Variable(string name, string value) =>
        new() { Name = name, Value = value };

    private static CommandInfo.Types.URI ToUri(FetchUri file)
    {
        var uri = new CommandInfo.Types.URI
        {
            Value = file.Uri, Executable = file.Executable, Cache = file.Cache, Extract = file.Extract,
        };
        if (file.OutputFile.Length > 0) uri.OutputFile = file.OutputFile;
        return uri;
    }
}
