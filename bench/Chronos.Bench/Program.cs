using System.Diagnostics;
using Chronos.Bench;
using Chronos.Bench.Scenarios;

// dotnet run -c Release --project bench/Chronos.Bench -- SCENARIO [NUMBER]
Scenario[] scenarios =
[
    new("firing", "JOBS", "no-op runs per second in memory, beside Quartz.NET (100,000)",
        (table, number) => FiringScenario.RunAsync(table, number > 0 ? number : FiringScenario.DefaultJobs)),
    new("durable", "JOBS", "no-op runs per second on disk, beside Quartz.NET on PostgreSQL and bare SQLite (50,000)",
        (table, number) => DurableScenario.RunAsync(table, number > 0 ? number : DurableScenario.DefaultJobs)),
    new("lateness", "", "how late starts are at 100, 1,000 and 10,000 a second, beside Quartz.NET",
        (table, _) => LatenessScenario.RunAsync(table)),
    new("memory", "JOBS", "bytes per job, beside Quartz.NET (100,000 and 1,000,000)",
        MemoryScenario.RunAsync),
    new("spawn", "", "processes per second through the local engine, beside a loop in C that captures and syncs",
        (table, _) => SpawnScenario.RunAsync(table)),
    new("docker", "", "processes per second through the local engine, beside `docker run`",
        (table, _) => DockerScenario.RunAsync(table)),
    new("mesos", "TASKS", "tasks per second through one framework on a simulated cluster (50,000)",
        (table, number) => MesosScenario.RunAsync(table, number > 0 ? number : MesosScenario.DefaultTasks)),
    new("api", "JOBS", "a real server under load from eight clients (100,000)",
        (table, number) => ApiScenario.RunAsync(table, number > 0 ? number : ApiScenario.DefaultJobs)),
    new("growth", "JOBS", "memory, start, decision and page for 1,000 jobs and ten times as many up to (1,000,000)",
        (table, number) => GrowthScenario.RunAsync(table, number > 0 ? number : GrowthScenario.DefaultJobs)),
    new("scale", "JOBS", "a real server: import, pages, creates, memory, start, idle processor time (100,000)",
        (table, number) => ScaleScenario.RunAsync(table, number > 0 ? number : ScaleScenario.DefaultJobs)),
    new("crash-start", "JOBS", "the same, but the server is killed before it starts again (100,000)",
        (table, number) => ScaleScenario.RunAsync(table, number > 0 ? number : ScaleScenario.DefaultJobs, kill: true)),
];

var name = args.Length > 0 ? args[0] : "--help";
var wanted = Array.Find(scenarios, scenario => scenario.Name == name);
var number = 0;
if ((wanted is null && name != "all") || (args.Length > 1 && !int.TryParse(args[1], out number)))
{
    Console.WriteLine("Usage: dotnet run -c Release --project bench/Chronos.Bench -- SCENARIO [NUMBER]");
    foreach (var scenario in scenarios)
        Console.WriteLine($"  {scenario.Name,-12} {scenario.Number,-10} {scenario.Description}");
    Console.WriteLine($"  {"all",-12} {"",-10} one after the other with their default numbers; ten minutes or more");
    return name == "--help" ? 0 : 2;
}

if (wanted is not null)
{
    var table = new Table();
    await wanted.RunAsync(table, number);
    table.Print();
    return 0;
}

// Each in a process of its own, so that what one leaves in memory does not make the next one late.
var program = Path.Join(AppContext.BaseDirectory, "Chronos.Bench");
var failures = 0;
foreach (var scenario in scenarios.Where(scenario => scenario.Name != "crash-start"))
{
    using var process = Process.Start(program, [scenario.Name, .. args[1..]]);
    await process.WaitForExitAsync();
    if (process.ExitCode == 0) continue;
    Console.WriteLine($"{scenario.Name} failed.");
    failures++;
}

return failures == 0 ? 0 : 1;
