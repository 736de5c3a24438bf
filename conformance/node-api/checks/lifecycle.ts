// Starting, stopping, dying, and refusing to start: nodes of their own.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { type Check, sleep, within } from '../check.ts'
import { createGrpcClient } from '../grpc-client.ts'
import { openLines, post } from '../http-client.ts'
import type { Envelope, QueryReply } from '../messages.ts'
import { type NodeProcess, newDataFolder, startInVain, startNode } from '../node-process.ts'
import { envelopeOf, freshTopic, type World } from '../world.ts'

export const lifecycleChecks: readonly Check[] = [
  {
    name: 'node: it answers under 127.0.0.1, ::1 and localhost',
    run: async ({ node }) => {
      for (const host of ['127.0.0.1', '[::1]', 'localhost']) {
        const answer = await fetch(`http://${host}:${node.port}/readyz`)
        assert.equal(answer.status, 200, host)
      }
      const client = createGrpcClient(`[::1]:${node.port}`)
      assert.equal((await client.unary('Check', { service: '' })).code, 0)
      client.close()
    },
  },
  withNode('what was acknowledged is there after a kill', async (node, world, data) => {
    const topic = freshTopic()
    const acked: string[] = []
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      const client = createGrpcClient(`127.0.0.1:${node.port}`)
      for (let i = 0; node.isAlive(); i++) {
        const text = `${writer}:${i}`
        const envelopes = [envelopeOf(topic, text)]
        const headers = { authorization: world.account.bearer() }
        const { code } = await client.unary('Publish', { envelopes }, headers)
        if (code !== 0) break
        acked.push(text)
      }
      client.close()
    })
    const wanted = 200
    while (node.isAlive() && acked.length < wanted) await sleep(10)
    await node.end('SIGKILL')
    await Promise.all(writers)
    const again = await startNode(data)
    const stored = new Set(await allTexts(again, topic))
    await again.end('SIGINT')
    assert.ok(acked.length >= wanted, `only ${acked.length} were acknowledged`)
    assert.deepEqual(
      acked.filter((text) => !stored.has(text)),
      [],
    )
  }),
  withNode('SIGINT ends streams with status OK and the program with 0', async (node) => {
    const client = createGrpcClient(`127.0.0.1:${node.port}`)
    const streams = ['Subscribe', 'SubscribeAll'].map((rpc) =>
      client.stream<Envelope>(rpc, { contentTopics: ['*'] }),
    )
    const lines = await openLines(`${node.url}/message/v1/subscribe`, { contentTopics: ['*'] })
    for (const { headers } of streams) await headers
    assert.equal(await within(8_000, 'exit', node.end('SIGINT')), 0)
    for (const { status } of streams) assert.equal((await status).code, 0)
    assert.equal(await lines.line(), undefined)
    client.close()
  }),
  withNode('SIGINT ends a Subscribe2 stream with status OK', async (node) => {
    const client = createGrpcClient(`127.0.0.1:${node.port}`)
    const stream = client.stream<Envelope>('Subscribe2')
    stream.call.write({ contentTopics: ['*'] })
    await stream.headers
    await node.end('SIGINT')
    const { code, details } = await stream.status
    client.close()
    assert.deepEqual([code, details], [0, ''])
  }),
  withNode('SIGINT does not wait for a connection that never said anything', async (node) => {
    const socket = connect(node.port, '127.0.0.1')
    socket.on('error', () => {})
    await once(socket, 'connect')
    await sleep(100)
    assert.equal(await within(2_000, 'exit', node.end('SIGINT')), 0)
  }),
  withNode('a second SIGINT ends it at once, whatever it waits for', async (node) => {
    const socket = connect(node.port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write('POST /message/v1/query HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\n{')
    await sleep(200)
    node.child.kill('SIGINT')
    await sleep(300)
    assert.ok(node.isAlive(), 'the first one waits for the request')
    const exitCode = await within(500, 'exit', node.end('SIGINT'))
    assert.notEqual(exitCode, 0)
  }),
  {
    name: 'node: a corrupt store is a refusal to start that changes nothing',
    run: async () => {
      await refusesToStart((bytes) => Buffer.from(bytes).fill(0x5a, 0, 4_096))
      await refusesToStart(() => Buffer.from('this is not a database, but notes of mine'))
    },
  },
  {
    name: 'node: a store of a newer version is a refusal to start that changes nothing',
    run: async () => {
      // SQLite keeps a program's own version at byte 60.
      await refusesToStart((bytes) => {
        const newer = Buffer.from(bytes)
        newer.writeUInt32BE(newer.readUInt32BE(60) + 1_000, 60)
        return newer
      }, /version/i)
    },
  },
  withNode('a taken port is named, with the flag that changes it', async (node, _world, data) => {
    const port = String(node.port)
    const { exitCode, text } = await startInVain(`${data}-second`, ['--api-port', port])
    assert.notEqual(exitCode, 0)
    assert.match(text, new RegExp(`${port}.*--api-port`))
    const six = createServer()
    await new Promise<void>((resolve) => six.listen(0, '::1', resolve))
    const { port: taken } = six.address() as { port: number }
    const other = await startInVain(`${data}-third`, ['--api-port', String(taken)])
    assert.notEqual(other.exitCode, 0)
    assert.match(other.text, new RegExp(`${taken}.*--api-port`))
    six.close()
    rmSync(`${data}-second`, { recursive: true, force: true })
    rmSync(`${data}-third`, { recursive: true, force: true })
  }),
  withNode(
    'a second node on the same folder is refused, and the first goes on',
    async (node, _world, data) => {
      const { exitCode, text } = await startInVain(data, [])
      assert.notEqual(exitCode, 0)
      assert.match(text, /another|in use|locked/i)
      assert.equal(
        (await post(`${node.url}/message/v1/query`, { contentTopics: ['x'] })).status,
        200,
      )
    },
  ),
]

