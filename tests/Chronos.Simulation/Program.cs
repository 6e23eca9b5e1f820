using Chronos.Simulation;

if (args.Length > 0 && args[0].StartsWith("--seed", StringComparison.Ordinal)) return SimulationCommand.Run(args);
return await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(
    args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
