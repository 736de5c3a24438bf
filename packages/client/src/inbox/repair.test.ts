// A store in a file that is damaged behind the inbox's back, on the node that users run.

import { randomBytes } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { editMessageType, textType } from '@posthorn/content'
import { loadCrypto } from '@posthorn/crypto'
import type { LocalStore } from '@posthorn/local-store'
import { openSqliteStore } from '@posthorn/local-store/sqlite'
import { parseConfig, type RunningNode, startNode } from '@posthorn/node'
import { eventually, type TemporaryDirectory, temporaryDirectory } from '@posthorn/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Client } from '../client.ts'
import type { Conversation } from '../conversation.ts'
import { createClient } from '../create-client.ts'
import { mendStore } from './mend-store.ts'
import { openInbox } from './open-inbox.ts'
import { contentOfStore, inboxOf, memoryStore, until, untilContents } from './test-inbox.ts'

const crypto = await loadCrypto()
let folder: TemporaryDirectory
let node: RunningNode

beforeEach(async () => {
  folder = await temporaryDirectory()
  const data = join(folder.path, 'node')
  node = await startNode(parseConfig({ flags: { 'api-port': '0', data, 'grace-ms': '100' } }))
})

afterEach(async () => {
  await node.kill()
  await folder[Symbol.asyncDispose]()
})

const open = (secret: Uint8Array = randomBytes(32)): Promise<Client> =>
  createClient(secret, { url: node.apiUrls[0] ?? '' })

const device = (): string => join(folder.path, 'device')

function openStore(): Promise<LocalStore> {
  const key = new Uint8Array(32).fill(3)
  return openSqliteStore({ crypto, key, directory: device(), network: 'test', address: '0x1' })
}

/** Flips a bit in every record of the tables with these letters. */
function damage(letters: string): number {
  const [name = ''] = readdirSync(device()).filter((each) => !/-(wal|shm)$/.test(each))
  using database = new DatabaseSync(join(device(), name))
  const cells = database.prepare('SELECT key, value FROM cells WHERE length(value) > 0').all()
  const hit = cells.filter(({ key }) => letters.includes(String(key)[0] ?? ''))
  for (const { key, value } of hit) {
    const changed = Uint8Array.from(value as Uint8Array)
    const at = changed.length >> 1
    changed[at] = (changed[at] ?? 0) ^ 1
    database.prepare('UPDATE cells SET value = ? WHERE key = ?').run(changed, key ?? null)
  }
  database.exec('UPDATE head SET revision = revision + 1')
  return hit.length
}

type Filled = {
  readonly me: Client
  readonly chat: Conversation
  /** Everything in the store, as text. */
  readonly content: readonly string[]
}

// An account with messages, an edit, a decision and a read mark, all of which the node has.
async function filled(store: LocalStore): Promise<Filled> {
  const secret = randomBytes(32)
  const me = await open(secret)
  const alice = await open()
  const chat = await alice.newConversation(me.address)
  const { topic } = chat
  for (let n = 0; n < 5; n++) await chat.send(`${n}`)
  await using otherStore = await memoryStore()
  await using other = await inboxOf(await open(secret), otherStore)
  await using inbox = await inboxOf(me, store)
  await untilContents(inbox, topic, 5)
  const { id } = await inbox.send(topic, 'anser')
  const edited = { messageId: id, contentType: textType, content: 'answer' }
  await inbox.send(topic, edited, { contentType: editMessageType })
  await inbox.markRead(topic)
  // What another device has is on the node.
  await eventually(async () => {
    expect((await other.message(id))?.content).toBe('answer')
    expect(await contentOfStore(otherStore)).toEqual(await contentOfStore(store))
    expect(await other.conversation(topic)).toMatchObject({ unreadCount: 0, consent: 'allowed' })
  })
  return { me, chat, content: await contentOfStore(store) }
}

function expectContent(store: LocalStore, content: readonly string[]): Promise<void> {
  return eventually(async () => expect(await contentOfStore(store)).toEqual(content))
}

test.each([
  ['messages', 'm'],
  ['a conversation', 'c'],
  ['decisions and read marks', 'ar'],
  ['everything', 'abcdgimnoprsvx'],
])('a repair finds %s again that was damaged', async (_, letters) => {
  await using store = await openStore()
  const { me, chat, content } = await filled(store)
  await using inbox = await inboxOf(me, store)
  await until(inbox, 'live')
  expect(damage(letters)).toBeGreaterThan(0)
  expect((await inbox.repair()).removedCount).toBeGreaterThan(0)
  await expectContent(store, content)
  await chat.send('later')
  // Five, the answer and its edit, and this one.
  expect(await untilContents(inbox, chat.topic, 8)).toHaveLength(8)
  await until(inbox, 'live')
  expect((await store.progress('inbox'))?.logId).not.toBe('')
  expect(await inbox.repair()).toEqual({ removedCount: 0 })
})

test('an inbox that cannot read its damaged store says so, and works once it is repaired', async () => {
  await using store = await openStore()
  const { me, content } = await filled(store)
  damage('c')
  await using inbox = await inboxOf(me, store)
  const state = await until(inbox, 'refused')
  expect(state).toMatchObject({ kind: 'refused', error: { code: 'local-store/corrupt' } })
  await inbox.repair()
  await expectContent(store, content)
})

test('what a repair took out is found when the inbox is opened again, if it closed meanwhile', async () => {
  await using store = await openStore()
  const { me, content } = await filled(store)
  {
    await using inbox = await inboxOf(me, store)
    damage('mc')
    const repairs = [inbox.repair(), inbox.repair()]
    await inbox[Symbol.asyncDispose]()
    const counts = (await Promise.all(repairs)).map(({ removedCount }) => removedCount)
    expect(counts).toEqual([expect.any(Number), 0])
    expect(inbox.state).toEqual({ kind: 'closed' })
    expect((await inbox.conversations()).items).toEqual([])
  }
  await using again = await inboxOf(me, store)
  await until(again, 'live')
  await expectContent(store, content)
})

test('a process that dies while it repairs has what was lost read again', async () => {
  const { me, content } = await (async () => {
    await using store = await openStore()
    const all = await filled(store)
    damage('mc')
    const dying = { ...store, repair: () => store.repair().then(() => Promise.reject(died)) }
    const died = new RangeError('died')
    await expect(mendStore(dying)).rejects.toBe(died)
    return all
  })()
  await using store = await openStore()
  await using inbox = await inboxOf(me, store)
  await until(inbox, 'live')
  await expectContent(store, content)
})

test('an inbox that is elected while it repairs begins when that is done', async () => {
  await using store = await openStore()
  const { me, content } = await filled(store)
  damage('mc')
  const { promise: elected, resolve: elect } = Promise.withResolvers<void>()
  await using inbox = openInbox({ client: me, store, elected })
  const repairing = inbox.repair()
  elect()
  expect((await repairing).removedCount).toBeGreaterThan(0)
  await until(inbox, 'live')
  await expectContent(store, content)
})

test('behavior: of two inboxes on one store, the one that works reads again what the other one repaired', async () => {
  await using store = await openStore()
  const { me, content } = await filled(store)
  await using working = await inboxOf(me, store)
  const elected = new Promise<void>(() => undefined)
  await using second = openInbox({ client: me, store, elected })
  await until(working, 'live')
  damage('mc')
  expect((await second.repair()).removedCount).toBeGreaterThan(0)
  expect(second.state).toEqual({ kind: 'standby' })
  await expectContent(store, content)
})
