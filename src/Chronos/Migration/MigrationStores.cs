using Chronos.CommandLine;
using Chronos.Runtime.Ports;
using Chronos.Serving;
using Chronos.Storage.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chronos.Migration;

/// <summary>The two stores of a migration. They share the data folder, which can be opened only once.</summary>
/// <param name="From">The one to copy.</param>
/// <param name="To">The one to fill.</param>
/// <param name="SharesHistory">Whether the history of both is in the data folder.</param>
/// <param name="Local">The data folder; null: neither needs it.</param>
public sealed record MigrationStores(StateParts From, StateParts To, bool SharesHistory, SqliteDatabase? Local)
    : IAsyncDisposable
{
    /// <summary>Opens both.</summary>
    /// <exception cref="MigrationRefusedException">There is no such data folder.</exception>
    public static async Task<MigrationStores> OpenAsync(
        StateSettings from, StateSettings to, string folder, CancellationToken cancellationToken)
    {
        var needsFolder = from.PostgreSql is null || to.PostgreSql is null;
        if (from.IsLocal && !Directory.Exists(folder))
            throw new MigrationRefusedException($"There is no data folder '{folder}'; name it with --data-dir.");
        SqliteDatabase? local = null;
        if (needsFolder)
        {
            DataFolder.Create(folder);
            local = await SqliteDatabase.OpenAsync(
                new() { Folder = folder }, NullLogger<SqliteDatabase>.Instance, cancellationToken);
        }

        var self = new ClusterMember(
            $"migrate-{Guid.NewGuid():N}", $"chronos-migrate://{Environment.MachineName}", ProductVersion.Text);
        return new(
            StateParts.Over(from, local, self, NullLoggerFactory.Instance),
            StateParts.Over(to, local, self, NullLoggerFactory.Instance),
            from.PostgreSql is null && to.PostgreSql is null, local);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await From.DisposeAsync();
        await To.DisposeAsync();
        if (Local is not null) await Local.DisposeAsync();
    }
}
