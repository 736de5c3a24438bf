import { noPostgres, startPostgres } from '@posthorn/testing'
import { afterAll, describe, expect, test } from 'vitest'
import { openPostgresStore } from '../postgres.ts'
import { sql } from './testing/sql.ts'
import { testTimers } from './testing/timers.ts'

if (noPostgres !== undefined) test.skip(`layout of the database: ${noPostgres}`)
else {
  const cluster = await startPostgres({ settings: { fsync: 'off' } })
  afterAll(() => cluster[Symbol.asyncDispose]())
  const open = (url: string) => openPostgresStore({ url, timers: testTimers })
  const tables = (url: string) =>
    sql(url, `SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace('posthorn')`)

  describe('opening a database', () => {
    test('default: several nodes that start at once make its layout once', async () => {
      const url = await cluster.createDatabase()
      const stores = await Promise.all(Array.from({ length: 5 }, () => open(url)))
      const envelope = { contentTopic: 't', timestampNs: 1n, message: Uint8Array.of(1) }
      for (const store of stores) await store.append([envelope])
      expect(await sql(url, 'SELECT layout FROM posthorn.head')).toEqual([{ layout: 1 }])
      expect(await stores[0]?.counts()).toMatchObject({ envelopes: 1 })
      for (const store of stores) await store[Symbol.asyncDispose]()
    })

    test('behavior: a schema that somebody made ready for us is used', async () => {
      const url = await cluster.createDatabase()
      await sql(url, 'CREATE SCHEMA posthorn')
      await using store = await open(url)
      expect(await store.counts()).toMatchObject({ envelopes: 0 })
    })

    test('error: a newer layout is refused and stays as it is', async () => {
      const url = await cluster.createDatabase()
      await (await open(url))[Symbol.asyncDispose]()
      await sql(url, 'UPDATE posthorn.head SET layout = 2')
      await expect(open(url)).rejects.toMatchObject({
        code: 'store/newer-version',
        details: { version: 2 },
      })
      expect(await sql(url, 'SELECT layout FROM posthorn.head')).toEqual([{ layout: 2 }])
    })

    test('error: a schema of another program is refused and stays as it is', async () => {
      const url = await cluster.createDatabase()
      await sql(url, 'CREATE SCHEMA posthorn; CREATE TABLE posthorn.letters (id int)')
      await expect(open(url)).rejects.toMatchObject({ code: 'store/foreign' })
      expect(await tables(url)).toEqual([{ relname: 'letters' }])
    })

    test('error: a database that is not in UTF-8 is refused', async () => {
      const url = await cluster.createDatabase()
      await sql(url, `CREATE DATABASE other TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'`)
      const opening = open(url.replace(/\/test\d+$/, '/other'))
      await expect(opening).rejects.toMatchObject({ code: 'store/unsupported' })
    })

    test.each(['', 'http://localhost/a', '/var/run', 'postgres://a:b@[/c'])(
      'error: %j is no address of a database',
      async (url) => {
        const error = { name: 'UsageError', code: 'store/bad-url' }
        await expect(open(url)).rejects.toMatchObject(error)
      },
    )

    test('error: tables that are gone are damage, not an outage', async () => {
      const url = await cluster.createDatabase()
      await using store = await open(url)
      await sql(url, 'DROP TABLE posthorn.envelopes')
      const corrupt = { code: 'store/corrupt' }
      await expect(store.tail({ afterSequence: 0, limit: 1 })).rejects.toMatchObject(corrupt)
    })
  })
}
