import { noPostgres, startPostgres } from '@posthorn/testing'
import { afterAll, expect, test } from 'vitest'
import { lostByNaiveLog } from './testing/naive-log.ts'
import { runTail } from './testing/tail-run.ts'

if (noPostgres !== undefined) test.skip(`tail of a shared database: ${noPostgres}`)
else {
  const cluster = await startPostgres({ settings: { max_wal_size: '4GB' } })
  afterAll(() => cluster[Symbol.asyncDispose]())

  test('8 followers of 32 writers in 4 processes get all of 1,000,000 messages once and in order', async () => {
    const messages = 1_000_000
    const followed = await runTail({
      url: await cluster.createDatabase(),
      messages,
      ...{ writerProcesses: 4, writers: 8, subscriberProcesses: 2, subscribers: 4 },
    })
    const all = { received: messages, missed: 0, doubled: 0, outOfOrder: 0 }
    expect(followed).toEqual(Array(8).fill(all))
  })

  test('beside it, a poller of serial numbers loses some of 20,000 rows', async () => {
    const url = await cluster.createDatabase()
    const lost = await lostByNaiveLog(url, { rows: 20_000, writers: 32 })
    expect(lost).toBeGreaterThan(0)
  })
}
