using Npgsql;

namespace Chronos.Storage.PostgreSql;

/// <summary>Where the database is.</summary>
public sealed class PostgreSqlOptions
{
    /// <summary>In Npgsql's form. Several hosts are tried for the one that takes writes.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>The schema that holds the tables; it is created. Default <c>chronos</c>.</summary>
    public string Schema { get; init; } = "chronos";

    /// <summary>Hosts, database and schema, without secrets.</summary>
    public override string ToString()
    {
        var builder = new NpgsqlConnectionStringBuilder(ConnectionString);
        return $"PostgreSQL at {builder.Host}/{builder.Database}, schema {Schema}";
    }
}
