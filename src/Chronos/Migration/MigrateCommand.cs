using System.CommandLine;
using Chronos.CommandLine;
using Chronos.Configuration;
using Chronos.Runtime.Ports;
using Chronos.Serving;

namespace Chronos.Migration;

/// <summary><c>chronos migrate</c>: copies everything that one store keeps into another.</summary>
public sealed class MigrateCommand(CommandContext context)
{
    // Of chronos serve; they mean the same here, for whichever store takes them.
    private static readonly Setting[] Shared =
    [
        Settings.DataDir, Settings.Lease, Settings.StateAuthorities, Settings.StateCertificate, Settings.StateKey,
    ];

    private readonly Option<string> from = Address("--from", "Address of the store to copy");
    private readonly Option<string> to = Address("--to", "Address of the store to fill");
    private readonly List<Option<string?>> shared =
        [.. Shared.Select(setting => new Option<string?>(setting.Flag) { Description = setting.Description })];

    private readonly Option<bool> replace = new("--replace")
    {
        Description = "Deletes the jobs that the store to fill holds; without it, it must be empty.",
    };

    /// <summary>The command.</summary>
    public Command Create(CommandExamples examples)
    {
        var command = new Command(
            "migrate",
            "Copies jobs, their state and the history of runs from one store into another, and compares both. No "
            + "server may lead either of them meanwhile. The store that is copied stays as it is.")
        {
            from, to, replace,
        };
        foreach (var option in shared) command.Add(option);
        command.SetAction(RunAsync);
        examples.Add(
            command,
            "chronos migrate --from sqlite: --to etcd://h1,h2,h3/chronos --data-dir /var/lib/chronos",
            "chronos migrate --from zk://h1,h2,h3/chronos --to postgres://chronos@h4/chronos --replace");
        return command;
    }

    private static Option<string> Address(string name, string description)
    {
        var option = new Option<string>(name)
        {
            Description = $"{description}, as chronos serve has it in {Settings.State.Flag}.", Required = true,
        };
        option.Validators.Add(result =>
        {
            var text = result.GetValueOrDefault<string>() ?? "";
            if (Settings.State.Read(text).BrokenRule is { } rule)
                result.AddError($"{name} '{ValueKinds.WithoutPassword(text)}' must be {rule}.");
        });
        return option;
    }

    private async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var errors = new List<string>();
        var (source, folder) = Read(arguments, from, errors);
        var (target, _) = Read(arguments, to, errors);
        if (arguments.GetValue(from) == arguments.GetValue(to)) errors.Add("--from and --to are the same store.");
        if (source is null || target is null || errors.Count > 0) return Refuse(errors);
        try
        {
            await using var stores = await MigrationStores.OpenAsync(source, target, folder, cancellationToken);
            var migration = new StateMigration(stores, arguments.GetValue(replace), source.Lease, context.Error);
            context.Output.WriteLine(await migration.RunAsync(cancellationToken));
            return ExitCodes.Success;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            context.Error.WriteLine("chronos: Stopped before the end. What was copied cannot be used; migrate again "
                + "with --replace.");
            return ExitCodes.Interrupted;
        }
        catch (StoreUnavailableException e)
        {
            context.Error.WriteLine("chronos: " + e.Message);
            return ExitCodes.Unreachable;
        }
        catch (Exception e) when (e is MigrationRefusedException or StoreCorruptException or StoreFencedException
            or LeadershipLostException or IOException or UnauthorizedAccessException)
        {
            context.Error.WriteLine("chronos: " + e.Message);
            return ExitCodes.Refused;
        }
    }

    /// <summary>Reads one side as chronos serve would read it.</summary>
    private (StateSettings? Settings, string Folder) Read(
        ParseResult arguments, Option<string> side, List<string> errors)
    {
        var flags = new List<GivenFlag> { new(Settings.State.Name, arguments.GetValue(side)) };
        foreach (var option in shared)
            if (arguments.GetValue(option) is { } text) flags.Add(new(option.Name.TrimStart('-'), text));
        var (configuration, wrong) = ConfigurationReader.Read(new() { Flags = flags });
        errors.AddRange(wrong.Except(errors));
        if (configuration is null) return (null, "");
        var settings = new StateSettings(configuration, side.Name);
        errors.AddRange(settings.Errors.Except(errors));
        return (settings, Path.GetFullPath(configuration.Get(Settings.DataDir)));
    }

    private int Refuse(List<string> errors)
    {
        foreach (var error in errors) context.Error.WriteLine("chronos: " + error);
        context.Error.WriteLine("See: chronos migrate --help");
        return ExitCodes.Usage;
    }
}
