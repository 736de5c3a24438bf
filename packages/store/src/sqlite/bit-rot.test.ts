import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Envelope } from '@posthorn/envelope'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { type PlainRow, plain } from '../contract/fixtures.ts'
import { openSqliteStore } from '../sqlite.ts'
import { prepareDatabaseFile } from './database-file.ts'
import { packRows, type Row, unpackRows } from './packed-rows.ts'
import { Reader } from './reader.ts'
import { storageError } from './storage-error.ts'
import { verifyBatches, verifyIndexes, verifyInSteps, verifyTotals } from './verify.ts'

const root = await mkdtemp(join(tmpdir(), 'posthorn-rot-'))
afterAll(() => rm(root, { recursive: true }))

const topics = ['/xmtp/0/m-a/proto', '/xmtp/0/m-b/proto', '/xmtp/0/contact-c/proto']
const path = join(root, 'envelopes.sqlite')
const sound = await makeSound()
const soundBytes = await readFile(path)
// Most of a small database is empty: half of the flips hit what is not.
const usedPlaces = [...soundBytes.keys()].filter((at) => soundBytes[at] !== 0)

async function makeSound(): Promise<Map<number, PlainRow>> {
  await using store = await openSqliteStore({ directory: root })
  for (let batch = 0; batch < 12; batch++) {
    await store.append(Array.from({ length: 9 }, (_, n) => envelope(9 * batch + n)))
  }
  // One that needs pages of its own.
  await store.append([{ ...envelope(200), message: new Uint8Array(40_000).fill(7) }])
  const rows = await Array.fromAsync(store.scan())
  return new Map(plain(rows).map((row) => [row.sequence, row]))
}

function envelope(n: number): Envelope {
  const contentTopic = topics[n % topics.length] ?? ''
  const message = Uint8Array.from({ length: 150 + n }, (_, i) => (i * 7 + n) % 256)
  return { contentTopic, timestampNs: BigInt(n) * 1_000_000_007n, message }
}

const places = fc.oneof(fc.constantFrom(...usedPlaces), fc.nat({ max: soundBytes.length - 1 }))

test('default: whichever bit is flipped, no row is handed out that differs from what was appended', async () => {
  const seen = { refused: 0, unread: 0, reported: 0, harmless: 0 }
  await fc.assert(
    fc.asyncProperty(places, fc.nat({ max: 7 }), async (at, bit) => {
      const bytes = Buffer.from(soundBytes)
      bytes[at] = (bytes[at] ?? 0) ^ (1 << bit)
      await writeFile(path, bytes)
      const isRefused = failureOf(() => prepareDatabaseFile(path)) !== undefined
      // A large database is opened without a look at its pages, so reads must hold on their own.
      const wasUnread = readAll()
      const isReported = (await faults()).length > 0
      if (wasUnread) expect(isRefused || isReported).toBe(true)
      seen[isRefused ? 'refused' : wasUnread ? 'unread' : isReported ? 'reported' : 'harmless'] += 1
    }),
    { numRuns: 150 },
  )
  expect(seen.unread).toBeGreaterThan(0)
  expect(seen.harmless).toBeGreaterThan(0)
})

test('error: a damaged index leads nobody to the rows of another topic', async () => {
  const [, topic = ''] = topics
  const entry = soundBytes.indexOf(`${topic}\u0002`)
  expect(entry).toBeGreaterThan(0)
  const bytes = Buffer.from(soundBytes)
  bytes[entry + topic.length] = 3
  await writeFile(path, bytes)
  using reader = new Reader(path)
  const bounds = { afterSequence: 0, limit: 1_000 }
  expect(() => reader.tail({ ...bounds, topics: [topic] })).toThrow(/not the one it names/)
  expect(() => reader.tail({ ...bounds, topics })).toThrow(/not the one it names/)
})

/** Reads everything in every order; gives whether something was missing or refused. */
function readAll(): boolean {
  let isMissing = false
  const bounds = { afterSequence: 0, limit: 1_000 }
  const pages: readonly ((reader: Reader) => Row[])[] = [
    (reader) => reader.tail(bounds),
    (reader) => reader.tail({ ...bounds, topics }),
    ...topics.map((topic) => (reader: Reader) => reader.tail({ ...bounds, topics: [topic] })),
    (reader) => reader.range({ topics, direction: 'ascending', limit: 1_000 }),
    ...topics.map(
      (topic) => (reader: Reader) =>
        reader.range({ topics: [topic], direction: 'descending', limit: 1_000 }),
    ),
  ]
  for (const [i, read] of pages.entries()) {
    const wanted = [sound.size, sound.size, 36, 36, 37, sound.size, 36, 36, 37][i]
    const failure = failureOf(() => {
      using reader = new Reader(path)
      const rows = plain(unpackRows(packRows(read(reader))))
      for (const row of rows) expect(row).toEqual(sound.get(row.sequence))
      isMissing ||= rows.length !== wanted
    })
    isMissing ||= failure !== undefined
  }
  return isMissing
}

async function faults(): Promise<readonly string[]> {
  try {
    using reader = new Reader(path)
    const { database } = reader
    const report = await verifyInSteps({
      verifyBatches: async (head) => verifyBatches(database, head),
      verifyTotals: async () => verifyTotals(database),
      verifyIndexes: async () => verifyIndexes(database),
    })
    return report.faults
  } catch (error) {
    return [codeOf(error)]
  }
}

function failureOf(work: () => void): string | undefined {
  try {
    work()
    return undefined
  } catch (error) {
    return codeOf(error)
  }
}

const refusals = ['store/corrupt', 'store/foreign', 'store/newer-version']

function codeOf(error: unknown): string {
  const { code } = storageError('Read', error)
  if (!refusals.includes(code)) throw error
  return code
}
