// What append must do.

import { type Envelope, maxMessageBytes, maxTimestampNs } from '@posthorn/envelope'
// biome-ignore lint/correctness/noUndeclaredDependencies: whoever runs the suite brings its runner
import { describe, expect, test } from 'vitest'
import { numbered, type Open, plain, upTo } from './fixtures.ts'
import { digestOf, StoreOracle } from './oracle.ts'

/** Describes append. */
export function testAppend(open: Open): void {
  describe('append', () => {
    testSequences(open)
    testConcurrentAppends(open)
    testWhatComesBack(open)
    testRefusals(open)
  })
}

function testSequences(open: Open): void {
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
}

function testConcurrentAppends(open: Open): void {
  test('behavior: 1,000 concurrent appends get 1,000 sequences without a gap', async () => {
    await using store = await open()
    const results = await Promise.all(upTo(1_000).map((n) => store.append([numbered(n)])))
    const given = results.flat().map((each) => each.sequence)
    expect(given.toSorted((a, b) => a - b)).toEqual(upTo(1_000))
    const rows = await store.tail({ afterSequence: 0, limit: 2_000 })
    for (const row of rows) expect(given[Number(row.timestampNs) - 1]).toBe(row.sequence)
  })

  test('behavior: concurrent appends of one envelope store it once', async () => {
    await using store = await open()
    const results = await Promise.all(upTo(50).map(() => store.append([numbered(1)])))
    expect(results.flat().filter((each) => !each.isDuplicate)).toHaveLength(1)
    expect(new Set(results.flat().map((each) => each.sequence))).toEqual(new Set([1]))
  })
}

function testWhatComesBack(open: Open): void {
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

  test('error: a topic with half a surrogate pair is refused', async () => {
    await using store = await open()
    const appended = store.append([numbered(1, 'a\ud800')])
    await expect(appended).rejects.toMatchObject({ code: 'envelope/bad-topic' })
    expect(await store.counts()).toMatchObject({ envelopes: 0 })
  })

  test('behavior: the caller may change the bytes once it has the answer', async () => {
    await using store = await open()
    const envelope = { ...numbered(1), message: Uint8Array.of(1, 2, 3) }
    await store.append([envelope])
    envelope.message.fill(9)
    const [row] = await store.tail({ afterSequence: 0, limit: 1 })
    expect([...(row?.message ?? [])]).toEqual([1, 2, 3])
  })
}

function testRefusals(open: Open): void {
  test('error: an envelope that breaks a limit refuses its append, and nothing of it is stored', async () => {
    await using store = await open()
    const good = numbered(2)
    const refused: readonly (readonly [code: string, bad: Envelope])[] = [
      ['envelope/topic-too-long', { ...good, contentTopic: 'x'.repeat(301) }],
      ['envelope/message-too-big', { ...good, message: new Uint8Array(maxMessageBytes + 1) }],
      ['envelope/bad-timestamp', { ...good, timestampNs: maxTimestampNs + 1n }],
      ['envelope/bad-timestamp', { ...good, timestampNs: -1n }],
    ]
    for (const [code, bad] of refused) {
      await expect(store.append([good, bad])).rejects.toMatchObject({ code })
    }
    expect(await store.append([good])).toEqual([{ sequence: 1, isDuplicate: false }])
  })
}
