import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, describe, expect, test } from 'vitest'
import { testEnvelopeStore } from './contract.ts'
import { openSqliteEngine, openSqliteStore } from './sqlite.ts'

const root = await mkdtemp(join(tmpdir(), 'posthorn-store-'))
afterAll(() => rm(root, { recursive: true }))

let directories = 0
const newDirectory = () => join(root, `${++directories}`)
const all = { afterSequence: 0, limit: 1_000 }

function envelope(n: number, bytes = 8) {
  return {
    contentTopic: `topic ${n % 3}`,
    timestampNs: BigInt(n),
    message: new Uint8Array(bytes).fill(n),
  }
}

testEnvelopeStore('sqlite store', (clock) => openSqliteStore({ directory: newDirectory(), clock }))

testEnvelopeStore('sqlite store that indexes after 8 rows', async (clock) => {
  const { store } = await openSqliteEngine({ directory: newDirectory(), clock, roundRows: 8 })
  return store
})

describe('sqlite store', () => {
  test('default: after a restart everything is there and the sequence goes on', async () => {
    const directory = newDirectory()
    const first = await openSqliteStore({ directory })
    await first.append([envelope(1), envelope(2)])
    const before = await first.tail(all)
    await first[Symbol.asyncDispose]()

    await using second = await openSqliteStore({ directory })
    expect(await second.tail(all)).toEqual(before)
    expect(await second.append([envelope(2), envelope(3), envelope(4)])).toEqual([
      { sequence: 2, isDuplicate: true },
      { sequence: 3, isDuplicate: false },
      { sequence: 4, isDuplicate: false },
    ])
    expect(await second.counts()).toEqual({ envelopes: 4, topics: 3, lastSequence: 4 })
  })

  test('error: once a part is found damaged, nothing more is acknowledged', async () => {
    const directory = newDirectory()
    const first = await openSqliteStore({ directory })
    await first.append(Array.from({ length: 90 }, (_, n) => envelope(n, 9_000)))
    await first[Symbol.asyncDispose]()
    await using second = await openSqliteStore({ directory })
    const path = join(directory, 'envelopes.sqlite')
    const bytes = await readFile(path)
    await writeFile(path, bytes.fill(0x5a, 2 * 16_384))
    const corrupt = { name: 'StorageError', code: 'store/corrupt' }
    await expect(second.tail(all)).rejects.toMatchObject(corrupt)
    await expect(second.append([envelope(100)])).rejects.toMatchObject(corrupt)
  })

  test('behavior: only the owner may read the files, and closing leaves no log behind', async () => {
    const directory = newDirectory()
    const store = await openSqliteStore({ directory })
    await store.append([envelope(1)])
    const modeOf = async (path: string) => (await stat(path)).mode & 0o777
    expect(await modeOf(directory)).toBe(0o700)
    const names = await readdir(directory)
    expect(names).toContain('envelopes.sqlite-wal')
    for (const name of names) expect(await modeOf(join(directory, name))).toBe(0o600)
    await store[Symbol.asyncDispose]()
    expect(await readdir(directory)).toEqual(['envelopes.lock', 'envelopes.sqlite'])
  })

  test('behavior: each group commit that stored something has its row', async () => {
    const directory = newDirectory()
    const store = await openSqliteStore({ directory })
    await store.append([envelope(1), envelope(2)])
    await store.append([envelope(2)])
    await Promise.all([store.append([envelope(2), envelope(3)]), store.append([envelope(4)])])
    await store[Symbol.asyncDispose]()
    using database = new DatabaseSync(join(directory, 'envelopes.sqlite'))
    const columns = 'height, first_sequence, last_sequence'
    const rows = database.prepare(`SELECT ${columns} FROM batches`).all()
    expect(rows.map((row) => Object.values(row))).toEqual([
      [1, 1, 2],
      [2, 3, 4],
    ])
  })

  test('error: more waiting bytes than allowed are refused, those taken are stored', async () => {
    await using store = await openSqliteStore({ directory: newDirectory(), maxWaitingBytes: 4_000 })
    const [a, b, c] = await Promise.allSettled(
      [1, 2, 3].map((n) => store.append([envelope(n, 1_400)])),
    )
    expect([a?.status, b?.status]).toEqual(['fulfilled', 'fulfilled'])
    expect(c).toMatchObject({ reason: { code: 'store/overloaded', retryAfterMs: 1_000 } })
    expect(await store.append([envelope(3, 1_400)])).toEqual([{ sequence: 3, isDuplicate: false }])
  })

  test('error: a full disk refuses appends whole, keeps reading, and recovers', async () => {
    const { store, writer } = await openSqliteEngine({ directory: newDirectory() })
    await using _ = store
    await store.append([envelope(1)])
    await writer.call('limitPages', 1)
    const small = store.append([envelope(2)])
    const large = store.append([envelope(3), envelope(4, 500_000)])
    const unavailable = { code: 'store/unavailable', message: expect.stringMatching(/full$/) }
    await expect(large).rejects.toMatchObject(unavailable)
    await expect(small).rejects.toMatchObject(unavailable)
    expect(await store.tail(all)).toHaveLength(1)
    await expect(store.append([envelope(4, 500_000)])).rejects.toMatchObject(unavailable)

    await writer.call('limitPages', 1_000_000)
    const results = await store.append([envelope(3), envelope(4, 500_000), envelope(2)])
    expect(results.map((result) => result.sequence)).toEqual([2, 3, 4])
    expect(await store.counts()).toEqual({ envelopes: 4, topics: 3, lastSequence: 4 })
    const topics = ['topic 0', 'topic 1', 'topic 2']
    const page = await store.range({ topics, direction: 'ascending', limit: 9 })
    expect(page.map((row) => row.timestampNs)).toEqual([1n, 2n, 3n, 4n])
  })

  test('error: when the writer dies its appends fail, and a new one takes over', async () => {
    const { store, writer } = await openSqliteEngine({ directory: newDirectory() })
    await using _ = store
    await store.append([envelope(1)])
    const appends = [2, 3].map((n) => store.append([envelope(n, 1_000_000)]))
    const settled = Promise.allSettled(appends)
    await new Promise((resolve) => setImmediate(resolve))
    await writer.terminate()
    for (const result of await settled) {
      expect(result).toMatchObject({ reason: { code: 'store/unavailable' } })
    }
    await store.append([envelope(2, 1_000_000), envelope(4)])
    const rows = await store.tail(all)
    expect(rows.map((row) => row.sequence)).toEqual(rows.map((_, i) => i + 1))
    expect(rows.filter((row) => row.timestampNs === 2n)).toHaveLength(1)
  })
})
