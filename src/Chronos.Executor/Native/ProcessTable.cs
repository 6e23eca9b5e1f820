using System.Buffers.Text;
using System.Text;
using Chronos.Runtime.Leadership;

namespace Chronos.Executor.Native;

/// <summary>One process, as <c>/proc</c> shows it.</summary>
internal readonly record struct ProcessRow(
    int Pid, char State, int Parent, int Group, int Session, long StartTicks, int ExitStatus)
{
    /// <summary>Whether it has ended and only awaits its parent.</summary>
    internal bool IsDead => State is 'Z' or 'X';
}

/// <summary>Reads <c>/proc</c>.</summary>
internal static class ProcessTable
{
    private const long TickLength = TimeSpan.TicksPerSecond / 100; // USER_HZ, proc(5)

    /// <summary>The moment at which a process that starts now has started, in ticks since the machine did.</summary>
    internal static long NowTicks => BootClock.Now.Ticks / TickLength;

    /// <summary>Differs after each start of the machine; a process number means nothing across it.</summary>
    internal static string ReadBootId() => File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();

    /// <summary>All processes that can be seen.</summary>
    internal static List<ProcessRow> ReadAll()
    {
        var rows = new List<ProcessRow>();
        foreach (var pid in Pids())
            if (TryRead(pid, out var row)) rows.Add(row);
        return rows;
    }

    /// <summary>Reads one process; false: there is none.</summary>
    internal static bool TryRead(int pid, out ProcessRow row)
    {
        Span<byte> buffer = stackalloc byte[1024];
        row = default;
        var count = ReadUpTo($"/proc/{pid}/stat", buffer);
        if (count <= 0) return false;

        // The name stands in parentheses and may contain any character, so that fields count from the last one.
        var text = buffer[..count];
        var close = text.LastIndexOf((byte)')');
        if (close < 0) return false;
        var fields = text[(close + 2)..];
        row = new(pid, (char)fields[0], (int)Field(fields, 1), (int)Field(fields, 2), (int)Field(fields, 3),
            Field(fields, 19), (int)Field(fields, fields.Count((byte)' ')));
        return true;
    }

    /// <summary>When a child has started that nobody has reaped yet. Asks the kernel only where the clock leaves a
    /// choice: what it keeps for a look into <c>/proc</c> it has to drop again when the process ends.</summary>
    /// <param name="pid">Its number.</param>
    /// <param name="earliest"><see cref="NowTicks"/> before it was started.</param>
    internal static long ReadStartTicks(int pid, long earliest)
    {
        if (NowTicks == earliest) return earliest;
        return TryRead(pid, out var row)
            ? row.StartTicks
            : throw new InvalidOperationException($"Process {pid} is gone although nobody has reaped it.");
    }

    /// <summary>Whether this very process lives, and not a later one with its number.</summary>
    internal static bool IsAlive(int pid, long startTicks) =>
        TryRead(pid, out var row) && row.StartTicks == startTicks && !row.IsDead;

    /// <summary>How a process ended that its parent has not reaped yet; null: it is reaped, or runs, or the kernel does
    /// not let us see. What we may not see looks like exit code 0, which is believed only of our own user.</summary>
    internal static ProcessEnd? ReadEnd(int pid, long startTicks)
    {
        if (!TryRead(pid, out var row) || row.StartTicks != startTicks || !row.IsDead) return null;
        return row.ExitStatus != 0 || ReadOwner(pid) == Libc.EffectiveUser()
            ? ProcessEnd.FromStatus(row.ExitStatus)
            : null;
    }

    /// <summary>The user a process runs as; null: it is gone.</summary>
    internal static uint? ReadOwner(int pid) =>
        ReadStatus(pid, "Uid:") is { } value && uint.TryParse(value.Split('\t')[0], out var user) ? user : null;

    /// <summary>How many threads a process has.</summary>
    internal static int CountThreads(int pid) =>
        ReadStatus(pid, "Threads:") is { } value && int.TryParse(value, out var count) ? count : 0;

    /// <summary>The value of a variable that a process was started with; null: it has none, or is gone, or is not
    /// ours.</summary>
    internal static string? ReadVariable(int pid, string name)
    {
        try
        {
            ReadOnlySpan<byte> block = File.ReadAllBytes($"/proc/{pid}/environ");
            ReadOnlySpan<byte> wanted = Encoding.UTF8.GetBytes(name + "=");
            foreach (var range in block.Split((byte)0))
                if (block[range].StartsWith(wanted)) return Encoding.UTF8.GetString(block[range][wanted.Length..]);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string? ReadStatus(int pid, string key)
    {
        try
        {
            foreach (var line in File.ReadLines($"/proc/{pid}/status"))
                if (line.StartsWith(key, StringComparison.Ordinal)) return line[key.Length..].Trim();
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // it ended meanwhile
        }
    }

    private static IEnumerable<int> Pids()
    {
        foreach (var path in Directory.EnumerateDirectories("/proc"))
            if (int.TryParse(path.AsSpan("/proc/".Length), out var pid)) yield return pid;
    }

    // Not through a file stream, whose locks and checks cost as much again; it happens for each start.
    private static unsafe int ReadUpTo(string path, Span<byte> buffer)
    {
        var descriptor = Libc.Open(path, Libc.OpenReadOnly | Libc.OpenCloseOnExec, 0);
        if (descriptor < 0) return 0; // the process ended meanwhile
        fixed (byte* start = buffer)
        {
            var count = Libc.Read(descriptor, start, buffer.Length);
            _ = Libc.Close(descriptor);
            return (int)count;
        }
    }

    private static long Field(ReadOnlySpan<byte> fields, int index)
    {
        for (; index > 0; index--) fields = fields[(fields.IndexOf((byte)' ') + 1)..];
        return Utf8Parser.TryParse(fields, out long value, out _) ? value : 0;
    }
}
