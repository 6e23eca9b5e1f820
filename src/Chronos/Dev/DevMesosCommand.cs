using System.CommandLine;
using System.Globalization;
using Chronos.CommandLine;
using Chronos.MesosSimulator;
using Chronos.MesosSimulator.Faults;
using Microsoft.AspNetCore.Connections;

namespace Chronos.Dev;

/// <summary><c>chronos dev mesos</c>: a simulated Mesos cluster to run jobs on.</summary>
public sealed class DevMesosCommand(CommandContext context)
{
    private const int PortMax = 65_535;
    private static readonly TimeSpan ZooKeeperPatience = TimeSpan.FromSeconds(5);

    private readonly Option<int> agents = Number("--agents", 3, 1, 10_000, "Number of agents.");
    private readonly Option<int> masters = Number("--masters", 1, 1, 9, "Number of masters, on ports in a row.");
    private readonly Option<int> port = Number("--port", 5050, 0, PortMax, "Port of the first master; 0: any.");
    private readonly Option<double> cpus = new("--cpus")
    {
        Description = "Processors that each agent offers.", DefaultValueFactory = static _ => 2,
    };

    private readonly Option<double> mem = new("--mem")
    {
        Description = "Memory in MiB that each agent offers.", DefaultValueFactory = static _ => 2048,
    };

    private readonly Option<string?> zk = new("--zk")
    {
        Description = "A ZooKeeper that runs already, where masters elect their leader, such as "
            + "zk://127.0.0.1:2181/mesos.",
    };

    private readonly Option<string?> workFolder = new("--work-dir")
    {
        Description = "Where tasks run; default: a temporary folder, deleted at the end.",
    };

    private readonly Option<bool> pretend = new("--pretend")
    {
        Description = "Only plays tasks: echo, sleep, exit, true and false are understood, all else ends at once.",
    };

    private readonly Option<string[]> faults = new("--faults")
    {
        Description = $"Lets things fail: {string.Join(", ", FaultPlan.Kinds)}, with commas; or all.",
        CustomParser = static result => result.Tokens.SelectMany(token => token.Value.Split(',')).ToArray(),
        DefaultValueFactory = static _ => [],
    };

    private readonly Option<int> seed = Number("--seed", 1, 0, int.MaxValue, "Where the draws of faults begin.");

    /// <summary>The command.</summary>
    public Command Create(CommandExamples examples)
    {
        faults.Validators.Add(result =>
        {
            var unknown = (result.GetValueOrDefault<string[]>() ?? []).Except([.. FaultPlan.Kinds, "all"]).ToList();
            if (unknown.Count > 0)
                result.AddError($"There is no kind of fault '{unknown[0]}'; choose from all, "
                    + string.Join(", ", FaultPlan.Kinds) + ".");
        });
        foreach (var option in (Option<double>[])[cpus, mem])
            option.Validators.Add(result =>
            {
                if (!(result.GetValueOrDefault<double>() is > 0 and < 1e9))
                    result.AddError($"{option.Name} must be a number above 0.");
            });
        var command = new Command(
            "mesos",
            "Runs a simulated Mesos cluster until Ctrl-C. It listens on 127.0.0.1 only, and its agents run the "
            + "commands of tasks on this machine, as the user who started it.")
        {
            agents, masters, port, cpus, mem, zk, workFolder, pretend, faults, seed,
        };
        command.SetAction((arguments, stop) => RunAsync(arguments, stop));
        examples.Add(
            command,
            "chronos dev mesos",
            "chronos dev mesos --agents 1000 --pretend",
            "chronos dev mesos --masters 3 --zk zk://127.0.0.1:2181/mesos",
            "chronos dev mesos --faults events,agents --seed 7");
        return command;
    }

    private static Option<int> Number(string name, int standard, int min, int max, string description)
    {
        var option = new Option<int>(name)
        {
            Description = $"{description} {min} to {max}.",
            DefaultValueFactory = _ => standard,
        };
        option.Validators.Add(result =>
        {
            var value = result.GetValueOrDefault<int>();
            if (value < min || value > max) result.AddError($"{name} is {value}; it may be {min} to {max}.");
        });
        return option;
    }

