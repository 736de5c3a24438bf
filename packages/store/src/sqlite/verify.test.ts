import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, describe, expect, test } from 'vitest'
import { numbered, upTo } from '../contract/fixtures.ts'
import { openSqliteStore } from '../sqlite.ts'

const root = await mkdtemp(join(tmpdir(), 'posthorn-verify-'))
afterAll(() => rm(root, { recursive: true }))

const sound = join(root, 'sound')
await fill()

async function fill(): Promise<void> {
  await using store = await openSqliteStore({ directory: sound, clock: { nowNs: () => 5n } })
  for (const n of [0, 1, 2]) await store.append(upTo(10).map((m) => numbered(10 * n + m)))
  await store.settings.change({ values: new Map([['key', 1]]), actor: 'me', atNs: 0n })
}

const all = { afterSequence: 0, limit: 100 }

const changes: readonly (readonly [what: string, sql: string, fault: RegExp])[] = [
  [
    'a changed message',
    `UPDATE envelopes SET message = x'00' WHERE sequence = 12`,
    /^row 12: the checksum/,
  ],
  [
    'a row that vanished',
    'DELETE FROM envelopes WHERE sequence = 5',
    /^envelopes: 29 found, expected 30/,
  ],
  [
    'a digest with a checksum to match',
    `UPDATE envelopes SET digest = zeroblob(32) WHERE sequence = 7`,
    /^row 7: the checksum/,
  ],
  ['a topic of another name', `UPDATE topics SET name = 'x' WHERE id = 1`, /the checksum/],
  [
    'a changed hash',
    'UPDATE batches SET hash = zeroblob(32) WHERE height = 2',
    /^batch 2: the hash/,
  ],
  ['a batch that vanished', 'DELETE FROM batches WHERE height = 2', /^batch 3: does not follow/],
  [
    'a batch before its time',
    'UPDATE batches SET committed_ns = 4 WHERE height = 3',
    /^batch 3: committed before/,
  ],
  [
    'a row that an index does not have',
    'DELETE FROM by_time WHERE sequence = 5',
    /^row 5: an index does not lead to it/,
  ],
  [
    'an entry that leads to another row',
    'UPDATE by_time SET sequence = 6 WHERE sequence = 5',
    /^row 5: an index does not lead to it/,
  ],
  [
    'a row that is missing from its topic',
    'DELETE FROM by_arrival WHERE sequence = 9',
    /^row 9: an index does not lead to it/,
  ],
  [
    'an entry of no row',
    'INSERT INTO by_arrival VALUES (77, 5)',
    /^by_arrival: 31 entries found, expected 30/,
  ],
  ['a mark beyond the rows', 'UPDATE totals SET indexed = 31', /its totals are damaged/],
  ['a wrong total', 'UPDATE totals SET topics = 8', /^topics: 7 found, expected 8/],
  ['a changed setting', `UPDATE settings SET value = '2'`, /the checksum of a value/],
]

describe('verify', () => {
  test.each(changes)('error: %s is found', async (_, sql, fault) => {
    const directory = await mkdtemp(join(root, 'changed-'))
    await cp(sound, directory, { recursive: true })
    const database = new DatabaseSync(join(directory, 'envelopes.sqlite'))
    database.exec(sql)
    database.close()
    await using store = await openSqliteStore({ directory })
    const { faults } = await store.upkeep.verify()
    expect(faults).toEqual(expect.arrayContaining([expect.stringMatching(fault)]))
  })

  test('behavior: what it finds are not the contents, and a damaged row is never served', async () => {
    const directory = await mkdtemp(join(root, 'served-'))
    await cp(sound, directory, { recursive: true })
    const database = new DatabaseSync(join(directory, 'envelopes.sqlite'))
    database.exec(`UPDATE envelopes SET message = CAST('secret' AS BLOB) WHERE sequence = 12`)
    database.close()
    await using store = await openSqliteStore({ directory })
    expect(JSON.stringify(await store.upkeep.verify())).not.toMatch(/secret|topic \d/)
    const corrupt = { name: 'StorageError', code: 'store/corrupt' }
    await expect(store.tail(all)).rejects.toMatchObject(corrupt)
    expect(await store.tail({ afterSequence: 12, limit: 100 })).toHaveLength(18)
  })

  test('behavior: a signal ends it amid its steps', async () => {
    await using store = await openSqliteStore({ directory: join(root, 'aborted') })
    for (const n of upTo(20)) await store.append(upTo(500).map((m) => numbered(500 * n + m)))
    const aborter = new AbortController()
    const verified = store.upkeep.verify({ signal: aborter.signal })
    setImmediate(() => aborter.abort())
    await expect(verified).rejects.toMatchObject({ name: 'AbortError' })
    expect(await store.upkeep.verify()).toMatchObject({ envelopes: 10_000, faults: [] })
  })
})
