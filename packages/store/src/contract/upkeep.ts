// What upkeep must do.

import { equalBytes } from '@posthorn/bytes'
import type { Envelope } from '@posthorn/envelope'
// biome-ignore lint/correctness/noUndeclaredDependencies: whoever runs the suite brings its runner
import fc from 'fast-check'
// biome-ignore lint/correctness/noUndeclaredDependencies: whoever runs the suite brings its runner
import { describe, expect, test } from 'vitest'
import { batchHash, noBatchHash } from '../batch-hash.ts'
import type { Store } from '../store.ts'
import type { PruneReport, PruneRequest } from '../upkeep.ts'
import { appends, pruneRequest } from './arbitraries.ts'
import { numbered, type Open, plain, sequences, upTo } from './fixtures.ts'
import { digestOf, StoreOracle, webSha256 } from './oracle.ts'

/** Describes upkeep. */
export function testUpkeep(open: Open): void {
  describe('upkeep', () => {
    testBatches(open)
    testRetention(open)
    testVerify(open)
  })
}

function testBatches(open: Open): void {
  test('default: each append on its own is a batch, chained to the one before', async () => {
    const clock = { ns: 10n, nowNs: () => clock.ns }
    await using store = await open(clock)
    const appended = [[numbered(1), numbered(2)], [numbered(1)], [numbered(3)], [numbered(4)]]
    for (const [i, envelopes] of appended.entries()) {
      // The last time the clock goes back.
      clock.ns = [10n, 20n, 30n, 25n][i] ?? 0n
      await store.append(envelopes)
    }
    const batches = await store.upkeep.batches({ afterHeight: 0, limit: 10 })
    expect(batches.map(({ hash, ...batch }) => batch)).toEqual([
      { height: 1, firstSequence: 1, lastSequence: 2, committedNs: 10n },
      { height: 2, firstSequence: 3, lastSequence: 3, committedNs: 30n },
      { height: 3, firstSequence: 4, lastSequence: 4, committedNs: 30n },
    ])
    await expectChain(store)
    const page = await store.upkeep.batches({ afterHeight: 1, limit: 1 })
    expect(page.map((batch) => batch.height)).toEqual([2])
    const refused = store.upkeep.batches({ afterHeight: 0, limit: -1 })
    await expect(refused).rejects.toMatchObject({ code: 'store/bad-limit' })
  })

  test('behavior: batches of concurrent appends cover each sequence once', async () => {
    await using store = await open()
    await Promise.all(upTo(300).map((n) => store.append([numbered(n), numbered(n + 1)])))
    await expectChain(store)
  })
}

/** Checks that the batches are a chain over all rows. */
async function expectChain(store: Store): Promise<void> {
  const rows = await Array.fromAsync(store.scan())
  let [height, last, previousHash] = [0, 0, noBatchHash]
  for (const batch of await store.upkeep.batches({ afterHeight: 0, limit: 10_000 })) {
    expect(batch).toMatchObject({ height: ++height, firstSequence: last + 1 })
    const own = rows.slice(last, batch.lastSequence)
    const rowsOfBatch = await Promise.all(
      own.map(async (row) => ({ timestampNs: row.timestampNs, digest: await digestOf(row) })),
    )
    let covered = new Uint8Array()
    batchHash({ previousHash, height, rows: rowsOfBatch }, (data) => {
      covered = new Uint8Array(data)
      return data
    })
    expect(equalBytes(batch.hash, await webSha256(covered))).toBe(true)
    previousHash = batch.hash
    last = batch.lastSequence
  }
  expect(last).toBe(rows.length)
}

