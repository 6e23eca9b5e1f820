using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using Chronos.Executor.Native;
using Chronos.Runtime.Ports;
using Chronos.Testing.Engines;
using Xunit;

namespace Chronos.Integration.Tests.Local;

/// <summary>How a task is run: command line, environment, folder, user, exit code.</summary>
public sealed class LocalTaskTests
{
    [Theory]
    [InlineData("exit 0", AttemptPhase.Finished, 0, null)]
    [InlineData("exit 255", AttemptPhase.Failed, 255, null)]
    [InlineData("kill -SEGV $$", AttemptPhase.Failed, null, 11)]
    [InlineData("kill -KILL $$", AttemptPhase.Failed, null, 9)]
    [InlineData("kill -TERM $$", AttemptPhase.Failed, null, 15)]
    public async Task Run_AnyEnd_TellsCodeOrSignal(string command, AttemptPhase phase, int? code, int? signal)
    {
        await using var harness = await LocalHarness.CreateAsync();

        var end = await harness.RunAsync(LocalHarness.Shell(command));

        Assert.Equal((phase, code, signal), (end.Phase, end.ExitCode, end.Signal));
    }

    [Fact]
    public async Task Run_Environment_HasRequestAndBuiltInsOnly()
    {
        Environment.SetEnvironmentVariable("TEST_SERVER_SECRET", "hidden");
        await using var harness = await LocalHarness.CreateAsync();
        var job = LocalHarness.Shell("env") with
        {
            Task = new() { Environment = [new("GREETING", "hello world"), new("PATH", "/bin:/usr/bin")] },
        };

        var end = await harness.RunAsync(job);

        var lines = (await harness.ReadAsync(end.Id)).Split('\n');
        Assert.Contains("GREETING=hello world", lines);
        Assert.Contains("PATH=/bin:/usr/bin", lines);
        Assert.Contains($"HOST={Environment.MachineName}", lines);
        Assert.Contains($"MESOS_SANDBOX={harness.Sandbox(end.Id)}", lines);
        Assert.Contains($"CHRONOS_ATTEMPT_ID={end.Id}", lines);
        Assert.DoesNotContain(lines, line => line.Contains("SECRET", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.StartsWith("DOTNET", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_NoFolderGiven_IsItsSandbox()
    {
        await using var harness = await LocalHarness.CreateAsync();

        var inside = await harness.RunAsync(LocalHarness.Shell("pwd"));
        var outside = await harness.RunAsync(
            LocalHarness.Shell("pwd") with { Task = new() { WorkingDirectory = "/usr" } });

        Assert.Equal(harness.Sandbox(inside.Id) + "\n", await harness.ReadAsync(inside.Id));
        Assert.Equal("/usr\n", await harness.ReadAsync(outside.Id));
    }

    [Fact]
    public async Task Run_Descriptors_AreNullAndTwoOutputs()
    {
        await using var harness = await LocalHarness.CreateAsync();

        var end = await harness.RunAsync(
            LocalHarness.Shell("readlink /proc/$$/fd/0; ls /proc/$$/fd | tr '\\n' ' '; echo wrong >&2; cat"));

        var output = await harness.ReadAsync(end.Id);
        Assert.StartsWith("/dev/null\n0 1 2 ", output, StringComparison.Ordinal);
        Assert.Equal("wrong\n", await harness.ReadAsync(end.Id, LogStream.Stderr));
    }

    [Fact]
    public async Task Run_ShellWithArguments_AppendsThemOnce()
    {
        await using var harness = await LocalHarness.CreateAsync();
        var job = LocalHarness.Shell("echo one") with { Task = new() { Arguments = ["two", "$((1+2))"] } };

        var end = await harness.RunAsync(job);

        Assert.Equal("one two 3\n", await harness.ReadAsync(end.Id));
    }

    [Fact]
    public async Task Run_ProgramWithArguments_GetsThemOnceAndAsTheyAre()
    {
        await using var harness = await LocalHarness.CreateAsync();
        var job = LocalHarness.Shell("printf") with
        {
            Task = new() { Shell = false, Arguments = ["[%s]", "a b", "$HOME", "'"] },
        };

        var end = await harness.RunAsync(job);

        Assert.Equal("[a b][$HOME][']", await harness.ReadAsync(end.Id));
    }

    [Fact]
    public async Task Run_ProgramWithOverride_SplitsItIntoWords()
    {
        await using var harness = await LocalHarness.CreateAsync();
        var job = LocalHarness.Shell("/usr/bin/printf") with { Task = new() { Shell = false, Arguments = ["old"] } };
        var request = LaunchRequests.For(job);
        request = request with { Run = request.Run with { Arguments = "'[%s]' one \"two three\" fo\\ ur" } };

        await harness.Engine.LaunchAsync([request], CancellationToken.None);
        await harness.WaitForEndAsync(request.Id);

        Assert.Equal("[one][two three][fo ur]", await harness.ReadAsync(request.Id));
    }

    [Theory]
    [InlineData("/no/such/program", "There is no program")]
    [InlineData("/etc/passwd", "may not be executed")]
    public async Task Run_WhatCannotBeExecuted_FailsWithReason(string program, string reason)
    {
        await using var harness = await LocalHarness.CreateAsync(options => options with { UseLimits = true });

        var end = await harness.RunAsync(LocalHarness.Shell(program) with { Task = new() { Shell = false } });

        Assert.Equal((AttemptPhase.Failed, null), (end.Phase, end.ExitCode));
        Assert.Contains(reason, end.Message, StringComparison.Ordinal);
        Assert.Contains(reason, await harness.ReadAsync(end.Id, LogStream.Stderr), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ProgramThatIsNotInThePath_ExitsWith127()
    {
        await using var harness = await LocalHarness.CreateAsync();

        var end = await harness.RunAsync(LocalHarness.Shell("no-such-tool") with { Task = new() { Shell = false } });

        Assert.Equal((AttemptPhase.Failed, 127), (end.Phase, end.ExitCode));
    }

    [Fact]
    public async Task Run_FolderThatIsMissing_FailsWithReason()
    {
        await using var harness = await LocalHarness.CreateAsync();

        var end = await harness.RunAsync(
            LocalHarness.Shell("true") with { Task = new() { WorkingDirectory = "/no/such/folder" } });

        Assert.Equal(AttemptPhase.Failed, end.Phase);
        Assert.Contains("/no/such/folder", end.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_AsAnotherUser_OwnsItsSandbox()
    {
        Assert.SkipUnless(Libc.EffectiveUser() == 0, "Only root may run tasks as somebody else.");
        await using var harness = await LocalHarness.CreateAsync();
        var job = LocalHarness.Shell("id -un; id -gn; touch made; echo $HOME; echo again >> /dev/stdout") with
        {
            Task = new() { RunAsUser = "nobody" },
        };
        Assert.Empty(harness.Engine.Check(job));

        var end = await harness.RunAsync(job);

        Assert.Equal("nobody\nnogroup\n/nonexistent\nagain\n", await harness.ReadAsync(end.Id));
        Assert.Equal(0, end.ExitCode);
    }
}
