using Chronos.Executor.Native;
using Xunit;
using MadeSandbox = Chronos.Executor.Supervision.Sandbox;

namespace Chronos.Integration.Tests.Local;

/// <summary>How the folder of a task comes to be.</summary>
public sealed class SandboxTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("chronos-sandbox-").FullName;

    private string Sandbox => Path.Join(folder, "tasks", "XX", "sandbox");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Make_NothingAboveIt_IsItsOwnersWithEmptyOutputs()
    {
        Assert.Null(MadeSandbox.Make(Sandbox));

        Assert.Equal("700", ModeOf(Sandbox));
        Assert.Equal("711", ModeOf(Path.Join(folder, "tasks", "XX")));
        Assert.Equal("711", ModeOf(Path.Join(folder, "tasks")));
        Assert.Equal("600", ModeOf(Path.Join(Sandbox, "stdout")));
        Assert.Equal("600", ModeOf(Path.Join(Sandbox, "stderr")));
        Assert.Equal(0, new FileInfo(Path.Join(Sandbox, "stdout")).Length);
    }

    [Fact]
    public void Make_ThereAlready_LinksInItAreNotFollowed()
    {
        var outside = Path.Join(folder, "outside");
        Directory.CreateDirectory(Sandbox);
        File.CreateSymbolicLink(Path.Join(Sandbox, "stdout"), outside);

        Assert.Null(MadeSandbox.Make(Sandbox));

        Assert.False(File.Exists(outside));
        Assert.False(File.Exists(Path.Join(Sandbox, "stderr")));
    }

    [Fact]
    public void Make_FileInItsWay_IsTold()
    {
        File.WriteAllText(Path.Join(folder, "tasks"), "");

        Assert.Equal($"The sandbox '{Sandbox}' cannot be made: {Libc.Describe(20)}.", MadeSandbox.Make(Sandbox));
    }

    private static string ModeOf(string path) => SmallDisk.Run("stat", "--format=%a", path);
}
