using System.Diagnostics;
using Chronos.Storage.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chronos.Integration.Tests.Sqlite;

/// <summary>A data folder of one test, removed after it.</summary>
internal sealed class DatabaseFolder : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("chronos-sqlite-").FullName;

    public string File => Path.Combine(Folder, "chronos.db");

    public string Log => File + "-wal";

    public static Task<SqliteDatabase> OpenAsync(string folder) => SqliteDatabase.OpenAsync(
        new() { Folder = folder }, NullLogger<SqliteDatabase>.Instance, CancellationToken.None);

    public Task<SqliteDatabase> OpenAsync() => OpenAsync(Folder);

    public Task<SqliteDatabase> OpenAsync(IReadOnlyList<string> migrations) => SqliteDatabase.OpenAsync(
        new() { Folder = Folder }, migrations, NullLogger.Instance, CancellationToken.None);

    /// <summary>Copies the files as a crash at this moment would leave them.</summary>
    public DatabaseFolder CopyOfCrash()
    {
        var copy = new DatabaseFolder();
        // Not by this process: closing a file ends the locks that SQLite, in the same process, holds on it.
        Shell.Run("cp", File, Log, copy.Folder);
        return copy;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}

/// <summary>Programs of the system.</summary>
internal static class Shell
{
    public static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var said = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} failed: {said}");
    }
}
