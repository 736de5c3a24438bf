// Closing conversations: nodes take nothing more in them, from anybody.

import { toHex } from '@posthorn/bytes'
import { closableTopicId, closingTopic, type Envelope } from '@posthorn/envelope'
import { type ConversationV2, closingSecret } from '@posthorn/protocol-v2'
import type { ClientInternals } from '../internals.ts'

/** Those of the conversations that are not closed, in their order. */
export async function openOnes(
  { context: { crypto, transport } }: ClientInternals,
  conversations: readonly ConversationV2[],
  signal: AbortSignal | undefined,
): Promise<readonly ConversationV2[]> {
  const open: ConversationV2[] = []
  for (const data of conversations) {
    const id = closableTopicId(data.topic)
    const topics = id === undefined ? [] : [closingTopic(id)]
    const found =
      topics.length === 0 ? [] : (await transport.query({ topics }, { signal })).envelopes
    // Nodes that do not know closing take junk there, too.
    const isClosed = found.some(({ message }) => toHex(crypto.hash.sha256(message)) === id)
    if (!isClosed) open.push(data)
  }
  return open
}

/** Closes conversations for good; those that cannot be closed are left as they are. */
export async function closeAll(
  { context: { crypto, publisher, times } }: ClientInternals,
  conversations: readonly ConversationV2[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const envelopes = conversations.flatMap(({ topic, keyMaterial, context }): Envelope[] => {
    const id = closableTopicId(topic)
    if (id === undefined) return []
    const conversationId = context?.conversationId ?? ''
    const message = closingSecret(crypto, { keyMaterial, conversationId })
    return [{ contentTopic: closingTopic(id), timestampNs: times.next(), message }]
  })
  if (envelopes.length > 0) await publisher.publish(envelopes, { signal })
}
