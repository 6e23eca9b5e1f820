using System.Diagnostics;
using System.Text;
using Chronos.Runtime.Ports;
using SQLitePCL;
using static SQLitePCL.raw;

namespace Chronos.Bench.Peers;

/// <summary>The limit of a durable run: a bare loop over prepared statements that writes given rows into tables and
/// indexes like ours, batch by batch, each with its flush. Nothing is decided, encoded or checked.</summary>
internal static class SqliteRows
{
    private const string Tables = """
        PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536;
        CREATE TABLE definitions (name TEXT PRIMARY KEY NOT NULL, json TEXT NOT NULL);
        CREATE TABLE states (name TEXT PRIMARY KEY NOT NULL, json TEXT NOT NULL);
        CREATE TABLE meta (name TEXT PRIMARY KEY NOT NULL, json TEXT NOT NULL);
        CREATE TABLE runs (nominal INTEGER NOT NULL, id TEXT NOT NULL, job TEXT NOT NULL, state TEXT NOT NULL,
            created INTEGER NOT NULL, ended INTEGER, cause TEXT NOT NULL, owner TEXT NOT NULL, json TEXT NOT NULL,
            PRIMARY KEY (nominal, id)) WITHOUT ROWID;
        CREATE INDEX runs_by_job ON runs (job, nominal, id, state);
        """;

    private static readonly byte[] RunJson = new byte[200]; // as long as the column is with us
    private static readonly string[] DocumentTables = ["definitions", "states", "meta"];

    /// <summary>Writes all batches, and measures those from <paramref name="firstOfRuns"/> on.</summary>
    /// <returns>Runs per second.</returns>
    public static double Measure(IReadOnlyList<CommitBatch> batches, int firstOfRuns, int runs)
    {
        var folder = Directory.CreateTempSubdirectory("chronos-rows-").FullName;
        Array.Fill(RunJson, (byte)'x');
        try
        {
            Check(sqlite3_open(Path.Join(folder, "rows.db"), out var database));
            using (database)
            {
                Check(sqlite3_exec(database, Tables));
                using var writer = new RowWriter(database);
                var before = 0;
                for (; before < firstOfRuns; before++) writer.Write(batches[before]);
                Check(sqlite3_exec(database, "PRAGMA wal_checkpoint(TRUNCATE)"));
                var clock = Stopwatch.GetTimestamp();
                foreach (var batch in batches.Skip(before)) writer.Write(batch);
                return runs / Stopwatch.GetElapsedTime(clock).TotalSeconds;
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Check(int code)
    {
        if (code is not (SQLITE_OK or SQLITE_DONE or SQLITE_ROW))
            throw new InvalidOperationException($"SQLite: error {code}.");
    }

    private sealed class RowWriter(sqlite3 database) : IDisposable
    {
        private readonly sqlite3_stmt[] puts = [.. DocumentTables.Select(table => Prepare(database, $"""
            INSERT INTO {table} (name, json) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET json = excluded.json
            """))];

        private readonly sqlite3_stmt insert = Prepare(database, """
            INSERT INTO runs (nominal, id, job, state, created, ended, cause, owner, json)
            VALUES (?1, ?2, ?3, 'succeeded', ?4, ?5, 'schedule', '', ?6)
            """);

        public void Write(CommitBatch batch)
        {
            Check(sqlite3_exec(database, "BEGIN IMMEDIATE"));
            foreach (var unit in batch.Units)
            {
                foreach (var (key, json) in unit.Documents)
                {
                    var put = puts[(int)key.Kind];
                    BindText(put, 1, key.Name);
                    Check(sqlite3_bind_text(put, 2, json!.Value.Span)); // nothing is deleted here
                    Run(put);
                }

                foreach (var record in unit.Records.OfType<RunRecord>()) Write(record);
            }

            Check(sqlite3_exec(database, "COMMIT"));
        }

        public void Dispose()
        {
            foreach (var put in puts) put.Dispose();
            insert.Dispose();
        }

        private void Write(RunRecord record)
        {
            Check(sqlite3_bind_int64(insert, 1, record.Run.Nominal.ToUnixTimeTicks()));
            BindText(insert, 2, record.Run.Id.ToString());
            BindText(insert, 3, record.JobName);
            Check(sqlite3_bind_int64(insert, 4, record.Run.CreatedAt.ToUnixTimeTicks()));
            Check(sqlite3_bind_int64(insert, 5, record.Run.EndedAt?.ToUnixTimeTicks() ?? 0));
            Check(sqlite3_bind_text(insert, 6, RunJson));
            Run(insert);
        }

        private static void BindText(sqlite3_stmt statement, int index, string text)
        {
            Span<byte> utf8 = stackalloc byte[128];
            Check(sqlite3_bind_text(statement, index, utf8[..Encoding.UTF8.GetBytes(text, utf8)]));
        }

        private static void Run(sqlite3_stmt statement)
        {
            Check(sqlite3_step(statement));
            Check(sqlite3_reset(statement));
        }

        private static sqlite3_stmt Prepare(sqlite3 database, string sql)
        {
            Check(sqlite3_prepare_v2(database, sql, out var statement));
            return statement;
        }
    }
}
