import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { toUtf8 } from '@posthorn/bytes'
import { afterAll, describe, expect, test } from 'vitest'
import { batchHash, noBatchHash } from '../batch-hash.ts'
import { openSqliteStore } from '../sqlite.ts'
import { prepareDatabaseFile } from './database-file.ts'
import { timeOfTimestamp } from './time.ts'

const root = await mkdtemp(join(tmpdir(), 'posthorn-migration-'))
afterAll(() => rm(root, { recursive: true }))

const fileName = 'envelopes.sqlite'
const topics = ['/xmtp/0/m-a/proto', 'é🐎\0']
const batchSizes = [3, 1, 4]

const sha256 = (data: Uint8Array) => new Uint8Array(createHash('sha256').update(data).digest())

function rowOf(sequence: number) {
  const contentTopic = topics[sequence % topics.length] ?? ''
  const message = new Uint8Array(100 * sequence).fill(sequence)
  const digest = sha256(Buffer.concat([toUtf8(contentTopic), message]))
  return { contentTopic, timestampNs: 2n ** 63n + BigInt(sequence % 4), message, sequence, digest }
}

const rows = [1, 2, 3, 4, 5, 6, 7, 8].map(rowOf)

/** A database as the first release wrote it. */
async function writeVersion1(directory: string): Promise<string> {
  await mkdir(directory)
  const path = join(directory, fileName)
  using database = new DatabaseSync(path)
  database.exec(`PRAGMA page_size = 16384; PRAGMA journal_mode = WAL;
    PRAGMA application_id = ${0x5048524e}; PRAGMA user_version = 1;
    CREATE TABLE topics (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
    CREATE TABLE envelopes (
      sequence INTEGER PRIMARY KEY,
      topic INTEGER NOT NULL,
      time INTEGER NOT NULL,
      digest BLOB NOT NULL,
      message BLOB NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX envelopes_by_time ON envelopes (topic, time, digest);
    CREATE INDEX envelopes_by_arrival ON envelopes (topic);
    CREATE TABLE batches (
      height INTEGER PRIMARY KEY,
      first_sequence INTEGER NOT NULL,
      last_sequence INTEGER NOT NULL
    ) STRICT;`)
  const addTopic = database.prepare('INSERT INTO topics (name) VALUES (?)')
  for (const topic of topics) addTopic.run(topic)
  const addRow = database.prepare('INSERT INTO envelopes VALUES (?, ?, ?, ?, ?)')
  for (const { contentTopic, timestampNs, message, sequence, digest } of rows) {
    const topic = topics.indexOf(contentTopic) + 1
    addRow.run(sequence, topic, timeOfTimestamp(timestampNs), digest, message)
  }
  const addBatch = database.prepare('INSERT INTO batches VALUES (?, ?, ?)')
  let last = 0
  for (const [i, size] of batchSizes.entries()) {
    addBatch.run(i + 1, last + 1, last + size)
    last += size
  }
  return path
}

describe('a database of layout version 1', () => {
  test('default: is migrated with all its rows, and lives on', async () => {
    const directory = join(root, 'whole')
    await writeVersion1(directory)
    const clock = { nowNs: () => 1_000n }
    const first = await openSqliteStore({ directory, clock })
    expect(await Array.fromAsync(first.scan())).toEqual(rows.map(withPlainBytes))
    expect(await first.counts()).toEqual({ envelopes: 8, topics: 2, lastSequence: 8 })
    const batches = await first.upkeep.batches({ afterHeight: 0, limit: 9 })
    let previousHash = noBatchHash
    for (const { height, firstSequence, lastSequence, committedNs, hash } of batches) {
      const own = rows.slice(firstSequence - 1, lastSequence)
      previousHash = batchHash({ previousHash, height, rows: own }, sha256)
      expect([committedNs, ...hash]).toEqual([1_000n, ...previousHash])
    }
    expect(batches).toHaveLength(3)
    expect(await first.append([rowOf(8), rowOf(9)])).toEqual([
      { sequence: 8, isDuplicate: true },
      { sequence: 9, isDuplicate: false },
    ])
    await first[Symbol.asyncDispose]()

    await using second = await openSqliteStore({ directory })
    expect(await second.upkeep.verify()).toEqual({ envelopes: 9, batches: 4, faults: [] })
  })

  test('behavior: ends up with the tables and columns of a new one', async () => {
    const path = await writeVersion1(join(root, 'tables'))
    prepareDatabaseFile(path)
    const fresh = join(root, 'fresh.sqlite')
    prepareDatabaseFile(fresh)
    expect(shapeOf(path)).toEqual(shapeOf(fresh))
  })

  test('error: a row that is not what its digest says refuses it, and nothing is changed', async () => {
    const path = await writeVersion1(join(root, 'damaged'))
    const bytes = await readFile(path)
    const at = bytes.indexOf(Buffer.alloc(100, 8))
    await writeFile(path, bytes.fill(9, at, at + 1))
    expect(() => prepareDatabaseFile(path)).toThrow(/row 8 is not what its digest says/)
    expect(shapeOf(path)).toMatchObject({ version: 1 })
    expect((await readFile(path)).equals(bytes)).toBe(true)
  })
})

describe('a database of layout version 2', () => {
  test('default: gets its new indexes, and finds all its rows by them', async () => {
    const directory = join(root, 'version-2')
    const before = await openSqliteStore({ directory })
    await before.append(rows)
    await before[Symbol.asyncDispose]()
    const fresh = shapeOf(join(directory, fileName))
    takeBackToVersion2(join(directory, fileName))
    await using store = await openSqliteStore({ directory })
    expect(shapeOf(join(directory, fileName))).toEqual(fresh)
    for (const topic of topics) {
      const own = rows.filter(({ contentTopic }) => contentTopic === topic).map(withPlainBytes)
      const byArrival = await store.tail({ topics: [topic], afterSequence: 0, limit: 9 })
      expect(byArrival).toEqual(own)
      const byTime = await store.range({ topics: [topic], direction: 'ascending', limit: 9 })
      expect(new Set(byTime)).toEqual(new Set(own))
    }
    expect(await store.append([rowOf(8)])).toEqual([{ sequence: 8, isDuplicate: true }])
    expect(await store.upkeep.verify()).toMatchObject({ envelopes: 8, faults: [] })
  })
})

function takeBackToVersion2(path: string): void {
  using database = new DatabaseSync(path)
  database.exec(`DROP TABLE by_time; DROP TABLE by_arrival;
    ALTER TABLE totals DROP COLUMN indexed; ALTER TABLE totals DROP COLUMN indexed_checksum;
    CREATE UNIQUE INDEX envelopes_by_time ON envelopes (topic, time, digest);
    CREATE INDEX envelopes_by_arrival ON envelopes (topic);
    PRAGMA user_version = 2;`)
}

function withPlainBytes(row: ReturnType<typeof rowOf>) {
  return { ...row, digest: new Uint8Array(row.digest), message: new Uint8Array(row.message) }
}

function shapeOf(path: string) {
  using database = new DatabaseSync(path)
  const names = database.prepare('SELECT name FROM sqlite_schema ORDER BY name').all()
  const columns = names.map(({ name }) => [
    name,
    database.prepare(`SELECT * FROM pragma_table_info('${name}')`).all(),
  ])
  return { version: database.prepare('PRAGMA user_version').get()?.['user_version'], columns }
}
