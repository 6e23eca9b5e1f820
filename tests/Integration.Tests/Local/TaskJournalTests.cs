using Chronos.Executor.Journal;
using Chronos.Executor.Native;
using Chronos.Executor.Protocol;
using Chronos.Executor.Supervision;
using Chronos.Testing;
using Chronos.Testing.Engines;
using Xunit;

namespace Chronos.Integration.Tests.Local;

/// <summary>The executor's memory, and what its successor makes of it.</summary>
public sealed class TaskJournalTests : IDisposable
{
    private const long Now = 1_900_000_000_000;
    private readonly string folder = Directory.CreateTempSubdirectory("chronos-journal-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string FilePath => Path.Join(folder, "journal");

    [Fact]
    public void Open_AfterFlush_ReadsAllLines()
    {
        Write(Line(JournalKind.Accepted, "a"), Line(JournalKind.Spawning, "a"));

        Assert.Equal([JournalKind.Accepted, JournalKind.Spawning], Read().Select(entry => entry.Kind));
    }

    [Fact]
    public void Open_TornAtAnyByte_KeepsWholeLinesAndGoesOn()
    {
        Write(Line(JournalKind.Accepted, "a"), Line(JournalKind.Accepted, "b"));
        var whole = File.ReadAllBytes(FilePath);
        var first = Array.IndexOf(whole, (byte)'\n') + 1;
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(FilePath, whole[..length]);

            Write(Line(JournalKind.Accepted, "c"));

            string[] expected = length < first ? ["c"] : ["a", "c"];
            Assert.Equal(expected, Read().Select(entry => entry.Id));
        }
    }

    [Fact]
    public void Open_DamagedLine_EndsThere()
    {
        Write(Line(JournalKind.Accepted, "a"), Line(JournalKind.Accepted, "b"), Line(JournalKind.Accepted, "c"));
        var bytes = File.ReadAllBytes(FilePath);
        bytes[(bytes.Length / 3) + 20] ^= 1;
        File.WriteAllBytes(FilePath, bytes);

        Assert.Equal(["a"], Read().Select(entry => entry.Id));
    }

    [Fact]
    public void Reserve_ThenFlush_WritesOverTheZeros()
    {
        var (journal, _) = TaskJournal.Open(folder);
        using (journal)
        {
            Assert.Equal(0, journal.Reserve());
            var size = new FileInfo(FilePath).Length;
            journal.Append(Line(JournalKind.Accepted, "a"));
            Assert.Equal(0, journal.Flush(sync: true));
            Assert.Equal(size, new FileInfo(FilePath).Length);
            Assert.InRange(journal.Length, 1, size - 1);
        }

        Assert.Equal(["a"], Read().Select(entry => entry.Id));
    }

    [Fact]
    public void Open_TornBeforeZeros_KeepsWholeLinesAndGoesOn()
    {
        Write(Line(JournalKind.Accepted, "a"), Line(JournalKind.Accepted, "b"));
        var whole = File.ReadAllBytes(FilePath);
        Array.Clear(whole, whole.Length - 10, 10);
        File.WriteAllBytes(FilePath, [.. whole, .. new byte[5000]]);

        Write(Line(JournalKind.Accepted, "c"));

        Assert.Equal(["a", "c"], Read().Select(entry => entry.Id));
    }

    [Fact]
    public void Compact_ManyLines_LeavesTheGivenOnes()
    {
        var (journal, _) = TaskJournal.Open(folder);
        using (journal)
        {
            for (var i = 0; i < 1000; i++) journal.Append(Line(JournalKind.Accepted, $"a{i}"));
            Assert.Equal(0, journal.Flush(sync: false));
            Assert.Equal(0, journal.Compact([Line(JournalKind.Accepted, "left")]));
            journal.Append(Line(JournalKind.Accepted, "new"));
            Assert.Equal(0, journal.Flush(sync: false));
        }

        Assert.Equal(["left", "new"], Read().Select(entry => entry.Id));
        Assert.InRange(new FileInfo(FilePath).Length, 1, 1000);
    }

    [Fact]
    public void Recover_AcceptedOnly_NeverRan() =>
        Assert.Empty(Recover(Opened(), Line(JournalKind.Accepted, "a")));