    private async Task<int> RunAsync(ParseResult arguments, CancellationToken stop)
    {
        var folder = arguments.GetValue(workFolder);
        var needsOwn = folder is null && !arguments.GetValue(pretend);
        var ownFolder = needsOwn ? Directory.CreateTempSubdirectory("chronos-mesos-").FullName : null;
        try
        {
            var options = OptionsOf(arguments, Path.GetFullPath(folder ?? ownFolder ?? "."));
            await using var cluster = await StartAsync(options, stop);
            Tell(cluster, options);
            await using var failing = FaultRun.Start(cluster, PlanOf(arguments));
            await Task.WhenAny(Task.Delay(Timeout.InfiniteTimeSpan, stop));
            return ExitCodes.Success;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ExitCodes.Interrupted; // before there was a cluster
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            context.Error.WriteLine(
                $"chronos: {e.Message} Another program listens there: end it, or choose another port "
                + "with --port; 0 takes any that is free.");
            return ExitCodes.Refused;
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            context.Error.WriteLine($"chronos: {e.Message}");
            return ExitCodes.Usage;
        }
        finally
        {
            if (ownFolder is not null) Directory.Delete(ownFolder, recursive: true);
        }
    }

    private ClusterOptions OptionsOf(ParseResult arguments, string folder)
    {
        var (first, count) = (arguments.GetValue(port), arguments.GetValue(masters));
        if (first > 0 && first + count - 1 > PortMax)
            throw new ArgumentException(
                $"--port is {first} with {count} masters on ports in a row; it may be {PortMax - count + 1} at most.");
        return new()
        {
            Agents = arguments.GetValue(agents),
            Agent = _ => new() { Cpus = arguments.GetValue(cpus), Mem = arguments.GetValue(mem), Disk = 10_240 },
            Masters = count,
            MasterPort = first,
            ZooKeeper = arguments.GetValue(zk),
            WorkDirectory = arguments.GetValue(pretend) ? null : folder,
            OfferTimeout = TimeSpan.FromSeconds(30), // a call that a fault loses is not to keep an offer for ever
        };
    }

    private FaultPlan PlanOf(ParseResult arguments)
    {
        var kinds = arguments.GetValue(faults) ?? [];
        return FaultPlan.Of(kinds.Contains("all") ? FaultPlan.Kinds : kinds, arguments.GetValue(seed));
    }

    private async Task<SimulatedCluster> StartAsync(ClusterOptions options, CancellationToken stop)
    {
        var starting = SimulatedCluster.StartAsync(options, stop);
        if (options.ZooKeeper is { } address
            && await Task.WhenAny(starting, Task.Delay(ZooKeeperPatience, stop)) != starting)
            context.Error.WriteLine($"chronos: No leader is elected in ZooKeeper at {WithoutPassword(address)} yet; "
                + "is it running? Still trying.");
        return await starting;
    }

    private void Tell(SimulatedCluster cluster, ClusterOptions options)
    {
        var output = context.Output;
        var agent = options.Agent(0);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"A simulated Mesos cluster runs until Ctrl-C. Each of its agents, {options.Agents} in number, offers "
            + $"{agent.Cpus} cpus and {agent.Mem} MiB."));
        output.WriteLine(options.WorkDirectory is { } folder
            ? $"Commands of tasks run on this machine as {System.Environment.UserName}, in {folder}; containers do not."
            : "Tasks are only played.");
        foreach (var master in cluster.Masters)
            output.WriteLine($"  master http://{master.Address.Host}:{master.Address.Port}"
                + (master.IsLeading ? " leads" : ""));
        var where = options.ZooKeeper is { } zooKeeper
            ? WithoutPassword(zooKeeper)
            : string.Join(',', cluster.Masters.Select(master => $"{master.Address.Host}:{master.Address.Port}"));
        output.WriteLine("Next, in another terminal:");
        output.WriteLine($"  chronos serve --master {where}");
        output.Flush();
    }

    private static string WithoutPassword(string address) =>
        address.LastIndexOf('@') is var at and >= 0 ? "zk://USER:PASSWORD" + address[at..] : address;
}
