using Chronos.Runtime.Ports;
using Chronos.Storage.History;
using Npgsql;

namespace Chronos.Storage.PostgreSql;

/// <summary>The database of a cluster. Made once per node and shared by its state store, history and election. Nothing
/// is asked of the servers until it is used; then the tables are created or brought up to date.</summary>
public sealed class PostgreSqlDatabase : IAsyncDisposable
{
    // Of all clusters in a server; two that prepare at once wait for each other.
    private const long PreparingLock = 0x4368_726E;
    private readonly NpgsqlMultiHostDataSource hosts;
    private readonly NpgsqlDataSource primary;
    private readonly SemaphoreSlim preparing = new(1);
    private readonly PostgreSqlOptions options;
    private volatile bool isPrepared;

    /// <summary>A database; nothing is connected yet.</summary>
    public PostgreSqlDatabase(PostgreSqlOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        this.options = options;
        Place = options.ToString();
        hosts = new NpgsqlDataSourceBuilder(Connecting(options).ConnectionString).BuildMultiHost();
        primary = hosts.WithTargetSession(TargetSessionAttributes.Primary);
    }

    /// <summary>Where the database is, without secrets.</summary>
    public string Place { get; }

    internal TouchedJobs Touched { get; } = new();

    /// <summary>What is asked for, with all that nobody asked for.</summary>
    internal static NpgsqlConnectionStringBuilder Connecting(PostgreSqlOptions options)
    {
        var connecting = new NpgsqlConnectionStringBuilder(options.ConnectionString)
        {
            SearchPath = Quoted(options.Schema),
            MaxAutoPrepare = 40,
            KeepAlive = 10,
            // A server that failed is asked again soon: the usual 10 s may cost the lead. With 0 nothing is known of
            // any server, and opening a connection that is at hand can take seconds.
            HostRecheckSeconds = 1,
            IncludeErrorDetail = false, // it has values of rows
        };
        // ContainsKey is true of all that Npgsql knows, given or not.
        if (!connecting.ShouldSerialize("Timeout")) connecting.Timeout = 5;
        if (!connecting.ShouldSerialize("Command Timeout")) connecting.CommandTimeout = 15;
        connecting.ApplicationName ??= "chronos";
        // A node that stops in the middle of a transaction must not keep its locks.
        connecting.Options = $"{connecting.Options} -c idle_in_transaction_session_timeout=10000".Trim();
        return connecting;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await hosts.DisposeAsync();
        preparing.Dispose();
    }

    /// <summary>Does something over a connection.</summary>
    /// <exception cref="StoreUnavailableException">It may or may not have happened.</exception>
    /// <exception cref="StoreCorruptException">The tables cannot be used.</exception>
    internal async Task<T> DoAsync<T>(
        Func<NpgsqlConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await OpenAsync(cancellationToken);
            return await work(connection, cancellationToken);
        }
        catch (Exception e) when (Translate(e, cancellationToken) is { } known)
        {
            throw known;
        }
    }

    /// <summary>A connection to the server that takes writes; the tables are there.</summary>
    internal async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        if (!isPrepared) await PrepareAsync(cancellationToken);
        return await primary.OpenConnectionAsync(cancellationToken);
    }

    /// <summary>What a failure means to callers; null: it is theirs.</summary>
    internal Exception? Translate(Exception failure, CancellationToken cancellationToken) => failure switch
    {
        OperationCanceledException when cancellationToken.IsCancellationRequested => null,
        PostgresException { SqlState: "XX001" or "XX002" or "58P01" } => new StoreCorruptException(
            $"{Place} is damaged: {failure.Message} Restore a backup.", failure),
        NpgsqlException or TimeoutException or IOException or OperationCanceledException =>
            new StoreUnavailableException($"{Place}: {failure.Message}", failure),
        // Npgsql's words for a connection that broke between two requests.
        ObjectDisposedException or InvalidOperationException { Source: nameof(Npgsql) } =>
            new StoreUnavailableException($"{Place}: the connection broke.", failure),
        _ => null,
    };

    private async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await preparing.WaitAsync(cancellationToken);
        try
        {
            if (isPrepared) return;
            await using var connection = await primary.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await connection.ExecuteAsync($"SELECT pg_advisory_xact_lock({PreparingLock})", cancellationToken);
            await MigrateAsync(connection, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            isPrepared = true;
        }
        finally
        {
            preparing.Release();
        }
    }

    private async Task MigrateAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var schema = Quoted(options.Schema);
        // Asked first, because creating what exists needs rights all the same.
        var exists = await connection.ScalarAsync<bool>(
            "SELECT to_regclass($1) IS NOT NULL", cancellationToken, $"{schema}.schema_version");
        if (!exists)
            await connection.ExecuteAsync(
                $"CREATE SCHEMA IF NOT EXISTS {schema}; CREATE TABLE schema_version (version integer NOT NULL); "
                + "INSERT INTO schema_version VALUES (0)", cancellationToken);
        var version = await connection.ScalarAsync<int>("SELECT version FROM schema_version", cancellationToken);
        if (version > Schema.Migrations.Count)
            throw new StoreCorruptException(
                $"{Place} has version {version} of the tables; this version of Chronos knows "
                + $"{Schema.Migrations.Count} at most. Use the version that wrote it, or a newer one.");
        if (version == Schema.Migrations.Count) return;
        foreach (var script in Schema.Migrations.Skip(version))
            await connection.ExecuteAsync(script, cancellationToken);
        await connection.ExecuteAsync(
            $"UPDATE schema_version SET version = {Schema.Migrations.Count}", cancellationToken);
    }

    private static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
