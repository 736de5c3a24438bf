// What messages mean for their conversation: kept as they come and go, and derived anew when that is not possible.

import { under } from '../cells/cell-keys.ts'
import type { LastMessage, LocalConversation, LocalMessage } from '../records.ts'
import type { Writing } from './writing.ts'

/** A message as its cell has it. */
export type StoredMessage = {
  readonly message: LocalMessage
  /** The part of the search index that knows its words. */
  readonly segment: number | undefined
  /** Its entry in the outbox. */
  readonly outbox: number | undefined
}

const maxPreviewCharacters = 140

/** Whether a message counts as unread beyond a read mark. */
export function isUnread(message: LocalMessage, readNs: bigint | undefined): boolean {
  if (message.isOwn || message.isQuiet === true) return false
  return readNs === undefined || message.sentNs > readNs
}

/** How a list shows a message. */
export function lastOf(message: LocalMessage): LastMessage {
  const { id, sentNs, isOwn, senderAddress, contentType, text, status = 'stored' } = message
  const preview = text === undefined ? undefined : previewOf(text)
  return { id, sentNs, isOwn, senderAddress, contentType, preview, status }
}

/** Whether a message takes the place of the last one so far. */
export function isNewer({ keys }: Writing, message: LocalMessage, last?: LastMessage): boolean {
  if (message.isQuiet === true) return false
  const { topic } = message
  return last === undefined || keys.message(message) > keys.message({ topic, ...last })
}

/** The time that a conversation is listed under. */
export function orderNsOf(conversation: Pick<LocalConversation, 'createdNs' | 'last'>): bigint {
  return conversation.last?.sentNs ?? conversation.createdNs
}

/** How many messages are unread, counted anew. */
export async function countUnread(
  { transaction, keys }: Writing,
  topic: string,
  readNs: bigint | undefined,
): Promise<number> {
  const start = readNs === undefined ? 0n : readNs + 1n
  if (start >= 2n ** 64n) return 0
  const { before } = under(keys.messagesOf(topic))
  const from = keys.messagesAt(topic, start)
  let count = 0
  for await (const { record } of transaction.scan<StoredMessage>({ from, before })) {
    if (isUnread(record.message, readNs)) count++
  }
  return count
}

/** The newest message that is not quiet, looked up anew. */
export async function findLast(
  { transaction, keys }: Writing,
  topic: string,
): Promise<LastMessage | undefined> {
  const range = { ...under(keys.messagesOf(topic)), direction: 'descending' as const }
  for await (const { record } of transaction.scan<StoredMessage>(range)) {
    if (record.message.isQuiet !== true) return lastOf(record.message)
  }
  return undefined
}

// Characters of a preview are whole ones: a cut through a pair would show as a replacement sign.
function previewOf(text: string): string {
  const line = text
    .slice(0, 4 * maxPreviewCharacters)
    .replace(/\s+/gu, ' ')
    .trim()
  return [...line].slice(0, maxPreviewCharacters).join('')
}
