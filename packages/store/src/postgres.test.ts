import { noPostgres, startPostgres } from '@posthorn/testing'
import { afterAll, test } from 'vitest'
import { testEnvelopeStore } from './contract.ts'
import { testTimers } from './postgres/testing/timers.ts'
import { openPostgresStore } from './postgres.ts'

if (noPostgres !== undefined) test.skip(`postgres store: ${noPostgres}`)
else {
  const cluster = await startPostgres({ settings: { fsync: 'off', full_page_writes: 'off' } })
  afterAll(() => cluster[Symbol.asyncDispose]())
  testEnvelopeStore('postgres store', async (clock) =>
    openPostgresStore({ url: await cluster.createDatabase(), timers: testTimers, clock }),
  )
}
