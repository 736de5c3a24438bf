import { noPostgres, startPostgres } from '@posthorn/testing'
import { afterAll, test } from 'vitest'
import { testEnvelopeStore } from './contract.ts'
import { sql } from './postgres/testing/sql.ts'
import { testTimers } from './postgres/testing/timers.ts'
import { openPostgresStore } from './postgres.ts'

if (noPostgres !== undefined) test.skip(`postgres store: ${noPostgres}`)
else {
  const cluster = await startPostgres({ settings: { fsync: 'off' } })
  afterAll(() => cluster[Symbol.asyncDispose]())
  // One after the other; making a database anew takes ten times as long.
  const url = await cluster.createDatabase()
  testEnvelopeStore('postgres store', async (clock) => {
    await sql(url, 'DROP SCHEMA IF EXISTS posthorn CASCADE')
    return openPostgresStore({ url, timers: testTimers, clock })
  })
}
