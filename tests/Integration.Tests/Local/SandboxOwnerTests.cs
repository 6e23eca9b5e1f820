using Chronos.Executor.Limits;
using Chronos.Executor.Native;
using Chronos.Executor.Supervision;
using Xunit;

namespace Chronos.Integration.Tests.Local;

/// <summary>What root does to files for the user of a task.</summary>
public sealed class SandboxOwnerTests : IDisposable
{
    private const uint Nobody = 65534;
    private readonly string folder = Directory.CreateTempSubdirectory("chronos-owner-").FullName;

    private string Sandbox => Path.Join(folder, "sandbox");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Give_LinksOutOfTheSandbox_AreNotFollowed()
    {
        RequireRoot();
        var outside = Path.Join(folder, "outside");
        Directory.CreateDirectory(Path.Join(outside, "deep"));
        File.WriteAllText(Path.Join(outside, "deep", "file"), "of root");
        Directory.CreateDirectory(Path.Join(Sandbox, "inner"));
        File.WriteAllText(Path.Join(Sandbox, "inner", "file"), "of the task");
        Directory.CreateSymbolicLink(Path.Join(Sandbox, "inner", "link"), outside);

        Assert.Null(SandboxOwner.Give(Sandbox, Nobody, Nobody));

        Assert.Equal("65534", OwnerOf(Path.Join(Sandbox, "inner", "file")));
        Assert.Equal("65534", OwnerOf(Path.Join(Sandbox, "inner", "link")));
        Assert.Equal("65534", OwnerOf(Path.Join(Sandbox, "stdout")));
        Assert.Equal("0", OwnerOf(outside));
        Assert.Equal("0", OwnerOf(Path.Join(outside, "deep")));
        Assert.Equal("0", OwnerOf(Path.Join(outside, "deep", "file")));
    }

    [Fact]
    public void Give_OutputIsALink_IsRefused()
    {
        RequireRoot();
        var outside = Path.Join(folder, "outside");
        File.WriteAllText(outside, "of root");
        Directory.CreateDirectory(Sandbox);
        File.CreateSymbolicLink(Path.Join(Sandbox, "stdout"), outside);

        Assert.Contains("is a link", SandboxOwner.Give(Sandbox, Nobody, Nobody), StringComparison.Ordinal);
        Assert.Equal("0", OwnerOf(outside));
    }

    [Fact]
    public async Task Give_FileThatCannotChange_IsTold()
    {
        await using var disk = await SmallDisk.MountAsync(1);
        Directory.CreateDirectory(Path.Join(disk.Folder, "a"));
        SmallDisk.Run("mount", "-o", "remount,ro", disk.Folder);

        var problem = SandboxOwner.Give(disk.Folder, Nobody, Nobody);

        Assert.Equal(
            $"'{disk.Folder}/a' cannot be given to user 65534: {Libc.Describe(30)}.", problem);
    }

    [Fact]
    public void RemoveStale_GroupsOfOtherExecutors_GoWhereTheyAreEmpty()
    {
        // Folders behave as control groups do: one that holds something cannot be removed.
        Directory.CreateDirectory(Path.Join(folder, "chronos-0123abcd", "attempt-1"));
        Directory.CreateDirectory(Path.Join(folder, "chronos-89abcdef"));
        File.WriteAllText(Path.Join(folder, "chronos-89abcdef", "process"), "1");
        Directory.CreateDirectory(Path.Join(folder, "chronos-00000000"));
        Directory.CreateDirectory(Path.Join(folder, "chronos-server"));
        var live = CgroupMounts.GroupName(
            File.ReadAllText("/proc/self/cmdline").Split('\0').First(word => word.Contains('/')));
        Directory.CreateDirectory(Path.Join(folder, live, "attempt-1"));

        ControlFile.RemoveStale(folder, own: "chronos-00000000");

        Assert.Equal(
            new[] { "chronos-00000000", "chronos-89abcdef", "chronos-server", live }.Order(StringComparer.Ordinal),
            ControlFile.ReadFolders(folder).Order(StringComparer.Ordinal));
        Assert.True(Directory.Exists(Path.Join(folder, live, "attempt-1")));
    }

    private static void RequireRoot() =>
        Assert.SkipUnless(Libc.EffectiveUser() == 0, "Only root may give files away.");

    private static string OwnerOf(string path) => SmallDisk.Run("stat", "--format=%u", path);
}
