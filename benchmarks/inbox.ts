// A whole inbox, of 1,000 conversations with 100 messages each unless told otherwise, on one node: ours, which the
// first time fills its sealed store and from then on reads from there, and the published SDK, which fetches and opens
// everything every time it is started; so does our client where it is given no store.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Inbox, openInbox } from '../packages/client/src/inbox.ts'
import { createClient } from '../packages/client/src/index.ts'
import { loadCrypto } from '../packages/crypto/src/index.ts'
import type { LocalStore } from '../packages/local-store/src/index.ts'
import { openSqliteStore } from '../packages/local-store/src/sqlite.ts'
import { type BenchAccount, newAccount, publishToken, sdkClientAt } from './accounts.ts'
import { publishFrame } from './fixed-messages.ts'
import { type Connections, call, openConnections } from './grpc-calls.ts'
import { cpuMicrosecondsOf, rounded } from './measure.ts'
import type { Report } from './report.ts'
import type { BenchOptions } from './run.ts'
import { startServer } from './server-process.ts'

const load = { conversations: 1_000, messagesEach: 100, screenRows: 50 }
// The published SDK takes seconds of CPU for each of its conversations, and as much for the next one.
const peerConversations = 20
const warmRounds = 5
const storeKey = new Uint8Array(32)
const text = 'x'.repeat(100)

