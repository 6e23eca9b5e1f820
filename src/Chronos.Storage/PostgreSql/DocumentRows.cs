using Chronos.Runtime.Ports;
using Npgsql;

namespace Chronos.Storage.PostgreSql;

/// <summary>Reads all documents, row by row, over one connection.</summary>
internal sealed class DocumentRows(PostgreSqlDatabase database, CancellationToken cancellationToken) : IAsyncDisposable
{
    private static readonly DocumentKind[] Kinds = Enum.GetValues<DocumentKind>();
    private NpgsqlConnection? connection;
    private NpgsqlCommand? command;
    private NpgsqlDataReader? reader;
    private int kind;

    public StoredDocument Current { get; private set; }

    public async Task<bool> ReadAsync()
    {
        try
        {
            reader ??= await OpenAsync();
            while (!await reader.ReadAsync(cancellationToken))
            {
                kind++;
                if (!await reader.NextResultAsync(cancellationToken)) return false;
            }

            Current = new(new(Kinds[kind], reader.GetString(0)), reader.GetFieldValue<byte[]>(1));
            return true;
        }
        catch (Exception e) when (database.Translate(e, cancellationToken) is { } known)
        {
            throw known;
        }
    }

    public async ValueTask DisposeAsync()
    {
        command?.Cancel(); // or the rest would be read first
        if (reader is not null) await reader.DisposeAsync();
        if (command is not null) await command.DisposeAsync();
        if (connection is not null) await connection.DisposeAsync();
    }

    private async Task<NpgsqlDataReader> OpenAsync()
    {
        connection = await database.OpenAsync(cancellationToken);
        command = connection.Command(string.Concat(
            Kinds.Select(k => $"SELECT name, json FROM {PostgreSqlStateStore.TableOf(k)};")));
        return await command.ExecuteReaderAsync(cancellationToken);
    }
}
