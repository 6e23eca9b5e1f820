using Chronos.Bench;

// dotnet run -c Release --project bench/Chronos.Bench -- SCENARIO [NUMBER]
var scenario = args.Length > 0 ? args[0] : "";
var number = args.Length > 1 ? int.Parse(args[1]) : 0;
switch (scenario)
{
    case "scale":
        await ScaleScenario.RunAsync(number > 0 ? number : 100_000);
        return 0;
    case "crash-start":
        await ScaleScenario.RunAsync(number > 0 ? number : 100_000, kill: true);
        return 0;
    default:
        Console.WriteLine("""
            Usage: dotnet run -c Release --project bench/Chronos.Bench -- SCENARIO [NUMBER]
              scale [JOBS]        a real server with so many jobs (100,000): import, pages, memory, start, idle CPU
              crash-start [JOBS]  the same, but the server is killed before it starts again
            """);
        return 2;
}
