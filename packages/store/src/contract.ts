// What every implementation of the store port must do. An implementation's test calls this.

import { toHex, toUtf8 } from '@posthorn/bytes'
import { type Envelope, maxMessageBytes, maxTimestampNs } from '@posthorn/envelope'
// biome-ignore lint/correctness/noUndeclaredDependencies: whoever runs the suite brings its runner
import fc from 'fast-check'
// biome-ignore lint/correctness/noUndeclaredDependencies: whoever runs the suite brings its runner
import { describe, expect, test } from 'vitest'
import { appends, rangeQuery, tailQuery } from './contract-arbitraries.ts'
import { digestOf, StoreOracle } from './contract-oracle.ts'
import type { EnvelopeStore, StoredEnvelope } from './store.ts'

/** Describes the suite for an implementation; `open` gives a new, empty store each time. */
export function testEnvelopeStore(name: string, open: () => Promise<EnvelopeStore>): void {
  describe(`${name} keeps the contract of a store`, () => {
    describe('append', () => testAppend(open))
    describe('range', () => testRange(open))
    describe('tail', () => testTail(open))
    describe('scan', () => testScan(open))
    describe('counts', () => testCounts(open))
    describe('dispose', () => testDispose(open))
  })
}

type Open = () => Promise<EnvelopeStore>

/** An envelope of one byte or more, made of small numbers. */
function numbered(n: number, contentTopic = `topic ${n % 7}`): Envelope {
  return { contentTopic, timestampNs: BigInt(n), message: toUtf8(String(n)) }
}

function numberedUpTo(count: number): Envelope[] {
  return Array.from({ length: count }, (_, i) => numbered(i))
}

function plain(rows: readonly StoredEnvelope[]) {
  return rows.map((row) => ({ ...row, message: toHex(row.message), digest: toHex(row.digest) }))
}

function sequences(rows: readonly StoredEnvelope[]): number[] {
  return rows.map((row) => row.sequence)
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1)
}

function testAppend(open: Open): void {
  test('default: gives sequences in order and stores what it got', async () => {
    await using store = await open()
    const envelopes = [numbered(5), numbered(3)]
    expect(await store.append(envelopes)).toEqual([
      { sequence: 1, isDuplicate: false },
      { sequence: 2, isDuplicate: false },
    ])
    const rows = await store.tail({ afterSequence: 0, limit: 10 })
    const expected = envelopes.map(async (envelope, i) => ({
      ...envelope,
      sequence: i + 1,
      digest: await digestOf(envelope),
    }))
    expect(plain(rows)).toEqual(plain(await Promise.all(expected)))
  })

  test('behavior: nothing to append is fine', async () => {
    await using store = await open()
    expect(await store.append([])).toEqual([])
  })

  test('behavior: a duplicate gets the sequence of the first, within a batch and across', async () => {
    await using store = await open()
    const [a, b] = [numbered(1), numbered(2)]
    const first = await store.append([a, { ...a }, b])
    expect(first.map((each) => each.isDuplicate)).toEqual([false, true, false])
    expect(first.map((each) => each.sequence)).toEqual([1, 1, 2])
    expect(await store.append([b, numbered(3)])).toEqual([
      { sequence: 2, isDuplicate: true },
      { sequence: 3, isDuplicate: false },
    ])
  })

  test('behavior: the same bytes at another time or topic are another envelope', async () => {
    await using store = await open()
    const envelope = numbered(1)
    await store.append([envelope])
    const others = [
      { ...envelope, timestampNs: 2n },
      { ...envelope, contentTopic: 'other' },
    ]
    expect((await store.append(others)).map((each) => each.sequence)).toEqual([2, 3])
  })

  test('behavior: 1,000 concurrent appends get 1,000 sequences without a gap', async () => {
    await using store = await open()
    const results = await Promise.all(numberedUpTo(1_000).map((each) => store.append([each])))
    const given = results.flat().map((each) => each.sequence)
    expect(given.toSorted((a, b) => a - b)).toEqual(upTo(1_000))
    const rows = await store.tail({ afterSequence: 0, limit: 2_000 })
    for (const row of rows) expect(given[Number(row.timestampNs)]).toBe(row.sequence)
  })

  test('behavior: concurrent appends of one envelope store it once', async () => {
    await using store = await open()
    const results = await Promise.all(upTo(50).map(() => store.append([numbered(1)])))
    expect(results.flat().filter((each) => !each.isDuplicate)).toHaveLength(1)
    expect(new Set(results.flat().map((each) => each.sequence))).toEqual(new Set([1]))
  })

  test('behavior: the longest and the emptiest come back as they were', async () => {
    await using store = await open()
    const pool = new Uint8Array(2 * maxMessageBytes).map((_, i) => i % 251)
    const envelopes: Envelope[] = [
      { contentTopic: 't'.repeat(300), timestampNs: maxTimestampNs, message: new Uint8Array() },
      { contentTopic: '', timestampNs: 0n, message: pool.subarray(77, 77 + maxMessageBytes) },
      { contentTopic: 'é🐎\0\u{feff}', timestampNs: 2n ** 63n, message: pool.subarray(0, 3) },
    ]
    await store.append(envelopes)
    const rows = await store.tail({ afterSequence: 0, limit: 10 })
    const oracle = new StoreOracle()
    await oracle.append(envelopes)
    expect(plain(rows)).toEqual(plain(oracle.rows))
  })

  test('behavior: half a surrogate pair in a topic is stored as its replacement', async () => {
    await using store = await open()
    await store.append([numbered(1, 'a\ud800')])
    const page = { direction: 'ascending', limit: 1 } as const
    const [row] = await store.range({ ...page, topics: ['a\ufffd'] })
    expect(row?.contentTopic).toBe('a\ufffd')
  })

  test('behavior: the caller may change the bytes once it has the answer', async () => {
    await using store = await open()
    const envelope = { ...numbered(1), message: Uint8Array.of(1, 2, 3) }
    await store.append([envelope])
    envelope.message.fill(9)
    const [row] = await store.tail({ afterSequence: 0, limit: 1 })
    expect([...(row?.message ?? [])]).toEqual([1, 2, 3])
  })

  test.each([
    ['envelope/topic-too-long', { ...numbered(1), contentTopic: 'x'.repeat(301) }],
    ['envelope/message-too-big', { ...numbered(1), message: new Uint8Array(maxMessageBytes + 1) }],
    ['envelope/bad-timestamp', { ...numbered(1), timestampNs: maxTimestampNs + 1n }],
    ['envelope/bad-timestamp', { ...numbered(1), timestampNs: -1n }],
  ])('error: %s refuses the append and stores nothing of it', async (code, bad) => {
    await using store = await open()
    await expect(store.append([numbered(2), bad])).rejects.toMatchObject({ code })
    expect(await store.append([numbered(2)])).toEqual([{ sequence: 1, isDuplicate: false }])
  })
}

