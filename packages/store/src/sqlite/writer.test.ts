import { mkdtemp, rm } from 'node:fs/promises'
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
