using Chronos.Cluster.Tests;

if (args.Length > 0 && ClusterCommand.Names.Contains(args[0])) return await ClusterCommand.RunAsync(args);
return await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(
    args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
