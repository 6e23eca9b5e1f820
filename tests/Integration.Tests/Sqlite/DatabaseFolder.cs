using Chronos.Storage.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chronos.Integration.Tests.Sqlite;

/// <summary>A data folder of one test, removed after it.</summary>
internal sealed class DatabaseFolder : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("chronos-sqlite-").FullName;

    public string File => Path.Combine(Folder, "chronos.db");

    public static Task<SqliteDatabase> OpenAsync(string folder) => SqliteDatabase.OpenAsync(
        new() { Folder = folder }, NullLogger<SqliteDatabase>.Instance, CancellationToken.None);

    public Task<SqliteDatabase> OpenAsync() => OpenAsync(Folder);

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
