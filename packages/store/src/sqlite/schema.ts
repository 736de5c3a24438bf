// The layout of the database file. See README.md for why each part is as it is.

import { checksumOfMark } from './index-mark.ts'

/** "PHRN" in the file header: the database is a Posthorn store. */
export const applicationId = 0x5048_524e
/** Version of the layout below, kept in the file header. */
export const schemaVersion = 3
/** Larger pages than the default of 4096: a fifth less CPU per append. */
export const pageBytes = 16_384

/** What version 2 added to version 1, besides columns. */
export const schemaOfUpkeep: string = `
  -- One row: what no other table can tell without counting.
  CREATE TABLE totals (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    -- Rows of the table of that name.
    topics INTEGER NOT NULL,
    -- Envelopes deleted so far.
    pruned INTEGER NOT NULL
  ) STRICT;
  -- Values are JSON; the checksum is the CRC-32 of key and value.
  CREATE TABLE settings (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    checksum INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  -- What was changed in them: values before and after are JSON, NULL where there was none.
  CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    version INTEGER NOT NULL,
    at_ns INTEGER NOT NULL,
    actor TEXT NOT NULL,
    note TEXT,
    key TEXT NOT NULL,
    before TEXT,
    after TEXT
  ) STRICT;
`

/** What version 3 added to version 2, in place of indexes that every insert had to keep. */
export const schemaOfIndexes = (): string => `
  -- Refuses duplicates and serves pages in the order of sender's time, both ways.
  CREATE TABLE by_time (
    topic INTEGER NOT NULL,
    time INTEGER NOT NULL,
    digest BLOB NOT NULL,
    sequence INTEGER NOT NULL,
    PRIMARY KEY (topic, time, digest)
  ) STRICT, WITHOUT ROWID;
  -- Serves a topic in the order of arrival.
  CREATE TABLE by_arrival (
    topic INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    PRIMARY KEY (topic, sequence)
  ) STRICT, WITHOUT ROWID;
  -- Rows up to this sequence are in both; those beyond it may be: see late-index.ts.
  ALTER TABLE totals ADD COLUMN indexed INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE totals ADD COLUMN indexed_checksum INTEGER NOT NULL DEFAULT ${checksumOfMark(0)};
`

/** Creates the layout in an empty database. */
export const createSchema = (): string => `
  CREATE TABLE topics (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
  ) STRICT;
  -- The primary key is the rowid, so the table lies on disk in the order of arrival.
  CREATE TABLE envelopes (
    sequence INTEGER PRIMARY KEY,
    topic INTEGER NOT NULL,
    time INTEGER NOT NULL,
    digest BLOB NOT NULL,
    message BLOB NOT NULL,
    -- CRC-32 of all that a reader gets of the row: see row-record.ts.
    checksum INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  -- One row per group commit that stored something.
  CREATE TABLE batches (
    height INTEGER PRIMARY KEY,
    first_sequence INTEGER NOT NULL,
    last_sequence INTEGER NOT NULL,
    -- Of the node's clock, and never before that of the batch below.
    committed_ns INTEGER NOT NULL DEFAULT 0,
    -- Covers the batch below, the height, and the times and digests of the rows: see batch-hash.ts.
    hash BLOB NOT NULL DEFAULT x''
  ) STRICT;
  ${schemaOfUpkeep}
  INSERT INTO totals VALUES (1, 0, 0);
  ${schemaOfIndexes()}
`
