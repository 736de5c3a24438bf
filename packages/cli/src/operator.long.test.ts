// An operator's day, by the command line alone: what docs/operating.md tells people to type.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually, noPostgres, startPostgres } from '@posthorn/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Node, parse, posthorn, startNode } from './testing/operator.ts'
import { type Running, start } from './testing/posthorn-process.ts'

let folder = ''
const at = (name: string): string => join(folder, name)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'posthorn-operator-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** A wallet of its own, as one command line has it. */
async function createWallet(name: string) {
  const home = at(name)
  const { document } = await posthorn('--home', home, 'init')
  return {
    address: document.address as string,
    send: (node: Node, to: string, text: string) =>
      posthorn('--url', node.url, '--home', home, 'send', to, text),
    conversations: (node: Node) => posthorn('--url', node.url, '--home', home, 'conversations'),
    stream: (node: Node): Running => start(['--url', node.url, '--home', home, 'stream', '--json']),
  }
}

async function reachable(node: Node, address: string): Promise<void> {
  await eventually(
    async () => {
      expect((await posthorn('--url', node.url, 'can-message', address)).exitCode).toBe(0)
    },
    { timeoutMs: 20_000 },
  )
}

async function next(stream: Running): Promise<string> {
  return parse(await stream.nextLine()).content
}

describe('an operator', () => {
  test('lists who may register and who may publish, while streams are open', async () => {
    await using node = await startNode(at('lists'))
    const admin = (...args: readonly string[]) => posthorn('admin', '--data', node.data, ...args)
    const [ada, bob] = [await createWallet('ada'), await createWallet('bob')]
    await admin('mode', 'allow-list')
    const stranger = await bob.send(node, ada.address, 'too early')
    expect(stranger.document.error.message).toContain('for registering keys')

    await admin(
      'allow',
      'add',
      ada.address,
      bob.address,
      '--power',
      'register',
      '--comment',
      'both',
    )
    await ada.conversations(node)
    await reachable(node, ada.address)
    const silent = await bob.send(node, ada.address, 'may register only')
    expect(silent.exitCode).toBe(1)
    expect(silent.document.error.message).toContain('for sending messages')

    await using stream = ada.stream(node)
    await admin('allow', 'add', bob.address, '--power', 'publish')
    expect((await bob.send(node, ada.address, 'listed')).exitCode).toBe(0)
    expect(await next(stream)).toBe('listed')
    await admin('allow', 'remove', bob.address, '--power', 'publish', '--note', 'ticket 7')
    expect((await bob.send(node, ada.address, 'no more')).exitCode).toBe(1)
    const { document } = await admin('audit', '--limit', '1')
    expect(document.entries).toMatchObject([{ note: 'ticket 7', before: { comment: '' } }])

    await admin('deny', 'add', '127.0.0.1')
    const { exitCode, stderr } = await stream.finished
    expect(exitCode).toBe(1)
    expect(stderr).toContain('deny listed')
    await admin('deny', 'remove', '127.0.0.1')
    await admin('mode', 'remove')
    expect((await admin('mode')).document).toEqual({ mode: 'open' })
    expect((await ada.conversations(node)).exitCode).toBe(0)
  }, 120_000)

  test('copies, checks, restores and goes on, and a client that stays on loses nothing', async () => {
    await using first = await startNode(at('first'))
    const [ada, bob] = [await createWallet('ada-2'), await createWallet('bob-2')]
    await using stream = ada.stream(first)
    await reachable(first, ada.address)
    await bob.send(first, ada.address, 'one')
    expect(await next(stream)).toBe('one')
    const copy = at('monday.posthorn')
    expect((await posthorn('backup', copy, '--data', first.data)).document).toEqual({ file: copy })
    const looked = await posthorn('verify', copy)
    expect(looked.document).toMatchObject({ isSound: true })
    await bob.send(first, ada.address, 'two')
    expect(await next(stream)).toBe('two')
    await first.stop()

    const restored = await posthorn('restore', copy, '--data', at('restored'))
    expect(restored.document.envelopes).toBe(looked.document.envelopes)
    // While she is away, these take the places in the log that "two" had.
    {
      await using node = await startNode(at('restored'))
      await bob.send(node, ada.address, 'three')
      await bob.send(node, ada.address, 'four')
      await node.stop()
    }
    const flags = ['--api-port', new URL(first.url).port]
    await using node = await startNode(at('restored'), ...flags)
    expect([await next(stream), await next(stream)]).toEqual(['three', 'four'])
    await bob.send(node, ada.address, 'five')
    expect(await next(stream)).toBe('five')
    expect((await posthorn('verify', '--data', node.data)).document.isSound).toBe(true)
  }, 120_000)

  test('tries a rule before it holds, and takes all messages elsewhere as lines of JSON', async () => {
    await using node = await startNode(at('rules'))
    const admin = (...args: readonly string[]) => posthorn('admin', '--data', node.data, ...args)
    const [ada, bob] = [await createWallet('ada-3'), await createWallet('bob-3')]
    await ada.conversations(node)
    await reachable(node, ada.address)
    await bob.send(node, ada.address, 'kept')
    const rule = { category: 'v2-conversation', days: 90, envelopes: 0, bytes: 0 }
    const preview = await admin('retention', 'preview', 'v2-conversation', '90')
    expect(preview.document).toEqual({ rules: [rule] })
    await admin('retention', 'set', 'v2-conversation', '90', '--note', 'three months')
    expect((await admin('retention', 'run')).document).toEqual({ rules: [rule] })
    await admin('retention', 'remove', 'v2-conversation')
    expect((await admin('retention', 'list')).document.values).toEqual({})

    const lines = at('messages.jsonl')
    const { document } = await posthorn('export', lines, '--data', node.data)
    const imported = await posthorn('import', lines, '--data', at('elsewhere'))
    expect(imported.document).toEqual({ envelopes: document.envelopes, duplicates: 0 })
    const again = await posthorn('import', lines, '--data', at('elsewhere'))
    expect(again.document).toEqual({ envelopes: 0, duplicates: document.envelopes })
    await using other = await startNode(at('elsewhere'))
    expect((await ada.conversations(other)).documents).toHaveLength(1)
  }, 120_000)

  test('has rules of their own asked, as the page about policies shows', async () => {
    const page = new URL('../../../docs/policy-plugin.md', import.meta.url)
    const [, module = ''] = /```js\n(.*?)```/s.exec(await readFile(page, 'utf8')) ?? []
    await writeFile(at('policy.js'), module)
    await writeFile(at('package.json'), '{"type":"module"}')
    await using node = await startNode(at('policy'), '--policy', at('policy.js'))
    const [ada, bob] = [await createWallet('ada-4'), await createWallet('bob-4')]
    await ada.conversations(node)
    await reachable(node, ada.address)
    expect((await bob.send(node, ada.address, 'short')).exitCode).toBe(0)
    // Text that compression cannot make short.
    const long = Array.from({ length: 20_000 }, (_, n) => Math.sin(n).toString(36).slice(3)).join(
      '',
    )
    const refused = await bob.send(node, ada.address, long.slice(0, 110_000))
    expect(refused.document.error.message).toContain('at most 100 kB a message')
  }, 120_000)
})

