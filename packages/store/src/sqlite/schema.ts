// The layout of the database file. See README.md for why each part is as it is.

/** "PHRN" in the file header: the database is a Posthorn store. */
export const applicationId = 0x5048_524e
/** Version of the layout below, kept in the file header. */
export const schemaVersion = 1
/** Larger pages than the default of 4096: a fifth less CPU per append. */
export const pageBytes = 16_384

/** Creates the layout in an empty database. */
export const createSchema: string = `
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
    message BLOB NOT NULL
  ) STRICT;
  -- Refuses duplicates and serves pages in the order of sender's time, both ways.
  CREATE UNIQUE INDEX envelopes_by_time ON envelopes (topic, time, digest);
  -- Every index entry ends with the rowid: this one serves a topic in the order of arrival.
  CREATE INDEX envelopes_by_arrival ON envelopes (topic);
  -- One row per group commit that stored something.
  CREATE TABLE batches (
    height INTEGER PRIMARY KEY,
    first_sequence INTEGER NOT NULL,
    last_sequence INTEGER NOT NULL
  ) STRICT;
`