function testRange(open: Open): void {
  test('default: random queries over random envelopes agree with a plain list', async () => {
    const queries = fc.array(rangeQuery, { minLength: 40, maxLength: 60 })
    await fc.assert(
      fc.asyncProperty(appends, queries, async (batches, makers) => {
        await using store = await open()
        const oracle = new StoreOracle()
        for (const batch of batches) {
          expect(await store.append(batch)).toEqual(await oracle.append(batch))
        }
        for (const query of makers.map((make) => make(oracle.rows))) {
          expect(plain(await store.range(query))).toEqual(plain(oracle.range(query)))
        }
      }),
      { numRuns: 12 },
    )
  })

  test.each(['ascending', 'descending'] as const)(
    'behavior: pages by cursor visit each row once, %s, through ties of time',
    async (direction) => {
      await using store = await open()
      const topics = ['a', 'b', 'c']
      const tied = upTo(90).map((n) => ({
        ...numbered(n, topics[n % 3]),
        timestampNs: BigInt(n % 2),
      }))
      await store.append(tied)
      const seen: StoredEnvelope[] = []
      for (;;) {
        const after = seen.at(-1)
        const page = await store.range({ topics, direction, limit: 7, after })
        if (page.length === 0) break
        seen.push(...page)
      }
      const oracle = new StoreOracle()
      await oracle.append(tied)
      expect(plain(seen)).toEqual(plain(oracle.range({ topics, direction, limit: 100 })))
    },
  )

  test('behavior: 10,000 topics merge into one order, unknown and repeated ones included', async () => {
    await using store = await open()
    const topics = upTo(10_000).map((n) => `topic ${n}`)
    await store.append(upTo(2_000).map((n) => numbered(2_000 - n, `topic ${n}`)))
    const query = { topics: [...topics, ...topics], direction: 'ascending', limit: 100 } as const
    const page = await store.range(query)
    expect(page.map((row) => row.timestampNs)).toEqual(upTo(100).map((n) => BigInt(n - 1)))
  })

  test('behavior: no topics, no rows', async () => {
    await using store = await open()
    await store.append([numbered(1)])
    expect(await store.range({ topics: [], direction: 'ascending', limit: 5 })).toEqual([])
  })

  test.each([-1, 0.5, Number.NaN])('error: a limit of %s is refused', async (limit) => {
    await using store = await open()
    const query = { topics: ['a'], direction: 'ascending', limit } as const
    await expect(store.range(query)).rejects.toMatchObject({ code: 'store/bad-limit' })
  })
}