/** `npm run bench -- inbox [--rows CONVERSATIONS]` */
export async function inbox({ rows }: BenchOptions): Promise<Report> {
  const conversations = Math.min(rows, load.conversations)
  const directory = mkdtempSync(join(tmpdir(), 'posthorn-bench-'))
  await using node = await startServer('posthorn')
  const reader = { account: newAccount(), url: node.url, directory, conversations }
  try {
    await fill(reader)
    const firstTime = await fillStore(reader)
    const whole = await readWhole(reader)
    const withoutStore = await readFromNode(reader)
    const screens: number[] = []
    for (let round = 0; round <= warmRounds; round++) screens.push(await firstScreen(reader))
    const warm = screens.slice(1).sort((a, b) => a - b)
    const peer = await readByPeer(reader)
    return {
      name: 'inbox',
      setting: { ...load, conversations, textBytes: text.length, peerConversations, warmRounds },
      ours: {
        cpuSeconds: rounded(whole),
        firstScreenMilliseconds: rounded(warm[warmRounds >> 1] ?? Number.NaN),
        firstTimeCpuSeconds: rounded(firstTime),
        firstTimeRatio: rounded(peer.cpuSeconds / firstTime),
        withoutStoreCpuSeconds: rounded(withoutStore),
        withoutStoreRatio: rounded(peer.cpuSeconds / withoutStore),
      },
      peer,
      ratio: rounded(peer.cpuSeconds / whole),
    }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

type Reader = {
  readonly account: BenchAccount
  readonly url: string
  /** Where our store is. */
  readonly directory: string
  readonly conversations: number
}

// Sealed by clients of ours, and published a conversation at a time.
async function fill({ account, url, conversations }: Reader): Promise<void> {
  await using me = await createClient(account, { url })
  const authorization = await publishToken()
  using connections = openConnections(url, 1)
  for (let n = 0; n < conversations; n++) {
    await using peer = await createClient(newAccount(), { url })
    const conversation = await peer.newConversation(me.address)
    const envelopes = []
    for (let i = 0; i < load.messagesEach; i++) {
      envelopes.push((await conversation.prepare(text)).envelope)
    }
    await publish(connections, publishFrame(envelopes), authorization)
  }
}

async function publish(
  { sessions: [session] }: Connections,
  frame: Buffer,
  authorization: string,
): Promise<void> {
  if (session !== undefined) await call(session, 'Publish', { frame, authorization })
}

// Until the store has everything.
function fillStore(reader: Reader): Promise<number> {
  return cpuSecondsOf(async () => {
    await using me = await createClient(reader.account, { url: reader.url })
    await using store = await openStore(reader)
    await using opened = openInbox({ client: me, store })
    await untilLive(opened)
    const { unread, conversations } = (await store.totals()).unknown
    expectAll(reader, conversations, unread)
  })
}

// Every message of every conversation, decoded, from the store; and live, so that nothing is missing.
function readWhole(reader: Reader): Promise<number> {
  return cpuSecondsOf(async () => {
    await using me = await createClient(reader.account, { url: reader.url })
    await using store = await openStore(reader)
    await using opened = openInbox({ client: me, store })
    await untilLive(opened)
    let [conversations, messages, after] = [0, 0, undefined as string | undefined]
    do {
      const page = await opened.conversations({ limit: load.messagesEach, after })
      for (const { topic } of page.items) {
        const { items } = await opened.messages({ topic, limit: load.messagesEach })
        messages += items.filter(({ content }) => content === text).length
      }
      conversations += page.items.length
      after = page.next
    } while (after !== undefined)
    expectAll(reader, conversations, messages)
  })
}

// Every message of every conversation, decoded, from the node.
function readFromNode(reader: Reader): Promise<number> {
  return cpuSecondsOf(async () => {
    await using me = await createClient(reader.account, { url: reader.url })
    const conversations = await me.conversations()
    let messages = 0
    for (const each of conversations) {
      messages += (await each.messages()).filter(({ content }) => content === text).length
    }
    expectAll(reader, conversations.length, messages)
  })
}

function expectAll(reader: Reader, conversations: number, messages: number): void {
  const wanted = reader.conversations * load.messagesEach
  if (conversations === reader.conversations && messages === wanted) return
  throw new Error(`found ${messages} messages in ${conversations} conversations`)
}

async function cpuSecondsOf(work: () => Promise<void>): Promise<number> {
  return (await cpuMicrosecondsOf(work)) / 1e6
}

// From the wallet's address and the keys of the device, as when a page is loaded again.
async function firstScreen(reader: Reader): Promise<number> {
  await using me = await createClient(reader.account, { url: reader.url })
  const startedMs = performance.now()
  await using store = await openStore(reader)
  await using opened = openInbox({ client: me, store })
  const { items } = await opened.conversations({ limit: load.screenRows })
  const [newest] = items
  const messages = await opened.messages({
    topic: newest?.topic ?? '',
    direction: 'descending',
    limit: load.screenRows,
  })
  const shownMs = performance.now() - startedMs
  if (items.length === 0 || messages.items.length === 0) throw new Error('an empty screen')
  return shownMs
}

async function readByPeer({ account, url, conversations }: Reader) {
  const begun = await cpuMicrosecondsOf(async () => {
    const client = await sdkClientAt(account, url)
    await client.conversations.list()
  })
  const client = await sdkClientAt(account, url)
  const listed = await client.conversations.list()
  if (listed.length !== conversations) throw new Error(`the peer found ${listed.length}`)
  const sample = listed.slice(0, peerConversations)
  const read = await cpuMicrosecondsOf(async () => {
    for (const each of sample) {
      const { length } = await each.messages()
      if (length !== load.messagesEach) throw new Error(`the peer read ${length} messages`)
    }
  })
  return {
    name: `@xmtp/xmtp-js 13.0.4, conversations beyond the first ${sample.length} reckoned`,
    cpuSeconds: rounded((begun + (read / sample.length) * conversations) / 1e6),
    listCpuSeconds: rounded(begun / 1e6),
    conversationCpuSeconds: Math.round(read / sample.length / 1e4) / 100,
  }
}

async function openStore({ directory, account }: Reader): Promise<LocalStore> {
  const owner = { network: 'bench', address: account.address, directory }
  return openSqliteStore({ crypto: await loadCrypto(), key: storeKey, ...owner })
}

async function untilLive(opened: Inbox): Promise<void> {
  for await (const { kind } of opened.states()) if (kind === 'live') return
}
