using Chronos.Cluster.Tests;

if (ClusterCommand.Takes(args)) return await ClusterCommand.RunAsync(args);
return await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(
    args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
