using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Chronos.Executor.Native;

namespace Chronos.Executor.Journal;

/// <summary>The executor's memory: lines of <c>CRC JSON</c>, written one after the other over zeros that were put there
/// ahead. What was flushed survives the death of the process; what was flushed with a sync survives that of the
/// machine. A sync of a file that does not grow waits for these bytes alone; one that grows, for all that the file
/// system has changed meanwhile, such as the folders of tasks. Used by one thread, but for <see cref="Sync"/>.
/// </summary>
internal sealed unsafe class TaskJournal : IDisposable
{
    private const string FileName = "journal";
    private const int ChecksumDigits = 8;
    private const long ReserveBytes = 1024 * 1024;
    private const long ReserveLeastBytes = 256 * 1024;
    private const uint PrivateMode = 0x180; // rw for the owner
    private static readonly byte[] Zeros = new byte[64 * 1024];

    private readonly string path;
    private readonly ArrayBufferWriter<byte> pending = new(64 * 1024);
    private readonly Utf8JsonWriter json;
    private readonly Lock replacing = new();
    private int descriptor;
    private long length;
    private long reservedUntil; // zeros from the end of the lines to here; less than the end: none

    private TaskJournal(string path)
    {
        this.path = path;
        json = new(pending, new() { SkipValidation = true });
        descriptor = OpenFile(path);
    }

    /// <summary>Bytes of all lines; the file may be longer.</summary>
    internal long Length => length;

    /// <summary>Opens the journal of a folder and reads what it holds. A last line that was cut off by a crash is
    /// removed.</summary>
    internal static (TaskJournal Journal, List<JournalEntry> Entries) Open(string directory)
    {
        var path = Path.Combine(directory, FileName);
        var content = File.Exists(path) ? File.ReadAllBytes(path) : [];
        var entries = Parse(content, out var valid);
        var journal = new TaskJournal(path);
        journal.Cut(valid);
        return (journal, entries);
    }

    /// <summary>Adds a line to the next flush.</summary>
    internal void Append(JournalEntry entry)
    {
        var start = pending.WrittenCount;
        pending.GetSpan(ChecksumDigits + 1);
        pending.Advance(ChecksumDigits + 1);
        json.Reset(pending);
        JsonSerializer.Serialize(json, entry, JournalJson.Default.JournalEntry);
        json.Flush();
        var line = MemoryMarshal.AsMemory(pending.WrittenMemory[start..]).Span;
        WriteChecksum(line);
        pending.Write("\n"u8);
    }

    /// <summary>Writes all added lines with one call; they are written whole or not at all.</summary>
    /// <param name="sync">Whether to wait until the disk has them.</param>
    /// <returns>0, or the error; then the lines are kept for the next flush.</returns>
    internal int Flush(bool sync)
    {
        if (pending.WrittenCount == 0) return 0;
        var error = Write(pending.WrittenSpan, length);
        if (error != 0)
        {
            Cut(length);
            return error;
        }

        length += pending.WrittenCount;
        pending.ResetWrittenCount();
        return sync && Libc.SyncContent(descriptor) != 0 ? Marshal.GetLastPInvokeError() : 0;
    }

    /// <summary>Waits until the disk has all that was flushed before. The one method for other threads; while it
    /// waits, lines can be added and flushed.</summary>
    /// <returns>0, or the error.</returns>
    internal int Sync()
    {
        lock (replacing) return Libc.SyncContent(descriptor) == 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    /// <summary>Drops the lines that could not be flushed.</summary>
    internal void DropPending() => pending.ResetWrittenCount();

    /// <summary>Takes disk space ahead, so that starts and ends can be written when the disk is full. A launch is
    /// accepted only while there is some.</summary>
    /// <returns>0, or the error.</returns>
    internal int Reserve()
    {
        if (reservedUntil - length >= ReserveLeastBytes) return 0;
        var start = Math.Max(reservedUntil, length);
        for (var at = start; at < start + ReserveBytes; at += Zeros.Length)
        {
            if (Write(Zeros, at) is not 0 and var error) return error;
            reservedUntil = at + Zeros.Length;
        }

        return 0;
    }

    /// <summary>Replaces the file by one with only these lines.</summary>
    /// <returns>0, or the error; then the old file goes on.</returns>
    internal int Compact(IEnumerable<JournalEntry> entries)
    {
        lock (replacing) return CompactNeedsLock(entries);
    }

    private int CompactNeedsLock(IEnumerable<JournalEntry> entries)
    {
        var temporary = path + ".new";
        File.Delete(temporary);
        var old = (descriptor, length, reservedUntil);
        (descriptor, length, reservedUntil) = (OpenFile(temporary), 0, 0);
        foreach (var entry in entries) Append(entry);
        var error = Flush(sync: true);
        if (error == 0)
        {
            File.Move(temporary, path, overwrite: true);
            _ = Libc.Close(old.descriptor);
            return 0;
        }

        DropPending();
        _ = Libc.Close(descriptor);
        (descriptor, length, reservedUntil) = old;
        File.Delete(temporary);
        return error;
    }

    public void Dispose()
    {
        json.Dispose();
        _ = Libc.Close(descriptor);
    }

    private static List<JournalEntry> Parse(byte[] content, out long valid)
    {
        var entries = new List<JournalEntry>();
        valid = 0;
        while (valid < content.Length)
        {
            var rest = content.AsSpan((int)valid);
            var end = rest.IndexOf((byte)'\n');
            if (end < ChecksumDigits + 2) break;
            var line = rest[..end];
            if (!HasChecksum(line)) break;
            if (JsonSerializer.Deserialize(line[(ChecksumDigits + 1)..], JournalJson.Default.JournalEntry) is { } entry)
                entries.Add(entry);
            valid += end + 1;
        }

        return entries;
    }

    private static void WriteChecksum(Span<byte> line)
    {
        Checksum(line[(ChecksumDigits + 1)..]).TryFormat(line, out _, "x8", CultureInfo.InvariantCulture);
        line[ChecksumDigits] = (byte)' ';
    }

    private static bool HasChecksum(ReadOnlySpan<byte> line) =>
        uint.TryParse(line[..ChecksumDigits], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var written)
        && written == Checksum(line[(ChecksumDigits + 1)..]);

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes) crc = BitOperations.Crc32C(crc, value);
        return ~crc;
    }

    private static int OpenFile(string path)
    {
        const int Flags = Libc.OpenReadWrite | Libc.OpenCreate | Libc.OpenCloseOnExec;
        var descriptor = Libc.Open(path, Flags, PrivateMode);
        return descriptor >= 0
            ? descriptor
            : throw new IOException($"Cannot open '{path}': {Libc.Describe(Marshal.GetLastPInvokeError())}");
    }

    private int Write(ReadOnlySpan<byte> bytes, long offset)
    {
        fixed (byte* start = bytes)
        {
            var written = Libc.WriteAt(descriptor, start, bytes.Length, offset);
            if (written == bytes.Length) return 0;
            return written < 0 ? Marshal.GetLastPInvokeError() : Libc.NoSpace;
        }
    }

    private void Cut(long size)
    {
        using var handle = new Microsoft.Win32.SafeHandles.SafeFileHandle(descriptor, ownsHandle: false);
        if (RandomAccess.GetLength(handle) != size) RandomAccess.SetLength(handle, size);
        length = size;
        reservedUntil = 0;
    }
}
