namespace Chronos.Storage.Sqlite;

/// <summary>The tables, as scripts that lead from each version to the next. A script that was released is never
/// changed; a new one is added at the end.</summary>
/// <remarks>
/// Instants in <c>runs</c> and <c>events</c> are whole numbers of 100 ns since 1970, which sort, are exact and take a
/// third of the space of text; the views <c>run_list</c> and <c>event_list</c> show them as people write them.
/// <para>Each index costs every insert, so there are three. <c>runs</c> is ordered by nominal time and id, which is the
/// order of listings: appends go to the end, retention by age takes from the front, and a run is found by its id
/// because the id begins with the nominal time. <c>runs_by_job</c> serves a job's page and retention by count, and
/// has the state so that filtering by it reads no rows. <c>runs_by_state</c> leaves out succeeded runs: they are what
/// most runs are, so a page of them is found by reading <c>runs</c>, and the index stays small.
/// <c>run_labels</c> has rows only for jobs with labels.</para>
/// </remarks>
internal static class Schema
{
    /// <summary>Marks the file as ours: "Chrn".</summary>
    public const int ApplicationId = 0x4368_726E;

    public static readonly IReadOnlyList<string> Migrations = [Version1];

    private const string Version1 = """
        CREATE TABLE definitions (name TEXT PRIMARY KEY NOT NULL, json TEXT NOT NULL);
        CREATE TABLE states (name TEXT PRIMARY KEY NOT NULL, json TEXT NOT NULL);
        CREATE TABLE meta (name TEXT PRIMARY KEY NOT NULL, json TEXT NOT NULL);

        -- The newest leadership, and the last of its batches that was committed.
        CREATE TABLE fence (id INTEGER PRIMARY KEY CHECK (id = 1), term INTEGER NOT NULL, batch INTEGER NOT NULL);
        INSERT INTO fence (id, term, batch) VALUES (1, 0, 0);

        CREATE TABLE runs (
            nominal INTEGER NOT NULL,
            id TEXT NOT NULL,
            job TEXT NOT NULL,
            state TEXT NOT NULL,
            created INTEGER NOT NULL,
            started INTEGER,
            ended INTEGER,
            cause TEXT NOT NULL,
            owner TEXT NOT NULL,
            json TEXT NOT NULL,
            PRIMARY KEY (nominal, id)) WITHOUT ROWID;
        CREATE INDEX runs_by_job ON runs (job, nominal, id, state);
        CREATE INDEX runs_by_state ON runs (state, nominal, id) WHERE state <> 'succeeded';
        CREATE TABLE run_labels (
            key TEXT NOT NULL,
            value TEXT NOT NULL,
            state TEXT NOT NULL,
            nominal INTEGER NOT NULL,
            id TEXT NOT NULL,
            PRIMARY KEY (key, value, state, nominal, id)) WITHOUT ROWID;

        CREATE TABLE events (
            seq INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            at INTEGER NOT NULL,
            job TEXT NOT NULL,
            kind TEXT NOT NULL,
            by TEXT NOT NULL,
            address TEXT NOT NULL,
            detail TEXT NOT NULL);
        CREATE INDEX events_by_job ON events (job, seq);

        CREATE VIEW run_list AS SELECT
            id, job, state,
            strftime('%Y-%m-%dT%H:%M:%fZ', nominal / 1e7, 'unixepoch') AS nominal,
            strftime('%Y-%m-%dT%H:%M:%fZ', created / 1e7, 'unixepoch') AS created,
            strftime('%Y-%m-%dT%H:%M:%fZ', started / 1e7, 'unixepoch') AS started,
            strftime('%Y-%m-%dT%H:%M:%fZ', ended / 1e7, 'unixepoch') AS ended,
            cause, owner, json FROM runs;
        CREATE VIEW event_list AS SELECT
            id, strftime('%Y-%m-%dT%H:%M:%fZ', at / 1e7, 'unixepoch') AS at, job, kind, by, address, detail
            FROM events;
        """;
}