function withNode(
  name: string,
  story: (node: NodeProcess, world: World, data: string) => Promise<void>,
): Check {
  return {
    name: `node: ${name}`,
    run: async (world) => {
      const data = newDataFolder()
      const node = await startNode(data)
      try {
        await story(node, world, data)
      } finally {
        await node.end('SIGKILL')
        rmSync(data, { recursive: true, force: true })
      }
    },
  }
}

async function allTexts(node: NodeProcess, topic: string): Promise<string[]> {
  const client = createGrpcClient(`127.0.0.1:${node.port}`)
  const texts: string[] = []
  for (let cursor: unknown, page = 0; page < 1_000; page++) {
    const pagingInfo = { limit: 100, direction: 'SORT_DIRECTION_ASCENDING', cursor }
    const request = { contentTopics: [topic], pagingInfo }
    const { reply } = await client.unary<QueryReply>('Query', request)
    texts.push(...(reply?.envelopes ?? []).map(({ message }) => String(message)))
    cursor = reply?.pagingInfo.cursor
    if (cursor === null || cursor === undefined) break
  }
  client.close()
  return texts
}

async function refusesToStart(
  change: (bytes: Buffer) => Buffer,
  wanted = /store|database|data/i,
): Promise<void> {
  const data = newDataFolder()
  const node = await startNode(data)
  await node.end('SIGINT')
  const name = readdirSync(data).find((each) => each.endsWith('.sqlite')) ?? ''
  const path = join(data, name)
  const changed = change(readFileSync(path))
  writeFileSync(path, changed)
  const { exitCode, text } = await startInVain(data, [])
  assert.notEqual(exitCode, 0)
  assert.match(text, wanted)
  assert.doesNotMatch(text, /"ready"|\n\s+at /)
  assert.ok(readFileSync(path).equals(changed), 'the file was changed')
  rmSync(data, { recursive: true, force: true })
}
