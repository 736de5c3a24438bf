import { createVirtualClock, eventually, noPostgres, startPostgres } from '@posthorn/testing'
import { afterAll, describe, expect, test } from 'vitest'
import { openPostgresStore } from '../postgres.ts'
import type { SettingValue } from '../settings-store.ts'
import { sql } from './testing/sql.ts'
import { testTimers } from './testing/timers.ts'
import type { StoreTimers } from './timers.ts'

function envelope(n: number, contentTopic = 'topic') {
  return { contentTopic, timestampNs: BigInt(n), message: Uint8Array.of(n) }
}

if (noPostgres !== undefined) test.skip(`stores that share a database: ${noPostgres}`)
else {
  const cluster = await startPostgres({ settings: { fsync: 'off' } })
  afterAll(() => cluster[Symbol.asyncDispose]())
  const open = (url: string, timers: StoreTimers = testTimers) => openPostgresStore({ url, timers })

  describe('stores that share a database', () => {
    test('default: sequences of concurrent appends have no gap, and duplicates meet across stores', async () => {
      const url = await cluster.createDatabase()
      await using a = await open(url)
      await using b = await open(url)
      const numbers = Array.from({ length: 200 }, (_, i) => i)
      const appends = numbers.flatMap((n) => [a, b].map((store) => store.append([envelope(n)])))
      const results = (await Promise.all(appends)).flat()
      expect(results.filter((result) => !result.isDuplicate)).toHaveLength(200)
      const rows = await a.tail({ afterSequence: 0, limit: 500 })
      expect(rows.map((row) => row.sequence)).toEqual(numbers.map((n) => n + 1))
      const sequences = new Map(rows.map((row) => [row.message[0], row.sequence]))
      for (const [i, result] of results.entries()) {
        expect(result.sequence).toBe(sequences.get(Math.floor(i / 2)))
      }
      expect(await b.upkeep.verify()).toMatchObject({ envelopes: 200, faults: [] })
    })

    test('behavior: changes of settings are one after the other', async () => {
      const url = await cluster.createDatabase()
      await using a = await open(url)
      await using b = await open(url)
      const changes = Array.from({ length: 20 }, (_, n) =>
        (n % 2 === 0 ? a : b).settings.change({
          values: new Map<string, SettingValue>([
            ['limits', n],
            [`key ${n}`, { n }],
          ]),
          actor: 'test',
          atNs: BigInt(n),
        }),
      )
      const versions = (await Promise.all(changes)).sort((x, y) => x - y)
      expect(versions).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
      expect(await a.settings.version()).toBe(20)
      expect(await a.settings.read()).toEqual(await b.settings.read())
      const audit = await b.settings.audit({ limit: 100 })
      expect(audit.map((entry) => entry.id)).toEqual(Array.from({ length: 40 }, (_, i) => 40 - i))
      const limits = audit.filter((entry) => entry.key === 'limits').reverse()
      expect(limits.map((entry) => entry.before)).toEqual([
        undefined,
        ...limits.slice(0, -1).map((entry) => entry.after),
      ])
    })

    test('behavior: listeners hear of what another store appends, until they leave', async () => {
      const url = await cluster.createDatabase()
      // Its poll stands still: only the connection that listens can tell.
      await using a = await open(url, createVirtualClock())
      await using b = await open(url)
      let heard = 0
      const listening = a.onArrival(() => {
        heard += 1
      })
      await eventually(() => expect(heard).toBeGreaterThan(0))
      for (let n = 1; n <= 3; n++) {
        const before = heard
        await b.append([envelope(n)])
        await eventually(() => expect(heard).toBeGreaterThan(before))
      }
      listening[Symbol.dispose]()
      const left = heard
      await b.append([envelope(4)])
      await a.append([envelope(5)])
      expect(heard).toBe(left)
    })

    test('behavior: a listener whose connection is cut hears by the poll, and listens again', async () => {
      const url = await cluster.createDatabase()
      const clock = createVirtualClock()
      await using a = await open(url, clock)
      await using b = await open(url)
      let heard = 0
      using _ = a.onArrival(() => {
        heard += 1
      })
      await eventually(() => expect(heard).toBeGreaterThan(0))
      const cut = await sql(
        url,
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE application_name = 'posthorn listener' AND datname = current_database()`,
      )
      expect(cut).toHaveLength(1)
      const before = heard
      await b.append([envelope(1)])
      await eventually(async () => {
        await clock.advance(1_000)
        expect(heard).toBeGreaterThan(before)
      })
      const listeners = `SELECT pid FROM pg_stat_activity
        WHERE application_name = 'posthorn listener' AND datname = current_database()`
      await eventually(async () => expect(await sql(url, listeners)).toHaveLength(1))
    })
  })

  describe('a store with a read replica', () => {
    test('default: ranges come from the replica, but what this store wrote is always there', async () => {
      const [url, readUrl] = [await cluster.createDatabase(), await cluster.createDatabase()]
      // Another database that somebody keeps like the first stands for the replica.
      await using primary = await open(url)
      await using replica = await open(readUrl)
      await using store = await openPostgresStore({ url, readUrl, timers: testTimers })
      const range = async (topic: string) => {
        const rows = await store.range({ topics: [topic], direction: 'ascending', limit: 9 })
        return rows.map((row) => row.timestampNs)
      }
      await primary.append([envelope(1, 'quiet')])
      expect(await range('quiet')).toEqual([])
      await store.append([envelope(2, 'busy')])
      expect(await range('busy')).toEqual([2n])
      expect(await range('quiet')).toEqual([])
      expect(await store.tail({ afterSequence: 0, limit: 9 })).toHaveLength(2)
      await replica.append([envelope(1, 'quiet'), envelope(2, 'busy')])
      expect(await range('quiet')).toEqual([1n])
      await primary.append([envelope(3, 'busy')])
      expect(await range('busy')).toEqual([2n])
    })

    test('behavior: without its replica it reads from the primary', async () => {
      const url = await cluster.createDatabase()
      const readUrl = 'postgres://127.0.0.1:1/none'
      await using store = await openPostgresStore({ url, readUrl, timers: testTimers })
      await store.append([envelope(1)])
      const query = { topics: ['topic'], direction: 'ascending', limit: 9 } as const
      expect(await store.range(query)).toHaveLength(1)
    })
  })

  describe('prune', () => {
    test('behavior: large rows go in steps of 8 MiB, all of them in one call', async () => {
      const url = await cluster.createDatabase()
      await using store = await open(url)
      const large = (n: number) => ({ ...envelope(n), message: new Uint8Array(1_000_000).fill(n) })
      for (const n of [1, 2])
        await store.append(Array.from({ length: 10 }, (_, i) => large(10 * n + i)))
      const [step] = await sql(
        url,
        'SELECT * FROM posthorn.prune(0::smallint, 9223372036854775807, 500)',
      )
      expect(step).toEqual({ envelopes: '9', bytes: '9000000' })
      const request = { category: 'invalid', committedBeforeNs: 2n ** 64n } as const
      const left = { envelopes: 11, bytes: 11_000_000 }
      expect(await store.upkeep.prunable(request)).toEqual(left)
      expect(await store.upkeep.prune({ ...request, limit: 500 })).toEqual(left)
      expect(await store.counts()).toEqual({ envelopes: 0, topics: 0, lastSequence: 20 })
      expect(await store.upkeep.verify()).toEqual({ envelopes: 0, batches: 2, faults: [] })
    })
  })

  describe('verify', () => {
    const damages: readonly (readonly [string, string, RegExp])[] = [
      [
        'a message that changed',
        `UPDATE posthorn.envelopes SET message = 'x' WHERE sequence = 5`,
        /^batch 2: 1 of 3 digests differ$/,
      ],
      [
        'a row that is gone',
        'DELETE FROM posthorn.envelopes WHERE sequence = 5',
        /^batch 2: 1 envelopes are missing$/,
      ],
      [
        'a batch that is gone',
        'DELETE FROM posthorn.batches WHERE height = 2',
        /^batches 1 to 3: 1 are missing$/,
      ],
      [
        'a hash that changed',
        `UPDATE posthorn.batches SET hash = sha256('x') WHERE height = 2`,
        /^batch 3: the hash differs$/,
      ],
      ['a topic that is gone', `DELETE FROM posthorn.topics`, /^batch 3: 3 of 3 digests differ$/],
    ]
    test.each(damages)('error: finds %s', async (_, damage, fault) => {
      const url = await cluster.createDatabase()
      await using store = await open(url)
      for (const n of [1, 4, 7]) await store.append([0, 1, 2].map((i) => envelope(n + i)))
      expect(await store.upkeep.verify()).toEqual({ envelopes: 9, batches: 3, faults: [] })
      await sql(url, damage)
      const { faults } = await store.upkeep.verify()
      expect(faults).toContainEqual(expect.stringMatching(fault))
    })
  })
}