    [Fact]
    public void Recover_AcceptedBeforeTheMachineRestarted_IsDoubtful()
    {
        var task = Assert.Single(Recover(Opened("other boot"), Line(JournalKind.Accepted, "a"), Opened()));

        Assert.Equal(TaskPhase.Doubtful, task.Phase);
        Assert.Contains("machine was restarted", task.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Recover_SpawningWithoutProcess_IsDoubtful()
    {
        var tasks = Recover(Opened(), Line(JournalKind.Accepted, "none-such"), Line(JournalKind.Spawning, "none-such"));

        Assert.Equal(TaskPhase.Doubtful, Assert.Single(tasks).Phase);
    }

    [Fact]
    public async Task Recover_SpawningWithProcess_IsFoundByItsEnvironment()
    {
        using var spawner = new Spawner();
        var id = $"marked-{Guid.NewGuid():N}";
        var error = spawner.Spawn(
            new(["/bin/sleep", "1000"], [$"CHRONOS_ATTEMPT_ID={id}"], "/", "/dev/null", "/dev/null"), out var pid);
        Assert.Equal(0, error);
        try
        {
            // A spawn returns a moment before the new program's environment can be seen.
            await Wait.UntilAsync(
                () => ProcessTable.ReadVariable(pid, Recovery.Marker) is not null, "environment");

            var task = Assert.Single(Recover(Opened(), Line(JournalKind.Accepted, id), Line(JournalKind.Spawning, id)));

            Assert.Equal((TaskPhase.Running, pid), (task.Phase, task.Pid));
        }
        finally
        {
            _ = Libc.Kill(pid, Libc.SigKill);
            Assert.True(ReapOne(pid));
        }
    }

    [Fact]
    public void Recover_StartedButNumberReused_IsDoubtful()
    {
        Assert.True(ProcessTable.TryRead(Environment.ProcessId, out var self));
        var started = Line(JournalKind.Started, "a") with { Pid = self.Pid, StartTicks = self.StartTicks - 1 };

        var task = Assert.Single(Recover(Opened(), Line(JournalKind.Accepted, "a"), started));

        Assert.Equal(TaskPhase.Doubtful, task.Phase);
    }

    [Fact]
    public void Recover_KillAskedAndGone_IsKilled()
    {
        var started = Line(JournalKind.Started, "a") with { Pid = int.MaxValue, StartTicks = 1 };

        var tasks = Recover(Opened(), Line(JournalKind.Accepted, "a"), started, Line(JournalKind.Killing, "a"));

        Assert.Equal(TaskPhase.Killed, Assert.Single(tasks).Phase);
    }

    [Fact]
    public void Recover_EndedAndForgotten_KeepsOnlyTheFirst()
    {
        var report = new TaskReport { Id = "a", Job = "job", Phase = TaskPhase.Failed, ExitCode = 0, StartedAt = 5 };
        var entries = new[]
        {
            Opened("other boot"), Line(JournalKind.Ended, "a") with { Report = report },
            Line(JournalKind.Accepted, "b"),
            Line(JournalKind.Ended, "b") with { Report = report with { Id = "b" } }, Line(JournalKind.Forgotten, "b"),
        };
        Write(entries);

        Assert.Equal(report, Assert.Single(Recover([.. Read()])).ToReport());
    }

    private static unsafe bool ReapOne(int pid)
    {
        int status;
        return Libc.WaitForPid(pid, &status, 0) == pid;
    }

    private static List<TaskEntry> Recover(params JournalEntry[] entries) =>
        new Recovery(ProcessTable.ReadBootId(), Now).Run(entries);

    private static JournalEntry Opened(string? boot = null) => new()
    {
        Kind = JournalKind.Opened, Id = boot ?? ProcessTable.ReadBootId(),
    };

    private static JournalEntry Line(JournalKind kind, string id) => new() { Kind = kind, Id = id, Job = "job" };

    private void Write(params JournalEntry[] entries)
    {
        var (journal, _) = TaskJournal.Open(folder);
        using (journal)
        {
            foreach (var entry in entries) journal.Append(entry);
            Assert.Equal(0, journal.Flush(sync: true));
        }
    }

    private List<JournalEntry> Read()
    {
        var (journal, entries) = TaskJournal.Open(folder);
        journal.Dispose();
        return entries;
    }
}
