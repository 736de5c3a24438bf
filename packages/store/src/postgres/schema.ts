// The layout of the database, in a schema of its own. See README.md for why each part is as it is.

import { functions } from './functions.ts'

/** Version of the layout that {@link migrations} lead to. */
export const layoutVersion = 1

/** Step n - 1 makes layout n from the one before; steps that have been released never change. */
export const migrations: readonly string[] = [
  `
  CREATE SCHEMA IF NOT EXISTS posthorn;

  -- One row. Who holds its lock commits; nothing else may give sequences or count.
  CREATE TABLE posthorn.head (
    id boolean PRIMARY KEY CHECK (id),
    layout integer NOT NULL,
    pruned_envelopes bigint NOT NULL,
    pruned_topics bigint NOT NULL
  );
  INSERT INTO posthorn.head VALUES (true, 0, 0, 0);

  -- Names are bytes of UTF-8, since text may not hold every character that a topic may.
  CREATE TABLE posthorn.topics (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name bytea NOT NULL UNIQUE
  );

  CREATE TABLE posthorn.envelopes (
    sequence bigint PRIMARY KEY,
    topic bigint NOT NULL,
    -- The timestamp less 2^63: bigint is signed, timestamps are not.
    time bigint NOT NULL,
    category smallint NOT NULL,
    digest bytea NOT NULL,
    message bytea NOT NULL
  );
  -- Messages are encrypted: trying to compress them is in vain.
  ALTER TABLE posthorn.envelopes ALTER COLUMN message SET STORAGE EXTERNAL;
  ALTER TABLE posthorn.envelopes SET (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05);
  -- Refuses duplicates and serves pages in the order of sender's time, both ways.
  CREATE UNIQUE INDEX envelopes_by_time ON posthorn.envelopes (topic, time, digest)
    INCLUDE (sequence);
  CREATE INDEX envelopes_by_arrival ON posthorn.envelopes (topic, sequence);
  -- Retention deletes one category up to a sequence.
  CREATE INDEX envelopes_by_category ON posthorn.envelopes (category, sequence);

  -- One row per group commit that stored something, above row 0. The highest is the state of the log:
  -- rows are only added, so that no old versions pile up where every commit looks.
  CREATE TABLE posthorn.batches (
    height bigint PRIMARY KEY,
    first_sequence bigint NOT NULL,
    last_sequence bigint NOT NULL,
    committed_ns bigint NOT NULL,
    hash bytea NOT NULL,
    -- Topics ever made, this batch's included.
    topics bigint NOT NULL,
    -- Rows that retention deleted.
    pruned bigint NOT NULL
  );
  INSERT INTO posthorn.batches VALUES (0, 0, 0, 0, decode(repeat('00', 32), 'hex'), 0, 0);
  CREATE INDEX batches_by_sequence ON posthorn.batches (last_sequence);
  CREATE INDEX batches_by_time ON posthorn.batches (committed_ns, height);

  -- One row; its lock orders the changes of settings.
  CREATE TABLE posthorn.settings_head (
    id boolean PRIMARY KEY CHECK (id),
    version bigint NOT NULL,
    audit_id bigint NOT NULL
  );
  INSERT INTO posthorn.settings_head VALUES (true, 0, 0);
  -- Values are JSON.
  CREATE TABLE posthorn.settings (key text PRIMARY KEY, value text NOT NULL);
  CREATE TABLE posthorn.audit (
    id bigint PRIMARY KEY,
    version bigint NOT NULL,
    at_ns numeric NOT NULL,
    actor text NOT NULL,
    note text,
    key text NOT NULL,
    before text,
    after text
  );

  ${functions}
  `,
]
