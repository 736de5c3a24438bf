import { eventually, noPostgres, startPostgres } from '@posthorn/testing'
import { afterAll, describe, expect, test } from 'vitest'
import { openPostgresStore } from '../postgres.ts'
import type { Store } from '../store.ts'
import { follow } from './testing/follow.ts'
import { sql } from './testing/sql.ts'
import { testTimers } from './testing/timers.ts'

const open = (url: string): Promise<Store> => openPostgresStore({ url, timers: testTimers })
const unavailable = {
  name: 'StorageError',
  code: 'store/unavailable',
  retryAfterMs: expect.any(Number),
}

function envelope(number: number) {
  const message = new Uint8Array(8)
  new DataView(message.buffer).setUint32(0, number)
  return { contentTopic: `topic ${number % 5}`, timestampNs: BigInt(number), message }
}

/** Appends number by number until told to stop, each until it is taken; gives sequences by number. */
async function publish(store: Store, numbers: Iterator<number>, refusals: unknown[]) {
  const acked = new Map<number, number>()
  for (let next = numbers.next(); !next.done; ) {
    try {
      const [result] = await store.append([envelope(next.value)])
      acked.set(next.value, result?.sequence ?? 0)
      next = numbers.next()
    } catch (error) {
      refusals.push(error)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  return acked
}

if (noPostgres !== undefined) test.skip(`outages of the database: ${noPostgres}`)
else {
  const cluster = await startPostgres()
  afterAll(() => cluster[Symbol.asyncDispose]())

  describe('when the database is away', () => {
    test('default: appends are refused until it is back, nothing acknowledged is lost, followers go on', async () => {
      const url = await cluster.createDatabase()
      await using store = await open(url)
      await using other = await open(url)
      const refusals: unknown[] = []
      const messages = 3_000
      const numbers = Array.from({ length: messages }, (_, i) => i).values()
      const followed = follow(other, messages)
      const publishing = [store, store, other].map((each) => publish(each, numbers, refusals))
      await eventually(async () => expect((await store.counts()).envelopes).toBeGreaterThan(100))
      await cluster.crash()
      await eventually(() => expect(refusals.length).toBeGreaterThan(5))
      await expect(store.tail({ afterSequence: 0, limit: 1 })).rejects.toMatchObject(unavailable)
      await cluster.start()
      const acked = new Map((await Promise.all(publishing)).flatMap((each) => [...each]))
      for (const refusal of refusals) expect(refusal).toMatchObject(unavailable)
      const stored = new Map<number, number>()
      for await (const row of store.scan()) stored.set(Number(row.timestampNs), row.sequence)
      expect(acked).toEqual(stored)
      expect(stored.size).toBe(messages)
      expect(await followed).toEqual({ received: messages, missed: 0, doubled: 0, outOfOrder: 0 })
      expect(await store.upkeep.verify()).toMatchObject({ envelopes: messages, faults: [] })
    })

    test('behavior: opening waits for it', async () => {
      const url = await cluster.createDatabase()
      await cluster.crash()
      const opening = open(url)
      await cluster.start()
      await using store = await opening
      expect(await store.counts()).toMatchObject({ envelopes: 0 })
    })

    test('error: opening gives up after a while, and tells no password', async () => {
      const url = 'postgres://somebody:hunter2@127.0.0.1:1/messages?options=hunter2'
      const opening = openPostgresStore({ url, timers: testTimers, openTimeoutMs: 100 })
      const error: unknown = await opening.catch((reason: unknown) => reason)
      expect(error).toMatchObject({
        code: 'store/unavailable',
        message:
          'Open the database at postgres://127.0.0.1:1/messages: the database did not answer (ECONNREFUSED)',
      })
      const { inspect } = await import('node:util')
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('hunter2')
    })

    test('error: what will not heal by waiting is refused at once', async () => {
      const url = (await cluster.createDatabase()).replace(/\/test\d+$/, '/nowhere')
      await expect(open(url)).rejects.toMatchObject({
        code: 'store/unavailable',
        message: expect.stringMatching(/: the database refused, it does not exist \(3D000\)$/),
      })
    })

    test('behavior: a connection that is cut is replaced by the next call', async () => {
      const url = await cluster.createDatabase()
      await using store = await open(url)
      await store.append([envelope(1)])
      await sql(
        url,
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE datname = current_database() AND pid <> pg_backend_pid()`,
      )
      await eventually(async () => {
        expect(await store.append([envelope(1)])).toEqual([{ sequence: 1, isDuplicate: true }])
      })
    })
  })
}
