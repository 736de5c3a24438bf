// Messages into a conversation and out of it, with all that follows.

import { NotFoundError } from '@posthorn/errors'
import { numberKey } from '../cells/cell-keys.ts'
import type { LocalConversation, LocalMessage, MessageStatus, ReadMark } from '../records.ts'
import { addWords, removeWords } from '../search/segment.ts'
import {
  findLast,
  isNewer,
  isUnread,
  lastOf,
  orderNsOf,
  type StoredMessage,
} from './message-facts.ts'
import { getConversation, saveConversation } from './save-conversation.ts'
import type { Writing } from './writing.ts'

/** What a put makes of a message. */
export type MessageOutcome = 'new' | 'known'

/** The cells that a put of a message looks at; read ahead, they cost one round trip. */
export function keysOfMessage({ keys }: Writing, message: LocalMessage): string[] {
  const { id, topic, copyKey } = message
  const own = [
    keys.named('index', id),
    keys.message(message),
    keys.named('conversation', topic),
    keys.named('readMark', topic),
  ]
  return copyKey === undefined ? own : [...own, keys.named('index', copyIndex(copyKey))]
}

/** A message by its id. */
export async function findStored(
  { transaction, keys }: Writing,
  id: string,
): Promise<StoredMessage | undefined> {
  const at = await transaction.get<string>(keys.named('index', id))
  const stored = at === undefined ? undefined : await transaction.get<StoredMessage>(at)
  return stored?.message?.id === id ? stored : undefined
}

/** Stores a message once. @throws NotFoundError `local-store/no-conversation` */
export async function putMessage(
  writing: Writing,
  message: LocalMessage,
  outbox?: number,
): Promise<MessageOutcome> {
  const found = await findStored(writing, message.id)
  const known = found ?? (await findCopy(writing, message))
  if (known === undefined) {
    await addMessage(writing, { message, segment: undefined, outbox })
    return 'new'
  }
  // Its index was lost to damage.
  if (found === undefined && known.message.id === message.id) putIndex(writing, known.message)
  const { message: before } = known
  if (before.undecodable !== undefined && message.undecodable === undefined) {
    await removeMessage(writing, known)
    await addMessage(writing, { message, segment: undefined, outbox })
    return 'new'
  }
  const status = message.status ?? 'stored'
  const sequence = before.sequence ?? message.sequence
  const isSettled = status === 'stored' && (before.status ?? 'stored') !== 'stored'
  if (isLaterRevision(message, before)) {
    const kept = { id: before.id, copyKey: before.copyKey, sequence, sentNs: before.sentNs }
    const revised = { ...message, ...kept, status: isSettled ? status : before.status }
    await removeMessage(writing, { ...known, outbox: undefined })
    await addMessage(writing, { message: revised, segment: undefined, outbox: known.outbox })
  } else if (isSettled || sequence !== before.sequence) {
    const after = { ...before, sequence, ...(isSettled ? { status } : {}) }
    await updateMessage(writing, known, { ...known, message: after })
  }
  return 'known'
}

function isLaterRevision({ revisedNs }: LocalMessage, before: LocalMessage): boolean {
  return revisedNs !== undefined && revisedNs > (before.revisedNs ?? -1n)
}

/** Changes the status of a message, if it is still there. */
export async function setStatus(
  writing: Writing,
  id: string,
  status: MessageStatus,
): Promise<void> {
  const stored = await findStored(writing, id)
  if (stored === undefined || (stored.message.status ?? 'stored') === status) return
  const outbox = status === 'stored' ? undefined : stored.outbox
  await updateMessage(writing, stored, {
    ...stored,
    outbox,
    message: { ...stored.message, status },
  })
}

