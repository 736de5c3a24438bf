import { copyFile, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, expect, test } from 'vitest'
import { prepareDatabaseFile } from './database-file.ts'
import { packBatch } from './packed-batch.ts'
import { recentMemory } from './recent-rows.ts'
import { Writer } from './writer.ts'

const root = await mkdtemp(join(tmpdir(), 'posthorn-writer-'))
afterAll(() => rm(root, { recursive: true }))

function batch(...topics: string[]) {
  const message = Uint8Array.of(1)
  return packBatch(
    topics.map((contentTopic) => ({ contentTopic, timestampNs: 1n, message })),
    0n,
  )
}

test('error: a commit that fails half-way leaves nothing, and the next one is sound', () => {
  const path = join(root, 'half-way')
  prepareDatabaseFile(path)
  const recent = { memory: recentMemory(16), capacity: 16, roundRows: 4 }
  using writer = new Writer({ path, recent })
  using intruder = new DatabaseSync(path)
  writer.commit(batch('a'))
  // Takes the sequence that the second envelope of the next batch would get.
  intruder.exec(`INSERT INTO envelopes VALUES (3, 99, 0, x'', x'', 0)`)
  expect(() => writer.commit(batch('b', 'c'))).toThrow(/constraint/)
  intruder.exec('DELETE FROM envelopes WHERE sequence = 3')
  expect(intruder.prepare('SELECT name FROM topics').all()).toEqual([{ name: 'a' }])
  expect([...writer.commit(batch('c', 'b')).sequences]).toEqual([2, 3])
  expect(intruder.prepare('SELECT count(*) AS batches FROM batches').get()).toEqual({ batches: 2 })
})

test('behavior: what the last writer left in its log is in the database before anything is appended', async () => {
  const path = join(root, 'log')
  const crashed = join(root, 'crashed')
  const recent = { memory: recentMemory(16), capacity: 16, roundRows: 4 }
  prepareDatabaseFile(path)
  {
    using writer = new Writer({ path, recent })
    writer.commit(batch('a', 'b'))
    for (const suffix of ['', '-wal']) await copyFile(path + suffix, crashed + suffix)
  }
  expect((await stat(`${crashed}-wal`)).size).toBeGreaterThan(0)
  using writer = new Writer({ path: crashed, recent })
  expect((await stat(`${crashed}-wal`)).size).toBe(0)
  expect([...writer.commit(batch('b', 'c')).sequences]).toEqual([2, 3])
})

test('error: while somebody reads what the last writer left, nothing is appended', () => {
  const path = join(root, 'read')
  const recent = { memory: recentMemory(16), capacity: 16, roundRows: 4 }
  prepareDatabaseFile(path)
  using first = new Writer({ path, recent })
  using reader = new DatabaseSync(path, { readOnly: true })
  reader.exec('BEGIN')
  reader.prepare('SELECT max(height) FROM batches').get()
  first.commit(batch('a'))
  expect(() => new Writer({ path, recent })).toThrow(
    expect.objectContaining({ code: 'store/unavailable' }),
  )
  reader.exec('COMMIT')
  using second = new Writer({ path, recent })
  expect([...second.commit(batch('b')).sequences]).toEqual([2])
})
