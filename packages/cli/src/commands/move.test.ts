import { openPostgresStore, openSqliteStore, type Store } from '@posthorn/store'
import { noPostgres, startPostgres, temporaryDirectory } from '@posthorn/testing'
import { expect, test } from 'vitest'
import { systemTimers } from '../system-timers.ts'
import { posthorn, start } from '../testing/posthorn-process.ts'

let count = 0
async function append(store: Store, envelopes: number): Promise<void> {
  const batch = Array.from({ length: envelopes }, () => ({
    contentTopic: `topic ${count % 7}`,
    timestampNs: BigInt(++count),
    message: Buffer.from(`message ${count}`),
  }))
  await store.append(batch)
}

test.skipIf(noPostgres !== undefined)(
  'move copies a store that is written to, lists included, and ends when its node has stopped',
  async () => {
    await using cluster = await startPostgres()
    await using directory = await temporaryDirectory()
    const url = await cluster.createDatabase()
    const source = await openSqliteStore({ directory: directory.path })
    await append(source, 1_500)
    const values = new Map([['access/mode', 'allow-list']])
    await source.settings.change({ values, actor: 'test', atNs: 1n })

    const args = ['move', '--data', directory.path, '--to', url, '--follow', '--json']
    await using move = start(args)
    expect(JSON.parse(await move.nextLine())).toMatchObject({
      event: 'caught-up',
      envelopes: 1_500,
    })
    for (let n = 0; n < 20; n++) await append(source, 25)
    await source[Symbol.asyncDispose]()
    expect(JSON.parse(await move.nextLine())).toEqual({
      event: 'moved',
      sequence: 2_000,
      envelopes: 2_000,
      settings: 1,
    })
    expect((await move.finished).exitCode).toBe(0)

    await using target = await openPostgresStore({ url, timers: systemTimers })
    const rows = await Array.fromAsync(target.scan())
    expect(rows.map(({ timestampNs }) => Number(timestampNs))).toEqual(
      Array.from({ length: 2_000 }, (_, n) => n + 1),
    )
    expect((await target.settings.read()).values.get('access/mode')).toBe('allow-list')
  },
)

test('move names what it does not find', async () => {
  await using directory = await temporaryDirectory()
  const args = ['move', '--data', directory.path, '--to', 'postgres://localhost/none', '--json']
  const { exitCode, stderr } = await posthorn(args)
  expect(exitCode).toBe(1)
  expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'cli/no-store' } })
})