/** Takes a message out, and what waits to be sent of it. */
export async function removeMessage(writing: Writing, stored: StoredMessage): Promise<void> {
  const { transaction, keys } = writing
  const { message, segment, outbox } = stored
  const key = keys.message(message)
  transaction.delete(key)
  transaction.delete(keys.named('index', message.id))
  if (message.copyKey !== undefined) {
    transaction.delete(keys.named('index', copyIndex(message.copyKey)))
  }
  if (message.about !== undefined) transaction.delete(keys.about(message.about, message))
  if (segment !== undefined) await removeWords(writing, segment, key)
  if (outbox !== undefined) {
    transaction.delete(numberKey('outbox', outbox))
    writing.tell({ kind: 'outbox', number: outbox, state: 'gone' })
  }
  writing.tell({ kind: 'message', topic: message.topic, id: message.id })
  const conversation = await getConversation(writing, message.topic)
  if (conversation === undefined) return
  const wasUnread = isUnread(message, await readNsOf(writing, message.topic))
  const unreadCount = conversation.unreadCount - (wasUnread ? 1 : 0)
  const wasLast = conversation.last?.id === message.id
  const last = wasLast ? await findLast(writing, message.topic) : conversation.last
  await saveDerived(writing, conversation, { unreadCount, last })
}

async function addMessage(writing: Writing, added: StoredMessage): Promise<void> {
  const { transaction, keys } = writing
  const { message } = added
  const conversation = await getConversation(writing, message.topic)
  if (conversation === undefined) throw noConversation()
  const key = keys.message(message)
  const segment =
    message.text === undefined ? undefined : await addWords(writing, key, message.text)
  transaction.put(key, { ...added, segment })
  putIndex(writing, message)
  writing.tell({ kind: 'message', topic: message.topic, id: message.id })
  const counts = isUnread(message, await readNsOf(writing, message.topic))
  const unreadCount = conversation.unreadCount + (counts ? 1 : 0)
  const last = isNewer(writing, message, conversation.last) ? lastOf(message) : conversation.last
  await saveDerived(writing, conversation, { unreadCount, last })
}

// Neither the time nor anything that counts changes.
async function updateMessage(
  writing: Writing,
  before: StoredMessage,
  after: StoredMessage,
): Promise<void> {
  const { transaction, keys } = writing
  const { message } = after
  transaction.put(keys.message(before.message), after)
  writing.tell({ kind: 'message', topic: message.topic, id: message.id })
  const conversation = await getConversation(writing, message.topic)
  if (conversation?.last?.id !== message.id) return
  await saveDerived(writing, conversation, { last: lastOf(message) })
}

/** Makes a message findable by its id, its copy key and what it is about. */
export function putIndex({ transaction, keys }: Writing, message: LocalMessage): void {
  const key = keys.message(message)
  transaction.put(keys.named('index', message.id), key)
  if (message.about !== undefined) transaction.put(keys.about(message.about, message), key)
  if (message.copyKey === undefined) return
  transaction.put(keys.named('index', copyIndex(message.copyKey)), key)
}

type Derived = Partial<Pick<LocalConversation, 'unreadCount' | 'last'>>

async function saveDerived(
  writing: Writing,
  before: LocalConversation,
  derived: Derived,
): Promise<void> {
  const { unreadCount = before.unreadCount } = derived
  const last = 'last' in derived ? derived.last : before.last
  if (unreadCount === before.unreadCount && last === before.last) return
  const after = { ...before, unreadCount, last }
  await saveConversation(writing, before, { ...after, orderNs: orderNsOf(after) })
}

/** The read mark of a conversation. */
export async function readNsOf(
  { transaction, keys }: Writing,
  topic: string,
): Promise<bigint | undefined> {
  return (await transaction.get<ReadMark>(keys.named('readMark', topic)))?.readNs
}

async function findCopy(
  writing: Writing,
  message: LocalMessage,
): Promise<StoredMessage | undefined> {
  const { transaction, keys } = writing
  const { copyKey } = message
  const at =
    copyKey === undefined
      ? undefined
      : await transaction.get<string>(keys.named('index', copyIndex(copyKey)))
  // An index cell may have been lost to damage; the message's own cell says the same.
  const stored = await transaction.get<StoredMessage>(at ?? keys.message(message))
  if (stored?.message === undefined) return undefined
  const isCopy = copyKey !== undefined && stored.message.copyKey === copyKey
  return isCopy || stored.message.id === message.id ? stored : undefined
}

function copyIndex(copyKey: string): string {
  return `copy ${copyKey}`
}

function noConversation(): NotFoundError {
  return new NotFoundError(
    'local-store/no-conversation',
    'Store message: its conversation is not in the store, put it first',
  )
}