function testRetention(open: Open): void {
  test('default: deletes what it says it would, and random rest agrees with a plain list', async () => {
    await fc.assert(
      fc.asyncProperty(
        appends,
        fc.array(pruneRequest, { maxLength: 4 }),
        async (batches, prunes) => {
          const clock = { ns: 0n, nowNs: () => clock.ns }
          await using store = await open(clock)
          const oracle = new StoreOracle()
          for (const [i, batch] of [...batches, ...batches].entries()) {
            clock.ns = BigInt(i)
            expect(await store.append(batch)).toEqual(await oracle.append(batch, clock.ns))
            const request = prunes[i]
            if (request !== undefined) await expectPrune(store, oracle, request)
            expect(await store.counts()).toEqual(oracle.counts())
          }
          const rows = await Array.fromAsync(store.scan())
          expect(plain(rows)).toEqual(plain(oracle.rows))
          const topics = [...new Set(oracle.rows.map((row) => row.contentTopic))]
          const query = { topics, direction: 'descending', limit: 1_000 } as const
          expect(plain(await store.range(query))).toEqual(plain(oracle.range(query)))
          const { envelopes, faults } = await store.upkeep.verify()
          expect({ envelopes, faults }).toEqual({ envelopes: rows.length, faults: [] })
        },
      ),
      { numRuns: 6 },
    )
  })

  test('behavior: sequences of deleted rows are never given again, and followers go on', async () => {
    await using store = await open({ nowNs: () => 1n })
    const mail = (n: number): Envelope => numbered(n, '/xmtp/0/m-a/proto')
    await store.append(upTo(5).map(mail))
    await store.append([numbered(6, '/xmtp/0/contact-a/proto')])
    const request = { category: 'v2-conversation', committedBeforeNs: 2n, limit: 100 } as const
    expect(await store.upkeep.prune({ ...request, committedBeforeNs: 1n })).toEqual(nothing)
    expect(await store.upkeep.prune({ ...request, limit: 0 })).toEqual(nothing)
    expect(await store.upkeep.prune(request)).toEqual({ envelopes: 5, bytes: 5 })
    expect(await store.counts()).toEqual({ envelopes: 1, topics: 1, lastSequence: 6 })
    expect(await store.append([mail(1)])).toEqual([{ sequence: 7, isDuplicate: false }])
    expect(sequences(await store.tail({ afterSequence: 2, limit: 9 }))).toEqual([6, 7])
    const topics = ['/xmtp/0/m-a/proto']
    expect(sequences(await store.tail({ afterSequence: 0, limit: 9, topics }))).toEqual([7])
    expect(await store.upkeep.verify()).toMatchObject({ envelopes: 2, faults: [] })
    const batches = await store.upkeep.batches({ afterHeight: 0, limit: 9 })
    expect(batches.map((batch) => batch.lastSequence)).toEqual([5, 6, 7])
  })

  test('behavior: publishes and reads go on while rows are deleted', async () => {
    await using store = await open({ nowNs: () => 1n })
    await store.append(upTo(2_000).map((n) => numbered(n)))
    const request = { category: 'invalid', committedBeforeNs: 2n, limit: 100 } as const
    const kept = (n: number) => numbered(n, '/xmtp/0/contact-a/proto')
    const publishes = upTo(50).map((n) => store.append([kept(n)]))
    let deleted = 0
    for (;;) {
      const report = await store.upkeep.prune(request)
      if (report.envelopes === 0) break
      deleted += report.envelopes
    }
    await Promise.all(publishes)
    expect(deleted).toBe(2_000)
    expect(await store.counts()).toEqual({ envelopes: 50, topics: 1, lastSequence: 2_050 })
  })
}

const nothing: PruneReport = { envelopes: 0, bytes: 0 }

/** Prunes call by call, as the oracle does at once. */
async function expectPrune(
  store: Store,
  oracle: StoreOracle,
  request: PruneRequest,
): Promise<void> {
  const expected = oracle.prune(request)
  expect(await store.upkeep.prunable(request)).toEqual(expected)
  const sum = { envelopes: 0, bytes: 0 }
  for (;;) {
    const { envelopes, bytes } = await store.upkeep.prune(request)
    if (envelopes === 0) break
    expect(envelopes).toBeLessThanOrEqual(request.limit)
    sum.envelopes += envelopes
    sum.bytes += bytes
  }
  expect(sum).toEqual(expected)
}

function testVerify(open: Open): void {
  test('default: a sound store has no faults, and publishes do not disturb the look at it', async () => {
    await using store = await open()
    expect(await store.upkeep.verify()).toEqual({ envelopes: 0, batches: 0, faults: [] })
    for (const n of upTo(30)) await store.append(upTo(40).map((m) => numbered(100 * n + m)))
    const verified = store.upkeep.verify()
    await Promise.all(upTo(50).map((n) => store.append([numbered(n)])))
    const report = await verified
    expect(report.faults).toEqual([])
    expect(report.envelopes).toBeGreaterThanOrEqual(1_200)
    expect(report.batches).toBeGreaterThanOrEqual(30)
  })

  test('behavior: a signal ends it', async () => {
    await using store = await open()
    await store.append([numbered(1)])
    const verified = store.upkeep.verify({ signal: AbortSignal.abort() })
    await expect(verified).rejects.toMatchObject({ name: 'AbortError' })
  })
}
