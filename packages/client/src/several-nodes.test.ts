// Clients of several real nodes that do not know of one another: whatever one of them does, nothing is lost.

import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { contactTopic } from '@posthorn/envelope'
import { encodeContactBundle } from '@posthorn/identity'
import { rotateKeyBundle } from '@posthorn/keystore'
import { parseConfig, type RunningNode, startNode } from '@posthorn/node'
import { importKeystore } from '@posthorn/protocol-v2'
import { eventually, type TemporaryDirectory, temporaryDirectory } from '@posthorn/testing'
import { createJsonTransport, type Transport } from '@posthorn/transport'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createClient } from './create-client.ts'
import type { KeyAlarm } from './key-alarm.ts'
import { contents, crypto, take, wallet } from './test-world.ts'

let directory: TemporaryDirectory
let nodes: RunningNode[]
let urls: string[]

function start(name: string, port = '0'): Promise<RunningNode> {
  const flags = { 'api-port': port, data: `${directory.path}/${name}`, 'grace-ms': '100' }
  return startNode(parseConfig({ flags }))
}

beforeEach(async () => {
  directory = await temporaryDirectory()
  nodes = await Promise.all(['one', 'two'].map((name) => start(name)))
  urls = nodes.map(({ apiUrls }) => apiUrls[0] ?? '')
})

afterEach(async () => {
  await Promise.all(nodes.map((node) => node.kill()))
  await directory[Symbol.asyncDispose]()
})

const plain = (url: string | undefined): Transport => createJsonTransport({ url: url ?? '' })
const rowsOf = async (url: string | undefined, topic: string): Promise<number> =>
  (await plain(url).query({ topics: [topic] })).envelopes.length

describe('a client of several nodes', () => {
  test('default: what is sent lies on all of them', async () => {
    await using alice = await createClient(wallet(), { urls })
    await using bob = await createClient(wallet(), { urls })
    const chat = await alice.newConversation(bob.address)
    await chat.send('gm')
    await eventually(async () => {
      for (const url of urls) expect(await rowsOf(url, chat.topic)).toBe(1)
    })
  })

  test('default: a stream goes on when its node dies in the middle, with every message once', async () => {
    await using alice = await createClient(wallet(), { urls })
    await using bob = await createClient(wallet(), { urls })
    const chat = await alice.newConversation(bob.address)
    const states: string[] = []
    const stream = await bob.streamAllMessages({ onStateChange: ({ kind }) => states.push(kind) })
    await chat.send('one')
    const received: unknown[] = []
    const reading = (async () => {
      for await (const message of stream) {
        received.push(...contents([message]))
        if (received.length === 4) break
      }
    })()
    await eventually(async () => expect(received).toEqual(['one']))
    await chat.send('two')
    await nodes[0]?.kill()
    await chat.send('three')
    await chat.send('four')
    await reading
    expect(received).toEqual(['one', 'two', 'three', 'four'])
    expect(states).toContain('reconnecting')
  })

  test('default: one node that is down at the start hinders nobody', async () => {
    const signer = wallet()
    await createClient(signer, { urls })
    await nodes[0]?.kill()
    await using again = await createClient(signer, { urls })
    expect(again.promptCount).toBe(1)
    await using bob = await createClient(wallet(), { urls: [urls[1] ?? ''] })
    const chat = await again.newConversation(bob.address)
    await chat.send('gm')
    expect(contents(await chat.messages())).toEqual(['gm'])
  })

  test('default: a server that answers garbage hinders nobody', async () => {
    const server = createServer((_request, response) => void response.end('<html>It works!</html>'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { readonly port: number }
    const garbage = `http://127.0.0.1:${port}`
    try {
      const both = [garbage, ...urls]
      await using alice = await createClient(wallet(), { urls: both })
      await using bob = await createClient(wallet(), { urls: both })
      const stream = await bob.streamAllMessages()
      const chat = await alice.newConversation(bob.address)
      await chat.send('gm')
      expect(contents(await take(stream, 1))).toEqual(['gm'])
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })

  test('default: of two contacts the newest signed one is used, and the other node is named', async () => {
    const alarms: KeyAlarm[] = []
    const first = await createClient(randomBytes(32), { url: urls[0], keystore: 'local' })
    const old = await first.exportKeys()
    const rotated = importKeystore(crypto, rotateKeyBundle(crypto, old, Date.now() + 5))
    const [here, there] = [
      await createClient(old, { url: urls[0], keystore: 'static' }),
      await createClient(rotated, { url: urls[1] }),
    ]
    await using carol = await createClient(wallet(), {
      urls,
      onAlarm: (alarm) => void alarms.push(alarm),
    })
    const chat = await carol.newConversation(first.address)
    expect(alarms).toEqual([{ kind: 'nodes-disagree', address: first.address, node: urls[0] }])
    await chat.send('to the newest')
    const [found] = await there.conversations()
    expect(contents((await found?.messages()) ?? [])).toEqual(['to the newest'])
    await expect(here.conversations()).resolves.toEqual([])
    expect(await carol.canMessage([first.address, wallet().address])).toEqual([true, false])
  })

  test('error: no new identity is made while one of two nodes is silent about an old one', async () => {
    const signer = wallet()
    await nodes[1]?.kill()
    await expect(createClient(signer, { urls })).rejects.toMatchObject({
      name: 'TransportError',
      code: 'transport/unavailable',
    })
    expect(signer.texts).toEqual([])
  })

  test('error: an empty list of nodes is transport/no-nodes', async () => {
    await expect(createClient(wallet(), { urls: [] })).rejects.toMatchObject({
      code: 'transport/no-nodes',
    })
  })
})

test('an old contact under a new time does not pass for the newest', async () => {
  const { keyOpinion } = await import('./key-opinion.ts')
  await using client = await createClient(wallet(), { url: urls[0], keystore: 'local' })
  const { address } = client
  const keys = await client.exportKeys()
  const old = importKeystore(crypto, keys)
  const rotated = importKeystore(crypto, rotateKeyBundle(crypto, keys, 0))
  const topic = contactTopic(address)
  const row = (keystore: typeof old, timestampNs: bigint) => ({
    contentTopic: topic,
    timestampNs,
    message: encodeContactBundle({ version: 'v2', keyBundle: keystore.keyBundle }),
  })
  const alarms: KeyAlarm[] = []
  const { judge } = keyOpinion({ crypto, onAlarm: (alarm) => void alarms.push(alarm) })
  const honest = row(rotated, 1n)
  const junk = { ...honest, message: Uint8Array.of(1), timestampNs: 99n }
  const rows = judge(topic, [
    { node: 'rolling back', envelopes: [junk, row(old, 98n)] },
    { node: 'honest', envelopes: [honest] },
  ])
  expect(rows).toEqual([honest])
  expect(alarms).toEqual([{ kind: 'nodes-disagree', address, node: 'rolling back' }])
})
