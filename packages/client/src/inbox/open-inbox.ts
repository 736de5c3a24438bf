// From a client and a store to an inbox.

import { parseAddress } from '@posthorn/identity'
import type { LocalConversation, LocalStore } from '@posthorn/local-store'
import type { Client } from '../client.ts'
import { internalsOf } from '../internals.ts'
import { beginConversation } from './beginning.ts'
import { createStoreBook } from './book-of-store.ts'
import { createBroadcast } from './broadcast.ts'
import type { Inbox, InboxState } from './inbox.ts'
import { inboxCodecs } from './inbox-codecs.ts'
import { inboxMessageOf, inboxMessagesOf } from './inbox-message.ts'
import { settingPrefixes } from './inbox-settings.ts'
import { inboxConversationOf } from './local-conversation.ts'
import type { MessageReader } from './local-message.ts'
import { noConversation, sendContent } from './outgoing.ts'
import { createTurns } from './turns.ts'
import { createTypingTeller } from './typing.ts'
import { asProtocolError } from './unexpected.ts'
import { allowWritten, decisionBatch, latestReadNs, readMarkBatch } from './uploads.ts'
import { startWorker, type Worker } from './worker.ts'

/** What {@link openInbox} takes; both stay open when the inbox closes. */
export type OpenInboxOptions = {
  readonly client: Client
  /** The store of the client's account on the client's network. */
  readonly store: LocalStore
  /**
   * Of several inboxes on one store, in tabs or processes, one may work on the network: it waits for this promise,
   * such as `elected` of `standForLeader`. Default: at once.
   */
  readonly elected?: Promise<unknown> | undefined
}

const defaultLimit = 50

/**
 * Opens the inbox of a client's account: at once what the store holds, soon what the network has.
 *
 * @throws UsageError `client/not-a-client`
 * @example
 * await using inbox = openInbox({ client, store })
 */
export function openInbox({ client, store, elected }: OpenInboxOptions): Inbox {
  const { context } = internalsOf(client)
  const { crypto, keystore, decoding, closing } = context
  const registry = inboxCodecs(context.registry)
  const reader: MessageReader = { crypto, keystore, registry, decoding }
  const parts = { context, store, reader }
  const book = createStoreBook(store)
  const typing = createTypingTeller({ reader, clock: context.clock, book })
  const states = createBroadcast<InboxState>(() => 'state')
  const inTurn = createTurns()
  let state: InboxState = { kind: elected === undefined ? 'connecting' : 'standby' }
  let isClosed = false
  let working: Promise<Worker> | undefined

  function onState(next: InboxState): void {
    if (isClosed && next.kind !== 'closed') return
    if (isSameState(next, state)) return
    state = next
    states.tell(next)
  }

  async function work(): Promise<void> {
    await elected
    if (isClosed) return
    working = startWorker({ ...parts, book, typing, onState, onError })
    await working
  }

  function onError(error: unknown): void {
    onState({ kind: 'refused', error: asProtocolError(error) })
  }

  async function close(): Promise<void> {
    isClosed = true
    closing.removeEventListener('abort', onClosing)
    await (await working)?.[Symbol.asyncDispose]()
    onState({ kind: 'closed' })
    states.end()
    typing.end()
  }

  const onClosing = (): void => void close()
  closing.addEventListener('abort', onClosing, { once: true })
  work().catch(onError)

  async function stored(topic: string): Promise<LocalConversation> {
    const conversation = await store.conversation(topic)
    if (conversation === undefined) throw noConversation()
    return conversation
  }

  async function decide(
    decision: 'allowed' | 'denied',
    given: string | readonly string[],
  ): Promise<void> {
    const texts = typeof given === 'string' ? [given] : given
    const addresses = [...new Set(texts.map((text) => parseAddress(crypto, text)))]
    if (addresses.length > 0) await store.put(await decisionBatch(parts, decision, addresses))
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
    get state() {
      return state
    },
    states: ({ signal } = {}) => states.read(signal, [state]),
    conversations: async ({ limit = defaultLimit, ...query } = {}) => {
      const page = await store.conversations({ limit, ...query })
      return { ...page, items: page.items.map(inboxConversationOf) }
    },
    conversation: async (topic) => {
      const record = await store.conversation(topic)
      return record && inboxConversationOf(record)
    },
    messages: async ({ limit = defaultLimit, direction = 'descending', ...query }) =>
      inboxMessagesOf(reader, await store.messages({ limit, direction, ...query })),
    message: async (id) => {
      const record = await store.message(id)
      return record && inboxMessageOf(reader, record)
    },
    about: async (id, { limit = defaultLimit, after } = {}) =>
      inboxMessagesOf(reader, await store.messagesAbout({ about: id, limit, after })),
    search: async (query) => inboxMessagesOf(reader, await store.search(query)),
    totals: store.totals,
    changes: store.changes,
    typing: ({ signal } = {}) => typing.read(signal),
    begin: async (peer, options = {}) =>
      inboxConversationOf(
        await stored(await inTurn('begin', () => beginConversation(parts, peer, options))),
      ),
    send: (topic, content, options = {}) =>
      inTurn(topic, async () => {
        const message = await sendContent(parts, { topic, content }, options)
        await noteWritten(await stored(topic))
        return inboxMessageOf(reader, { ...message, status: 'sending' })
      }),
    retry: async (id) => {
      const number = await entryOf(id)
      if (number !== undefined) await store.outbox.retry(number)
    },
    discard: async (id) => {
      const number = await entryOf(id)
      if (number !== undefined) await store.outbox.discard(number)
    },
    allow: (addresses) => decide('allowed', addresses),
    deny: (addresses) => decide('denied', addresses),
    markRead: async (topic, given) => {
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
    wake: () => void working?.then((worker) => worker.wake()),
    [Symbol.asyncDispose]: close,
  }
}

function isSameState(a: InboxState, b: InboxState): boolean {
  if (a.kind !== b.kind) return false
  if (a.kind === 'catching-up' && b.kind === 'catching-up') return a.topicsLeft === b.topicsLeft
  return !('error' in a && 'error' in b) || a.error === b.error
}
