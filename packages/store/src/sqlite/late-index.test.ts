import { cpSync, mkdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { numbered, sequences, upTo } from '../contract/fixtures.ts'
import { followSqliteStore } from '../follow-sqlite.ts'
import { openSqliteEngine, openSqliteStore } from '../sqlite.ts'
import { prepareDatabaseFile } from './database-file.ts'
import { packBatch } from './packed-batch.ts'
import { packRows } from './packed-rows.ts'
import { Reader } from './reader.ts'
import { recentMemory } from './recent-rows.ts'
import { beforeAllBatches, verifyBatches, verifyIndexes } from './verify.ts'
import { Writer } from './writer.ts'

const root = await mkdtemp(join(tmpdir(), 'posthorn-late-'))
afterAll(() => rm(root, { recursive: true }))

let directories = 0
const newDirectory = () => join(root, `${++directories}`)
const engine = (directory: string) => openSqliteEngine({ directory, roundRows: 8 })
const all = { afterSequence: 0, limit: 1_000 }

/** A writer and a reader in this thread. */
function openHere(directory: string) {
  mkdirSync(directory, { recursive: true })
  const path = join(directory, 'envelopes.sqlite')
  prepareDatabaseFile(path)
  const recent = { memory: recentMemory(32), capacity: 32, roundRows: 8 }
  const writer = new Writer({ path, recent })
  const reader = new Reader(path, recent)
  const close = () => {
    reader[Symbol.dispose]()
    writer[Symbol.dispose]()
  }
  return { directory, writer, reader, [Symbol.dispose]: close }
}

/** How many rows each index has, and up to where it has all. */
function indexed(directory: string) {
  using database = new DatabaseSync(join(directory, 'envelopes.sqlite'), { readOnly: true })
  return database
    .prepare(
      `SELECT indexed, (SELECT count(*) FROM by_time) AS by_time,
        (SELECT count(*) FROM by_arrival) AS by_arrival FROM totals`,
    )
    .get()
}

describe('the late indexes', () => {
  test('default: rows wait until there are enough, and closing leaves none behind', async () => {
    const directory = newDirectory()
    const { store } = await engine(directory)
    await store.append(upTo(7).map((n) => numbered(n)))
    expect(indexed(directory)).toEqual({ indexed: 0, by_time: 0, by_arrival: 0 })
    await store.append(upTo(4).map((n) => numbered(7 + n)))
    // A few with each commit.
    expect(indexed(directory)).toEqual({ indexed: 0, by_time: 5, by_arrival: 5 })
    for (const n of [12, 13, 14]) await store.append([numbered(n)])
    expect(indexed(directory)).toEqual({ indexed: 11, by_time: 11, by_arrival: 11 })
    await store[Symbol.asyncDispose]()
    expect(indexed(directory)).toEqual({ indexed: 14, by_time: 14, by_arrival: 14 })
  })

  test('behavior: few rows go in, too, when their messages are large, also those of before a restart', async () => {
    const directory = newDirectory()
    const large = (n: number) => ({ ...numbered(n), message: new Uint8Array(1_048_000).fill(n) })
    const copy = newDirectory()
    {
      const { store } = await openSqliteEngine({ directory, roundRows: 1_000 })
      await store.append(upTo(32).map(large))
      await store.append([numbered(33)])
      expect(indexed(directory)).toEqual({ indexed: 0, by_time: 0, by_arrival: 0 })
      // As a crash leaves it.
      cpSync(directory, copy, { recursive: true })
      await store[Symbol.asyncDispose]()
    }
    const { store } = await openSqliteEngine({ directory: copy, roundRows: 1_000 })
    await store.append([large(34)])
    for (const n of upTo(40)) await store.append([numbered(34 + n)])
    expect(indexed(copy)).toMatchObject({ indexed: 34 })
    await store[Symbol.asyncDispose]()
  })

  test('behavior: one append of more rows than there is room for is found by its topics', async () => {
    const { store } = await engine(newDirectory())
    await using _ = store
    await store.append(upTo(5).map((n) => numbered(n, 'topic')))
    const rows = upTo(100).map((n) => numbered(n, 'topic'))
    const results = await store.append([...rows, ...rows])
    expect(results.map(({ sequence }) => sequence)).toEqual([...upTo(100), ...upTo(100)])
    const query = { topics: ['topic'], limit: 1_000 }
    expect(sequences(await store.tail({ ...query, afterSequence: 0 }))).toEqual(upTo(100))
    const page = await store.range({ ...query, direction: 'descending' })
    expect(sequences(page)).toEqual(upTo(100).reverse())
    expect(await store.upkeep.verify()).toMatchObject({ envelopes: 100, faults: [] })
  })

  test('behavior: after a crash amid a round everything is found, and nothing stored twice', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(sizes, (batches) => {
        using before = openHere(newDirectory())
        const rows = upTo(batches.reduce((sum, size) => sum + size)).map((n) =>
          numbered(n, `topic ${n % 2}`),
        )
        let at = 0
        for (const size of batches) {
          before.writer.commit(packBatch(rows.slice(at, at + size), 0n))
          at += size
        }
        // What the disk has while the database is open is what a crash leaves.
        const crashed = newDirectory()
        cpSync(before.directory, crashed, { recursive: true })
        using after = openHere(crashed)
        const query = { ...all, topics: ['topic 0', 'topic 1'] }
        const found = after.reader.tail(query)
        expect(found.map(({ sequence }) => Number(sequence))).toEqual(upTo(rows.length))
        expect(before.reader.tail(query)).toEqual(found)
        const { sequences: again, duplicates } = after.writer.commit(packBatch(rows, 0n))
        expect([...again]).toEqual(upTo(rows.length))
        expect(duplicates.every((each) => each === 1)).toBe(true)
        expect(verifyBatches(after.reader.database, beforeAllBatches).faults).toEqual([])
        expect(verifyIndexes(after.reader.database)).toEqual([])
      }),
      { numRuns: 30 },
    )
  })

  test('error: what memory says of a row hides no damage on the disk', () => {
    for (const damage of [
      `message = x'ffff' WHERE sequence = 3`,
      `message = x'ff' WHERE sequence = 3`,
      // Two trade places: lengths stay.
      `message = CAST(7 - sequence AS BLOB) WHERE sequence IN (3, 4)`,
      `digest = zeroblob(32) WHERE sequence = 3`,
      `sequence = 99 WHERE sequence = 3`,
    ]) {
      using open = openHere(newDirectory())
      open.writer.commit(
        packBatch(
          upTo(6).map((n) => numbered(n, 'topic')),
          0n,
        ),
      )
      const query = { ...all, topics: ['topic'] }
      expect(packRows(open.reader.tail(query)).topics).toHaveLength(6)
      using intruder = new DatabaseSync(join(open.directory, 'envelopes.sqlite'))
      intruder.exec(`UPDATE envelopes SET ${damage}`)
      const read = () => packRows(open.reader.tail(query))
      expect(read, damage).toThrow(expect.objectContaining({ code: 'store/corrupt' }))
    }
  })

  test('behavior: who follows from another process finds rows that are in no index', async () => {
    const directory = newDirectory()
    await using store = await openSqliteStore({ directory })
    await store.append(upTo(9).map((n) => numbered(n, `topic ${n % 2}`)))
    expect(indexed(directory)).toMatchObject({ by_time: 0 })
    await using followed = followSqliteStore(directory)
    const own = await followed.tail({ ...all, topics: ['topic 1'] })
    expect(sequences(own)).toEqual([1, 3, 5, 7, 9])
  })

  test('behavior: rows that come out of order are recognised, before and after they are indexed', async () => {
    const { store } = await engine(newDirectory())
    await using _ = store
    const rows = upTo(40).map((n) => ({
      ...numbered(n, 'topic'),
      timestampNs: BigInt((n * 7) % 11),
    }))
    for (const row of rows) await store.append([row])
    for (const [i, row] of rows.entries()) {
      expect(await store.append([row])).toEqual([{ sequence: i + 1, isDuplicate: true }])
    }
    expect(await store.counts()).toMatchObject({ envelopes: 40 })
  })

  test('error: a commit that fails amid a round leaves the indexes sound', async () => {
    const { store, writer } = await engine(newDirectory())
    await using _ = store
    await store.append(upTo(10).map((n) => numbered(n)))
    await writer.call('limitPages', 1)
    const large = upTo(40).map((n) => ({ ...numbered(100 + n), message: new Uint8Array(20_000) }))
    await expect(store.append(large)).rejects.toMatchObject({ code: 'store/unavailable' })
    await writer.call('limitPages', 1_000_000)
    await store.append(upTo(10).map((n) => numbered(10 + n)))
    await store.append(upTo(10).map((n) => numbered(20 + n)))
    expect(await store.upkeep.verify()).toMatchObject({ envelopes: 30, faults: [] })
    const topics = upTo(30).map((n) => numbered(n).contentTopic)
    expect(sequences(await store.tail({ ...all, topics }))).toEqual(upTo(30))
  })
})
