// What subscribers have written into the conversations in which they are notified.

import { toHex } from '@posthorn/bytes'
import { codecRegistry } from '@posthorn/content'
import { envelopeDigest } from '@posthorn/envelope'
import type { Conversation as ConversationData } from '@posthorn/protocol-v2'
import type { Message } from '../conversation.ts'
import { readHistory } from '../history.ts'
import type { ClientInternals } from '../internals.ts'
import { readMessage } from '../read-message.ts'
import { createSeenSet, type SeenSet } from '../seen-set.ts'
import { notificationCodec } from './notification.ts'
import { subscriptionChangeCodec } from './subscription-change.ts'
import { topicNameOf } from './topic-name.ts'

/** Which messages to read. */
export type ReadChangesOptions = {
  /** From a day before; subscribers' clocks may be that much behind. */
  readonly startNs: bigint
  readonly signal?: AbortSignal | undefined
}

const overlapNs = 86_400_000_000_000n
const maxSeen = 50_000
// Most of what lies there are our own notifications: a client opens each once.
const seenBy = new WeakMap<ClientInternals, SeenSet>()

/** Messages of all conversations with notifications, oldest first within each group of topics. */
export async function* readChanges(
  internals: ClientInternals,
  { startNs, signal }: ReadChangesOptions,
): AsyncGenerator<Message, void> {
  const { context, book, conversations } = internals
  await book.refresh({ signal })
  const dataOf = new Map<string, ConversationData>()
  for (const data of book.all()) {
    if (data.version !== 'v2' || topicNameOf(data.context?.conversationId) === undefined) continue
    dataOf.set(data.topic, data)
  }
  const seen = seenBy.get(internals) ?? createSeenSet(maxSeen)
  seenBy.set(internals, seen)
  const reading = {
    ...context,
    registry: codecRegistry([notificationCodec, subscriptionChangeCodec]),
  }
  const range = { topics: [...dataOf.keys()], startNs: startNs - overlapNs, signal }
  for await (const envelope of readHistory(context.transport, range)) {
    const data = dataOf.get(envelope.contentTopic)
    if (data === undefined) continue
    if (!seen.add(toHex(envelopeDigest(envelope, context.crypto.hash.sha256)))) continue
    const view = { data, conversation: conversations.faceOf(data) }
    yield (await readMessage(reading, view, envelope)).message
  }
}
