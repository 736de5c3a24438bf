// An inbox of many conversations: filled over a line that breaks all the time while others write, opened warm, and
// compared with what the node has.

import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { type Crypto, loadCrypto } from '@posthorn/crypto'
import type { LocalStore } from '@posthorn/local-store'
import { openSqliteStore } from '@posthorn/local-store/sqlite'
import { parseConfig, type RunningNode, startNode } from '@posthorn/node'
import {
  seededRandom,
  startCuttingProxy,
  type TemporaryDirectory,
  temporaryDirectory,
} from '@posthorn/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Client } from '../client.ts'
import type { Conversation } from '../conversation.ts'
import { createClient } from '../create-client.ts'
import { internalsOf } from '../internals.ts'
import { openInbox } from './open-inbox.ts'
import { until } from './test-inbox.ts'

const conversations = Number(process.env['INBOX_CONVERSATIONS'] ?? 200)
const messagesEach = 100
const minutesMs = 600_000

let crypto: Crypto
let folder: TemporaryDirectory
let node: RunningNode
const secret = randomBytes(32)
const chats: Conversation[] = []

beforeAll(async () => {
  crypto = await loadCrypto()
  folder = await temporaryDirectory()
  const data = join(folder.path, 'node')
  const flags = { 'api-port': '0', data }
  node = await startNode(parseConfig({ flags }))
  const me = await createClient(secret, { url: url() })
  for (let n = 0; n < conversations; n++) {
    const peer = await createClient(randomBytes(32), { url: url() })
    const chat = await peer.newConversation(me.address)
    chats.push(chat)
    await sendMany(peer, chat, messagesEach)
  }
}, minutesMs)

afterAll(async () => {
  await node.kill()
  await folder[Symbol.asyncDispose]()
})

const url = (): string => node.apiUrls[0] ?? ''

// Many in one request: what is tested is reading.
async function sendMany(client: Client, chat: Conversation, count: number): Promise<void> {
  const { context, conversations: faces } = internalsOf(client)
  const data = internalsOf(client).book.get(chat.topic)
  expect(faces.faceOf).toBeDefined()
  if (data?.version !== 'v2') return
  const { encodeContent } = await import('@posthorn/content')
  const sealed = []
  for (let n = 0; n < count; n++) {
    const { bytes: content } = await encodeContent(context.registry, `message number ${n} of many`)
    const sentNs = context.times.next()
    sealed.push(
      await context.keystore.sealMessage({ conversation: data, content, shouldPush: true, sentNs }),
    )
  }
  await context.publisher.publish(
    sealed.map(({ sentNs, bytes }) => ({
      contentTopic: chat.topic,
      timestampNs: sentNs,
      message: bytes,
    })),
  )
}

function openStore(): Promise<LocalStore> {
  const owner = { network: 'long', address: '0x1', directory: folder.path }
  return openSqliteStore({ crypto, key: new Uint8Array(32), ...owner })
}

test(
  'a line that breaks all the time loses nothing, and doubles nothing',
  async () => {
    const { unit } = seededRandom(3)
    await using proxy = await startCuttingProxy(
      url(),
      () => 200_000 + Math.floor(unit() * 3_000_000),
    )
    await using me = await createClient(secret, { url: proxy.url })
    await using store = await openStore()
    const startedMs = performance.now()
    const cpuBefore = process.cpuUsage()
    await using inbox = openInbox({ client: me, store })
    for (let n = 0; n < 50; n++) await chats[n % conversations]?.send(`written meanwhile ${n}`)
    const total = conversations * messagesEach + 50
    await settledWithin(
      minutesMs,
      async () => (await store.totals()).unknown.unread >= total && inbox.state.kind === 'live',
    )
    expect(await count(store)).toBe(total)
    expect(await store.totals()).toMatchObject({ unknown: { conversations, unread: total } })
    const { user, system } = process.cpuUsage(cpuBefore)
    const seconds = (performance.now() - startedMs) / 1000
    process.stdout.write(
      `filled: ${total} messages in ${seconds.toFixed(1)} s, ${((user + system) / 1000 / total).toFixed(2)} ms CPU each, ${proxy.cuts()} cuts\n`,
    )
  },
  minutesMs,
)

test(
  'a warm store shows its first screen within 200 ms, and is live with no query',
  async () => {
    await using me = await createClient(secret, { url: url() })
    const startedMs = performance.now()
    await using store = await openStore()
    await using inbox = openInbox({ client: me, store })
    const first = await inbox.conversations({ limit: 50 })
    const shownMs = performance.now() - startedMs
    expect(first.items).toHaveLength(Math.min(50, conversations))
    await until(inbox, 'live')
    const liveMs = performance.now() - startedMs
    process.stdout.write(
      `warm: shown after ${shownMs.toFixed(0)} ms, live after ${liveMs.toFixed(0)} ms\n`,
    )
    expect(shownMs).toBeLessThan(200)
  },
  minutesMs,
)

async function count(store: LocalStore): Promise<number> {
  let messages = 0
  for await (const _ of store.records('message')) messages++
  return messages
}

async function settledWithin(timeoutMs: number, holds: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + timeoutMs
  while (!(await holds()) && performance.now() < endMs) {
    await new Promise((resolve) => setTimeout(resolve, 1_000))
  }
}
