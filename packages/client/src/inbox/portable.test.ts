// Two devices of one wallet, of which either may be without a network at any time, and what peers do meanwhile.

import { isDeepStrictEqual } from 'node:util'
import {
  type ContentTypeId,
  deleteMessageCodec,
  deleteMessageType,
  editMessageCodec,
  editMessageType,
  textType,
} from '@posthorn/content'
import { loadCrypto } from '@posthorn/crypto'
import type { LocalStore } from '@posthorn/local-store'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Client } from '../client.ts'
import type { Conversation } from '../conversation.ts'
import { createWorld, type TestWallet, type TestWorld, wallet } from '../test-world.ts'
import type { Inbox } from './inbox.ts'
import { openInbox } from './open-inbox.ts'
import { contentOfStore, memoryStore, messagesOf, settled, until } from './test-inbox.ts'
import { type CuttableLine, cuttable } from './test-line.ts'

const crypto = await loadCrypto()
const codecs = [editMessageCodec, deleteMessageCodec] as never[]

const act = fc.record({
  kind: fc.constantFrom('send', 'send', 'edit', 'delete', 'allow', 'deny', 'read', 'cut', 'reopen'),
  who: fc.constantFrom('phone', 'desk', 'peer'),
  /** Which peer, and which message of theirs. */
  peer: fc.nat(1),
  at: fc.nat(5),
})
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never

type Device = AsyncDisposable & {
  readonly inbox: Inbox
  readonly store: LocalStore
  readonly line: CuttableLine
  reopen(): Promise<void>
}

async function openDevice(world: TestWorld, me: TestWallet): Promise<Device> {
  const line = cuttable(world.network.connect())
  const client = await world.open(me, { crypto, codecs, transport: line.transport })
  const store = await memoryStore()
  let inbox = openInbox({ client, store })
  await until(inbox, 'live')
  return {
    get inbox() {
      return inbox
    },
    store,
    line,
    reopen: async () => {
      await inbox[Symbol.asyncDispose]()
      inbox = openInbox({ client, store })
    },
    [Symbol.asyncDispose]: async () => {
      await inbox[Symbol.asyncDispose]()
      await client.close()
    },
  }
}

type Peer = { readonly client: Client; readonly chat: Conversation; readonly sentIds: string[] }

type Scene = {
  readonly phone: Device
  readonly desk: Device
  readonly peers: readonly Peer[]
  /** How many messages there are, edits and deletions among them. */
  sentCount: number
}

async function openScene(): Promise<Scene> {
  const world = createWorld()
  const me = wallet()
  const first = await world.open(me, { crypto })
  const peers = await Promise.all(
    [0, 1].map(async () => {
      const client = await world.open(wallet(), { crypto, codecs })
      return { client, chat: await client.newConversation(first.address), sentIds: [] }
    }),
  )
  const [phone, desk] = [await openDevice(world, me), await openDevice(world, me)]
  return { phone, desk, peers, sentCount: 0 }
}

/** What to send for an act; undefined for other acts, and where there is nothing to edit or delete. */
function toSend(
  { kind, who, at }: Act,
  ids: readonly string[],
): { readonly content: unknown; readonly contentType: ContentTypeId } | undefined {
  const messageId = ids[at % Math.max(1, ids.length)]
  if (kind === 'send') return { content: `from ${who} ${at}`, contentType: textType }
  if (messageId === undefined) return undefined
  if (kind === 'delete') return { content: { messageId }, contentType: deleteMessageType }
  if (kind !== 'edit') return undefined
  const content = { messageId, contentType: textType, content: `edited by ${who} ${at}` }
  return { content, contentType: editMessageType }
}

async function actOfPeer(scene: Scene, act: Act): Promise<void> {
  const { chat, sentIds = [] } = scene.peers[act.peer] ?? {}
  const wanted = toSend(act, sentIds)
  if (wanted === undefined || chat === undefined) return
  const { id } = await chat.send(wanted.content, { contentType: wanted.contentType })
  if (act.kind === 'send') sentIds.push(id)
  scene.sentCount++
}

async function actOfDevice(scene: Scene, device: Device, act: Act): Promise<void> {
  const { client, chat } = scene.peers[act.peer] ?? {}
  if (client === undefined || chat === undefined) return
  const { inbox, line } = device
  const { topic } = chat
  if (act.kind === 'cut') line.cut(!line.isCut())
  if (act.kind === 'reopen') await device.reopen()
  if (act.kind === 'allow') await inbox.allow(client.address)
  if (act.kind === 'deny') await inbox.deny(client.address)
  if (act.kind === 'read') await inbox.markRead(topic)
  const own = (await messagesOf(inbox, topic)).filter(
    ({ isOwn, contentType }) => isOwn && contentType?.typeId === 'text',
  )
  const wanted = toSend(
    act,
    own.map(({ id }) => id),
  )
  if (wanted === undefined) return
  await inbox.send(topic, wanted.content, { contentType: wanted.contentType })
  scene.sentCount++
}

async function messageCount({ peers }: Scene, inbox: Inbox): Promise<number> {
  const all = await Promise.all(peers.map(({ chat }) => messagesOf(inbox, chat.topic)))
  return all.flat().length
}

test('property: two devices of one wallet end with the same, whatever they do without a network', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 25 }), async (acts) => {
      const scene = await openScene()
      await using phone = scene.phone
      await using desk = scene.desk
      for (const each of acts) {
        if (each.who === 'peer') await actOfPeer(scene, each)
        else await actOfDevice(scene, each.who === 'phone' ? phone : desk, each)
      }
      for (const { line, inbox } of [phone, desk]) {
        line.cut(false)
        inbox.wake()
      }
      const isSame = async (): Promise<boolean> => {
        const counts = [phone, desk].map(({ inbox }) => messageCount(scene, inbox))
        const isWhole = (await Promise.all(counts)).every((each) => each === scene.sentCount)
        const [a, b] = [await contentOfStore(phone.store), await contentOfStore(desk.store)]
        return isWhole && isDeepStrictEqual(a, b)
      }
      await settled(isSame)
      expect(await messageCount(scene, phone.inbox)).toBe(scene.sentCount)
      expect(await contentOfStore(desk.store)).toEqual(await contentOfStore(phone.store))
    }),
    { numRuns: 30, endOnFailure: true },
  )
}, 60_000)
