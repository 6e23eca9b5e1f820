namespace Chronos.Storage.PostgreSql;

/// <summary>The tables, as scripts that lead from each version to the next. A script that was released is never
/// changed; a new one is added at the end.</summary>
/// <remarks>Instants in <c>runs</c> and <c>events</c> are whole numbers of 100 ns since 1970, which are exact;
/// <c>timestamptz</c> is not. The views <c>run_list</c> and <c>event_list</c> show them as people write them. Which
/// index serves what is as in SQLite's schema.</remarks>
internal static class Schema
{
    public static readonly IReadOnlyList<string> Migrations = [Version1, Version2];

    private const string Version1 = """
        CREATE TABLE definitions (name text COLLATE "C" PRIMARY KEY, json json NOT NULL);
        -- A state is written with each decision; room on its page lets that leave the index alone.
        CREATE TABLE states (name text COLLATE "C" PRIMARY KEY, json json NOT NULL) WITH (fillfactor = 60);
        CREATE TABLE meta (name text COLLATE "C" PRIMARY KEY, json json NOT NULL);

        -- The newest leadership, and the last of its batches that was committed.
        CREATE TABLE fence (
            id smallint PRIMARY KEY CHECK (id = 1), term bigint NOT NULL, batch bigint NOT NULL)
            WITH (fillfactor = 10);
        INSERT INTO fence VALUES (1, 0, 0);

        -- Who leads, and a number that grows with each renewal: whoever sees it stand still for the lease may take
        -- over.
        CREATE TABLE leadership (
            id smallint PRIMARY KEY CHECK (id = 1), term bigint NOT NULL, member text, address text NOT NULL,
            version text NOT NULL, beat bigint NOT NULL, lease_ms bigint NOT NULL)
            WITH (fillfactor = 10);
        INSERT INTO leadership VALUES (1, 0, NULL, '', '', 0, 0);
        CREATE TABLE members (
            id text COLLATE "C" PRIMARY KEY, address text NOT NULL, version text NOT NULL, lease_ms bigint NOT NULL,
            seen timestamptz NOT NULL) WITH (fillfactor = 50);

        CREATE TABLE runs (
            nominal bigint NOT NULL,
            id text COLLATE "C" NOT NULL,
            job text COLLATE "C" NOT NULL,
            state text NOT NULL,
            created bigint NOT NULL,
            started bigint,
            ended bigint,
            cause text NOT NULL,
            owner text NOT NULL,
            json json NOT NULL,
            PRIMARY KEY (nominal, id));
        CREATE INDEX runs_by_end ON runs ((coalesce(ended, created)));
        CREATE INDEX runs_by_job ON runs (job, nominal, id) INCLUDE (state);
        CREATE INDEX runs_by_state ON runs (state, nominal, id) WHERE state <> 'succeeded';
        CREATE TABLE run_labels (
            key text COLLATE "C" NOT NULL,
            value text COLLATE "C" NOT NULL,
            state text NOT NULL,
            nominal bigint NOT NULL,
            id text COLLATE "C" NOT NULL,
            PRIMARY KEY (key, value, state, nominal, id));
        CREATE INDEX run_labels_by_run ON run_labels (nominal, id);

        CREATE TABLE events (
            seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            id text COLLATE "C" NOT NULL UNIQUE,
            at bigint NOT NULL,
            job text COLLATE "C" NOT NULL,
            kind text NOT NULL,
            by text NOT NULL,
            address text NOT NULL,
            detail text NOT NULL);
        CREATE INDEX events_by_job ON events (job, seq);

        CREATE VIEW run_list AS SELECT
            id, job, state, to_timestamp(nominal / 1e7) AS nominal, to_timestamp(created / 1e7) AS created,
            to_timestamp(started / 1e7) AS started, to_timestamp(ended / 1e7) AS ended, cause, owner, json FROM runs;
        CREATE VIEW event_list AS SELECT
            id, to_timestamp(at / 1e7) AS at, job, kind, by, address, detail FROM events;
        """;

    private const string Version2 = """
        -- How far the terms before the newest one had come: who has a copy of that need not read.
        ALTER TABLE fence
            ADD COLUMN before_term bigint NOT NULL DEFAULT 0, ADD COLUMN before_batch bigint NOT NULL DEFAULT 0;
        -- By this the other nodes show the leader that they are its cluster.
        ALTER TABLE leadership ADD COLUMN key text NOT NULL DEFAULT '';
        """;
}