function testTail(open: Open): void {
  test('default: random queries over random envelopes agree with a plain list', async () => {
    const queries = fc.array(tailQuery, { minLength: 40, maxLength: 60 })
    await fc.assert(
      fc.asyncProperty(appends, queries, async (batches, queries) => {
        await using store = await open()
        const oracle = new StoreOracle()
        await Promise.all(batches.map((batch) => store.append(batch)))
        await oracle.append(batches.flat())
        for (const query of queries) {
          expect(plain(await store.tail(query))).toEqual(plain(oracle.tail(query)))
        }
      }),
      { numRuns: 12 },
    )
  })

  test('behavior: a reader that follows concurrent appends misses nothing and sees nothing twice', async () => {
    await using store = await open()
    const count = 2_000
    const publishers = upTo(20).map(async (publisher) => {
      for (let n = publisher; n <= count; n += 20) await store.append([numbered(n)])
    })
    const seen: StoredEnvelope[] = []
    while (seen.length < count) {
      const afterSequence = seen.at(-1)?.sequence ?? 0
      seen.push(...(await store.tail({ afterSequence, limit: 64 })))
    }
    await Promise.all(publishers)
    expect(sequences(seen)).toEqual(upTo(count))
    expect(new Set(seen.map((row) => row.timestampNs)).size).toBe(count)
  })

  test('behavior: an acknowledged envelope is there for the next reader', async () => {
    await using store = await open()
    for (const n of upTo(20)) {
      const [result] = await store.append([numbered(n, 'topic')])
      const topics = ['topic']
      const rows = await Promise.all([
        store.tail({ afterSequence: n - 1, limit: 1 }),
        store.tail({ afterSequence: n - 1, limit: 1, topics }),
        store.range({ topics, direction: 'descending', limit: 1 }),
      ])
      expect(rows.flat().map((row) => row.sequence)).toEqual([n, n, n])
      expect(result?.sequence).toBe(n)
    }
  })

  test('behavior: no topics, no rows', async () => {
    await using store = await open()
    await store.append([numbered(1)])
    expect(await store.tail({ afterSequence: 0, limit: 5, topics: [] })).toEqual([])
  })

  test.each([-1, 0.5])('error: a limit of %s is refused', async (limit) => {
    await using store = await open()
    const tail = store.tail({ afterSequence: 0, limit })
    await expect(tail).rejects.toMatchObject({ code: 'store/bad-limit' })
  })
}

function testScan(open: Open): void {
  test('default: yields everything there was at its start, in the order of arrival', async () => {
    await using store = await open()
    await store.append(numberedUpTo(1_000))
    const seen: StoredEnvelope[] = []
    for await (const row of store.scan()) {
      if (seen.length === 0) await store.append([numbered(1_001)])
      seen.push(row)
    }
    expect(sequences(seen)).toEqual(upTo(1_000))
  })

  test('behavior: an empty store has nothing to scan', async () => {
    await using store = await open()
    expect(await Array.fromAsync(store.scan())).toEqual([])
  })
}

function testCounts(open: Open): void {
  test('default: counts envelopes and topics, duplicates not', async () => {
    await using store = await open()
    expect(await store.counts()).toEqual({ envelopes: 0, topics: 0, lastSequence: 0 })
    await store.append([numbered(1), numbered(2), numbered(1)])
    await store.append([numbered(2), numbered(8)])
    expect(await store.counts()).toEqual({ envelopes: 3, topics: 2, lastSequence: 3 })
  })
}

function testDispose(open: Open): void {
  test('default: appends that were taken are finished, later calls fail', async () => {
    const store = await open()
    const taken = store.append([numbered(1)])
    await store[Symbol.asyncDispose]()
    await store[Symbol.asyncDispose]()
    expect(await taken).toEqual([{ sequence: 1, isDuplicate: false }])
    const closed = { code: 'store/closed' }
    const range = { topics: [], direction: 'ascending', limit: 1 } as const
    await expect(store.append([])).rejects.toMatchObject(closed)
    await expect(store.range(range)).rejects.toMatchObject(closed)
    await expect(store.tail({ afterSequence: 0, limit: 1 })).rejects.toMatchObject(closed)
    await expect(store.counts()).rejects.toMatchObject(closed)
    await expect(Array.fromAsync(store.scan())).rejects.toMatchObject(closed)
  })
}
