// Nodes of an operator on a real PostgreSQL, all in processes of their own, while others write to them.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually, noPostgres, startPostgres } from '@posthorn/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  listen,
  type Node,
  parse,
  posthorn,
  sleep,
  startNode,
  startWriter,
  textsOf,
} from './testing/operator.ts'
import { start } from './testing/posthorn-process.ts'

let folder = ''
const at = (name: string): string => join(folder, name)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'posthorn-operator-database-'))
})
afterAll(() => rm(folder, { recursive: true }))

const open = ['--auth', 'off', '--limits', 'off']
const onDatabase = (url: string) => ['--store', 'postgres', '--database-url', url, ...open]

async function publish({ transport }: Node, contentTopic: string, text: string): Promise<void> {
  const message = new TextEncoder().encode(text)
  await transport.publish([{ contentTopic, timestampNs: BigInt(text.length), message }])
}

describe.skipIf(noPostgres !== undefined)(`an operator's database ${noPostgres ?? ''}`, () => {
  test('takes over from SQLite under writers: nothing is lost and nothing doubled', async () => {
    await using cluster = await startPostgres()
    const database = await cluster.createDatabase('mover')
    await using old = await startNode(at('old'), ...open)
    const writers = Array.from({ length: 8 }, (_, n) => startWriter(`/xmtp/0/m-${n}/proto`, old))
    await sleep(3_000)
    const args = ['move', '--data', old.data, '--to', database, '--follow', '--json']
    {
      await using broken = start(args)
      await sleep(1_500)
      broken.process.kill('SIGKILL')
    }
    await using move = start(args)
    expect(parse(await move.nextLine())).toMatchObject({ event: 'caught-up' })

    await using one = await startNode(at('one'), ...onDatabase(database))
    await using two = await startNode(at('two'), ...onDatabase(database))
    const topics = writers.map(({ topic }) => topic)
    const listener = await listen(two, topics)
    for (const [n, writer] of writers.entries()) {
      if (n < 6) writer.use(n % 2 === 0 ? one : two)
      await sleep(200)
    }
    // Two of them are still writing to the old node while it stops.
    const stopped = old.stop()
    await sleep(300)
    for (const writer of writers.slice(6)) writer.use(one)
    await stopped
    expect(parse(await move.nextLine())).toMatchObject({ event: 'moved' })
    expect((await move.finished).exitCode).toBe(0)
    await sleep(1_000)
    await Promise.all(writers.map((writer) => writer.stop()))

    let envelopes = 0
    for (const { topic, acknowledged } of writers) {
      expect(await textsOf(one, topic)).toEqual(acknowledged)
      envelopes += acknowledged.length
      const heard = () => listener.texts.filter((text) => text.startsWith(`${topic} `))
      await eventually(() => expect(heard().at(-1)).toBe(acknowledged.at(-1)))
      expect(new Set(heard())).toHaveLength(heard().length)
    }
    listener.cancel()
    const looked = await posthorn('verify', '--data', two.data)
    expect(looked.document).toMatchObject({ isSound: true, envelopes })
    await Promise.all([one.stop(), two.stop()])
  }, 180_000)

  test('takes a role that may only make its own schema, and nodes deliver for one another', async () => {
    await using cluster = await startPostgres()
    const database = await cluster.createDatabase('least')
    await using one = await startNode(at('1'), ...onDatabase(database))
    await using two = await startNode(at('2'), ...onDatabase(database))
    const [topic, passing] = ['/xmtp/0/m-1/proto', '/xmtp/0/mE-1/proto']
    const listeners = [await listen(one, [topic, passing]), await listen(two, [topic, passing])]
    const sent = ['a', 'bb', 'ccc', 'dddd']
    for (const [n, text] of sent.entries()) {
      await publish(n % 2 === 0 ? one : two, n < 2 ? topic : passing, text)
      for (const { texts } of listeners) await eventually(() => expect(texts).toContain(text))
    }
    for (const { texts } of listeners) expect(texts).toEqual(sent)
    expect(await textsOf(one, passing)).toEqual([])
    expect(await textsOf(two, topic)).toEqual(['a', 'bb'])

    await posthorn('admin', '--data', one.data, 'retention', 'set', 'v2-conversation', '1')
    const { document } = await posthorn('admin', '--data', two.data, 'retention', 'run')
    expect(document.rules).toMatchObject([{ category: 'v2-conversation', envelopes: 0 }])
    const looked = await posthorn('verify', '--data', one.data)
    expect(looked.document).toMatchObject({ isSound: true, envelopes: 2 })

    // A list changed at one node ends the streams of the other.
    const denied = await posthorn('admin', '--data', two.data, 'deny', 'add', '127.0.0.1')
    expect(denied.exitCode).toBe(0)
    const deniedMs = performance.now()
    const [first] = listeners
    expect(await first?.ended).toMatchObject({
      message: expect.stringContaining('deny listed'),
    })
    expect(performance.now() - deniedMs).toBeLessThan(1_000)
    await Promise.all([one.stop(), two.stop()])
  }, 120_000)

  test('has a streaming replica for history, which may lag, fail, and come again', async () => {
    await using cluster = await startPostgres()
    const database = await cluster.createDatabase('reader')
    await using writing = await startNode(at('writing'), ...onDatabase(database))
    await publish(writing, 'before', 'old')
    {
      await using replica = await cluster.createReplica()
      const readUrl = replica.urlOf(database)
      const flags = [...onDatabase(database), '--database-read-url', readUrl]
      await using reading = await startNode(at('reading'), ...flags)
      await eventually(async () => expect(await textsOf(reading, 'before')).toEqual(['old']))
      await replica.pause()
      const listener = await listen(reading, ['theirs', 'own'])
      await publish(writing, 'theirs', 'of another')
      await publish(reading, 'own', 'own')
      // History lags; what the node took itself is there, and streams lag nowhere.
      expect(await textsOf(reading, 'theirs')).toEqual([])
      expect(await textsOf(reading, 'own')).toEqual(['own'])
      await eventually(() => expect(listener.texts).toEqual(['of another', 'own']))
      await replica.resume()
      await eventually(async () => expect(await textsOf(reading, 'theirs')).toEqual(['of another']))
      await replica[Symbol.asyncDispose]()
      expect(await textsOf(reading, 'theirs')).toEqual(['of another'])
      await publish(reading, 'own', 'without')
      expect(await textsOf(reading, 'own')).toEqual(['own', 'without'])
      listener.cancel()
      await reading.stop()
    }
    await writing.stop()
  }, 120_000)
})
