import { noPostgres, startPostgres } from '@posthorn/testing'
import { Client } from 'pg'
import { afterAll, expect, test } from 'vitest'
import { sql } from './testing/sql.ts'
import { runTail } from './testing/tail-run.ts'

if (noPostgres !== undefined) test.skip(`tail of a shared database: ${noPostgres}`)
else {
  const cluster = await startPostgres()
  afterAll(() => cluster[Symbol.asyncDispose]())

  test('default: 8 followers of 32 writers in 4 processes get all of 20,000 messages once and in order', async () => {
    const messages = 20_000
    const followed = await runTail({
      url: await cluster.createDatabase(),
      messages,
      ...{ writerProcesses: 4, writers: 8, subscriberProcesses: 2, subscribers: 4 },
    })
    const all = { received: messages, missed: 0, doubled: 0, outOfOrder: 0 }
    expect(followed).toEqual(Array(8).fill(all))
  })

  test('behavior: serial numbers would lose a row that commits after a higher one', async () => {
    const url = await cluster.createDatabase()
    await sql(url, 'CREATE TABLE naive (id bigserial PRIMARY KEY)')
    const slow = new Client({ connectionString: url })
    await slow.connect()
    await slow.query('BEGIN; INSERT INTO naive DEFAULT VALUES')
    await sql(url, 'INSERT INTO naive DEFAULT VALUES')
    const seen = await sql(url, 'SELECT id FROM naive WHERE id > 0 ORDER BY id')
    expect(seen).toEqual([{ id: '2' }])
    await slow.query('COMMIT')
    await slow.end()
    expect(await sql(url, 'SELECT id FROM naive WHERE id > 2')).toEqual([])
    expect(await sql(url, 'SELECT count(*)::int AS rows FROM naive')).toEqual([{ rows: 2 }])
  })
}
