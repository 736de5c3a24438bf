// Conversations of our client in the form of the published API.

import { nsToDate } from '@posthorn/bytes'
import type { ConversationContext } from '@posthorn/protocol-v2'
import type { ClientFace } from './client-face.ts'
import { payloadOf } from './consent-proof.ts'
import type { InvitationContext } from './conversation.ts'
import { ConversationV1 } from './conversation-v1.ts'
import { ConversationV2 } from './conversation-v2.ts'
import { type ConversationMaker, partsOf } from './parts.ts'

/** Makes the conversations of a client. */
export function createConversationMaker<T>(client: ClientFace<T>): ConversationMaker {
  return {
    of: (face) => {
      const { topic, peerAddress, createdAt, context, consentProof } = face
      partsOf(client).faces.set(topic, face)
      if (face.version === 'v1') return new ConversationV1(client, peerAddress, createdAt)
      const proof = consentProof && payloadOf(consentProof)
      return new ConversationV2(client, topic, peerAddress, createdAt, contextOf(context), proof)
    },
    restored: ({ topic, peerAddress, createdNs, context, consentProof }, version) => {
      const createdAt = nsToDate(createdNs)
      if (version === 'v1') return new ConversationV1(client, peerAddress, createdAt)
      const proof = consentProof && payloadOf(consentProof)
      return new ConversationV2(client, topic, peerAddress, createdAt, contextOf(context), proof)
    },
  }
}

function contextOf(context: ConversationContext | undefined): InvitationContext | undefined {
  return context && { conversationId: context.conversationId, metadata: { ...context.metadata } }
}