describe.skipIf(noPostgres !== undefined)(`an operator with PostgreSQL ${noPostgres ?? ''}`, () => {
  test('moves a node that runs, has two nodes instead of one, and brings a database back', async () => {
    await using cluster = await startPostgres()
    const database = await cluster.createDatabase()
    await using old = await startNode(at('old'))
    const [ada, bob] = [await createWallet('ada-5'), await createWallet('bob-5')]
    await ada.conversations(old)
    await reachable(old, ada.address)
    await bob.send(old, ada.address, 'before')
    await posthorn('admin', '--data', old.data, 'deny', 'add', '192.0.2.1')
    const args = ['--data', old.data, '--to', database, '--follow', '--json']
    await using move = start(['move', ...args])
    expect(parse(await move.nextLine())).toMatchObject({ event: 'caught-up' })

    const flags = ['--store', 'postgres', '--database-url', database]
    await using one = await startNode(at('one'), ...flags)
    await using two = await startNode(at('two'), ...flags)
    await using stream = ada.stream(two)
    await bob.send(old, ada.address, 'to the old one')
    await old.stop()
    expect(parse(await move.nextLine())).toMatchObject({ event: 'moved' })
    expect((await move.finished).exitCode).toBe(0)
    await bob.send(one, ada.address, 'to the new one')
    expect(await eventuallySeen(stream, 'to the new one')).toContain('to the old one')

    const shared = await posthorn('admin', '--data', two.data, 'deny', 'list')
    expect(Object.keys(shared.document.values)).toContain('access/deny/publish/192.0.2.1/32')
    expect((await posthorn('verify', '--data', one.data)).document).toMatchObject({ isSound: true })
    const unsupported = await posthorn('backup', at('never'), '--data', one.data)
    expect(unsupported.document.error.code).toBe('store/unsupported')
    await Promise.all([one.stop(), two.stop()])
    const named = await posthorn('restore', '--database-url', database)
    expect(named.document.envelopes).toBeGreaterThan(0)
    const lines = await posthorn('export', at('database.jsonl'), '--database-url', database)
    expect(lines.document.envelopes).toBe(named.document.envelopes)
  }, 180_000)
})

async function eventuallySeen(stream: Running, last: string): Promise<readonly string[]> {
  const seen: string[] = []
  while (!seen.includes(last)) seen.push(await next(stream))
  return seen
}
