// The writing half of an inbox: everything goes into the store first, and from there to the network.

import { parseAddress } from '@posthorn/identity'
import type { LocalConversation } from '@posthorn/local-store'
import type { ConsentDecision } from '@posthorn/protocol-v2'
import { beginConversation } from './beginning.ts'
import type { Inbox } from './inbox.ts'
import { inboxMessageOf } from './inbox-message.ts'
import { settingPrefixes } from './inbox-settings.ts'
import { inboxConversationOf } from './local-conversation.ts'
import { noConversation, type OutgoingParts, sendContent } from './outgoing.ts'
import { createTurns } from './turns.ts'
import { allowWritten, decisionBatch, latestReadNs, readMarkBatch } from './uploads.ts'

/** Methods that write. */
export type InboxWrites = Pick<
  Inbox,
  'begin' | 'send' | 'retry' | 'discard' | 'allow' | 'deny' | 'markRead'
>

/** The writes of an inbox. */
export function inboxWrites(parts: OutgoingParts): InboxWrites {
  const { context, store, reader } = parts
  const inTurn = createTurns()

  async function stored(topic: string): Promise<LocalConversation> {
    const conversation = await store.conversation(topic)
    if (conversation === undefined) throw noConversation()
    return conversation
  }

  function decideOn(decision: ConsentDecision): Inbox['allow'] {
    return async (given) => {
      const texts = typeof given === 'string' ? [given] : given
      const addresses = [...new Set(texts.map((text) => parseAddress(context.crypto, text)))]
      if (addresses.length > 0) await store.put(await decisionBatch(parts, decision, addresses))
    }
  }

  async function noteWritten({ peerAddress, consent }: LocalConversation): Promise<void> {
    if (consent !== 'unknown') return
    const key = `${settingPrefixes.written}${peerAddress}`
    await store.put({ settings: [{ key, value: true }] })
    await allowWritten(parts)
  }

  async function entryOf(id: string): Promise<number | undefined> {
    const entries = await store.outbox.entries()
    return entries.find(({ messageId }) => messageId === id)?.number
  }

  return {
    begin: (peer, options = {}) =>
      inTurn('begin', async () =>
        inboxConversationOf(await stored(await beginConversation(parts, peer, options))),
      ),
    send: (topic, content, options = {}) =>
      inTurn(topic, async () => {
        const message = await sendContent(parts, { topic, content }, options)
        await noteWritten(await stored(topic))
        return inboxMessageOf(reader, message)
      }),
    retry: async (id) => {
      const number = await entryOf(id)
      if (number !== undefined) await store.outbox.retry(number)
    },
    discard: async (id) => {
      const number = await entryOf(id)
      if (number !== undefined) await store.outbox.discard(number)
    },
    allow: decideOn('allowed'),
    deny: decideOn('denied'),
    markRead: async (topic, given) => {
      const conversation = await store.conversation(topic)
      if (given === undefined && conversation?.unreadCount === 0) return
      const newest = await store.messages({ topic, direction: 'descending', limit: 1 })
      const wantedNs = given ?? newest.items[0]?.sentNs
      if (wantedNs === undefined) return
      const latestNs = latestReadNs(context)
      const readNs = wantedNs < latestNs ? wantedNs : latestNs
      const before = await store.readMark(topic)
      if (before === undefined || readNs > before.readNs) {
        await store.put(readMarkBatch({ topic, readNs }))
      }
    },
  }
}
